import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { createRequest, cluster, core, manifest, privateHomes, tsh, until } from '../support/host/core.ts';

/** Chooses an entry with an arrow key and takes it: Enter alone takes nothing. */
const acceptPick = async (): Promise<void> => {
  await vscode.commands.executeCommand('quickInput.next');
  await vscode.commands.executeCommand('quickInput.accept');
};
const closePick = (): Thenable<unknown> => vscode.commands.executeCommand('workbench.action.closeQuickOpen');

/** Runs a task with our profile as the default, because a profile is otherwise only picked in a menu. */
async function withDefaultProfile<T>(task: () => Promise<T>): Promise<T> {
  const config = vscode.workspace.getConfiguration('terminal.integrated');
  const key = 'defaultProfile.linux';
  await config.update(key, 'JIT Access: Elevated Terminal', vscode.ConfigurationTarget.Global);
  try {
    return await task();
  } finally {
    await config.update(key, undefined, vscode.ConfigurationTarget.Global);
  }
}

describe('The terminal profile', () => {
  const { contributes } = manifest() as {
    contributes: { terminal: { profiles: { id: string }[] } };
  };
  const terminals = (): readonly string[] => vscode.window.terminals.map(({ name }) => name);

  it('is the one of the manifest', () => {
    assert.deepEqual(
      contributes.terminal.profiles.map(({ id }) => id),
      ['jitAccess.elevatedTerminal'],
    );
  });

  it('as the default profile asks, and leaving opens and elevates nothing', async () => {
    const { services } = await core();
    const id = await createRequest('kube-admin', 'INC-9 for the profile');
    await tsh('rita', 'request', 'review', '--approve', id);
    const before = terminals();
    await withDefaultProfile(async () => {
      const command = { done: false };
      const running = vscode.commands.executeCommand('workbench.action.terminal.new').then(
        () => (command.done = true),
        () => (command.done = true),
      );
      await until('New Terminal is through', () => command.done, closePick);
      await running;
    });
    assert.deepEqual(terminals(), before);
    assert.deepEqual(privateHomes(), []);
    assert.deepEqual(services.store.snapshot.elevations, []);
  });

  it('opens one terminal, guarded as ours are, that counts as one of its home', async () => {
    const { services } = await core();
    const id = await createRequest('kube-admin', 'INC-10 for the profile');
    await tsh('rita', 'request', 'review', '--approve', id);
    await services.refresh.show(id as Parameters<typeof services.refresh.show>[0]);
    await withDefaultProfile(async () => {
      const opened = vscode.commands.executeCommand('workbench.action.terminal.new');
      await until('it is elevated', () => services.store.snapshot.elevations.length === 1, acceptPick);
      await until('it has a terminal', () => terminals().includes('kube-admin'));
      await opened;
    });
    assert.equal(terminals().filter((name) => name === 'kube-admin').length, 1);
    const terminal = vscode.window.terminals.find(({ name }) => name === 'kube-admin');
    const [home = ''] = privateHomes();
    const { env = {}, strictEnv, shellPath, cwd } = terminal?.creationOptions as vscode.TerminalOptions;
    assert.match(env['TELEPORT_HOME'] ?? '', new RegExp(`${home}/current$`));
    assert.match(env['KUBECONFIG'] ?? '', new RegExp(`${home}/kubeconfig$`));
    assert.equal(env['TELEPORT_ADD_KEYS_TO_AGENT'], 'no');
    assert.equal(strictEnv, true);
    assert.match(shellPath ?? '', /^\//);
    assert.ok(cwd instanceof vscode.Uri);
    const prompted = join(cluster.dir, 'prompted-profile');
    terminal?.sendText(`echo yes > "${prompted}"`);
    await until('the shell has its prompt', () => existsSync(prompted));
    await until('its shell is known', () => (services.elevations.record(home)?.shells.length ?? 0) === 1);
    terminal?.sendText('exit');
    await until(
      'it is given back',
      () => services.store.snapshot.elevations.length === 0 && privateHomes().length === 0,
    );
  });
});
