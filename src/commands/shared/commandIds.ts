import * as vscode from 'vscode';

/** Every command. `handlers.ts` says what each does; a test compares them with package.json. */
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

export type CommandId = (typeof commandIds)[number];

/** Registers every command at once, so that none is missing while the rest of the extension is still being loaded. */
export function registerCommands(
  run: (id: CommandId, argument: unknown) => Promise<void>,
): vscode.Disposable {
  return vscode.Disposable.from(
    ...commandIds.map((id) => vscode.commands.registerCommand(id, (argument: unknown) => run(id, argument))),
  );
}

/** Registers a command for a lens: it takes no argument, is in no list, and nobody else knows its name. */
export function registerLens(run: () => unknown): readonly [id: string, registration: vscode.Disposable] {
  const id = `_jitAccess.lens.${crypto.randomUUID()}`;
  return [id, vscode.commands.registerCommand(id, () => run())];
}
