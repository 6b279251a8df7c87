import * as vscode from 'vscode';

/*
 * What a command asks of a stranger, that is without an object of ours (`trustedArguments.ts`): the palette, the
 * title bar of a view, a welcome text, a task, a keybinding, a link, another extension.
 *
 * - It picks the request, elevation, role, finding, manifest, profile or format by name, also the only one, in a
 *   pick in which Enter does nothing until the user has chosen: every command that is not named below.
 * - `dropAccess`, `dropAll`: the same, but Enter takes a single elevation. Giving back harms nobody.
 * - `signOut`: a modal dialog that names the login; Enter leads to the profiles, where it does nothing.
 * - `applyShown`, `undoShown`: with the differences on screen a modal dialog that names the cluster and the roles.
 * - `refresh`, `doctor`, `checkPrivileges`, `showLog`, `openSettings`: nothing. They read, or show a page where
 *   no text can be typed and which any extension could open.
 *
 * What follows a choice may have an active entry: the form of a request, the steps of Set Up Roles. Rows, lenses,
 * messages, the status bar and picks pass marked objects; those commands do not ask again.
 * `test/integration/commands/strangers.test.ts` calls each of them.
 */

/** The ids of all commands. `handlers.ts` has their handlers; a test compares the list with package.json. */
export const commandIds = [
  'jitAccess.requestAccess',
  'jitAccess.askAgain',
  'jitAccess.useAccess',
  'jitAccess.useInLogin',
  'jitAccess.openElevatedTerminal',
  'jitAccess.continueAccess',
  'jitAccess.runInElevatedTerminal',
  'jitAccess.copyEnvironment',
  'jitAccess.pointKubectlBack',
  'jitAccess.keepKubernetesCluster',
  'jitAccess.dropAccess',
  'jitAccess.dropAll',
  'jitAccess.approve',
  'jitAccess.deny',
  'jitAccess.nudge',
  'jitAccess.cancelRequest',
  'jitAccess.openRequest',
  'jitAccess.copyId',
  'jitAccess.refresh',
  'jitAccess.signIn',
  'jitAccess.signOut',
  'jitAccess.switchProfile',
  'jitAccess.doctor',
  'jitAccess.checkPrivileges',
  'jitAccess.saveReport',
  'jitAccess.acceptFinding',
  'jitAccess.openFinding',
  'jitAccess.showActions',
  'jitAccess.showLog',
  'jitAccess.openSettings',
  'jitAccess.setUpRoles',
  'jitAccess.openManifest',
  'jitAccess.applyRoles',
  'jitAccess.undoApply',
  'jitAccess.applyShown',
  'jitAccess.undoShown',
] as const;

/** The id of a command of this extension. */
export type CommandId = (typeof commandIds)[number];

/**
 * Registers all commands at the start, so that none is missing while the rest of the extension still loads.
 */
export function registerCommands(
  run: (id: CommandId, argument: unknown) => Promise<void>,
): vscode.Disposable {
  return vscode.Disposable.from(
    ...commandIds.map((id) => vscode.commands.registerCommand(id, (argument: unknown) => run(id, argument))),
  );
}

/**
 * Registers a command for a code lens. It takes no argument. Its id is random, but VS Code tells it to every
 * extension that asks for all commands or for the lenses of a text, so that anybody can press a lens.
 */
export function registerLens(run: () => unknown): readonly [id: string, registration: vscode.Disposable] {
  const id = `_jitAccess.lens.${crypto.randomUUID()}`;
  return [id, vscode.commands.registerCommand(id, () => run())];
}
