import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { myAccess } from '../../src/views/rows/myAccess.ts';
import { createRequest, cluster, core, privateHomes, tsh, until } from '../support/host/core.ts';

describe('Using access', () => {
  it('what was asked for behind our back is a row after Refresh', async () => {
    const { services } = await core();
    const id = await createRequest('two-eyes', 'INC-3 from a plain shell');
    await vscode.commands.executeCommand('jitAccess.refresh');
    const rows = (): readonly string[] =>
      myAccess(services.store.snapshot, services.clock.now()).map((row) => row.id);
    await until('it is a row', () => rows().includes(id));
  });

  it('an elevated terminal opens after one question, and is given back when it is dropped', async () => {
    const { services } = await core();
    const id = await createRequest('kube-admin', 'INC-4 to be used');
    await tsh('rita', 'request', 'review', '--approve', id);
    await services.refresh.show(id as Parameters<typeof services.refresh.show>[0]);
    const elevations = (): number => services.store.snapshot.elevations.length;
    // The first usable request in the list is picked.
    const opened = vscode.commands.executeCommand('jitAccess.openElevatedTerminal');
    await until(
      'it is elevated',
      () => elevations() === 1,
      async () => {
        await vscode.commands.executeCommand('quickInput.next');
        await vscode.commands.executeCommand('quickInput.accept');
      },
    );
    await opened;
    const terminal = vscode.window.terminals.find(({ name }) => name === 'kube-admin');
    const [home = ''] = privateHomes();
    const { env = {} } = terminal?.creationOptions as vscode.TerminalOptions;
    assert.match(env['TELEPORT_HOME'] ?? '', new RegExp(`${home}/current$`));
    assert.match(env['KUBECONFIG'] ?? '', new RegExp(`${home}/kubeconfig$`));
    // Before its prompt a shell runs programs, and the drop asks whether running programs are to be ended.
    const prompted = join(cluster.dir, 'prompted');
    terminal?.sendText(`echo yes > "${prompted}"`);
    await until('the shell has its prompt', () => existsSync(prompted));
    // Enter takes the only entry: giving back harms nobody.
    const dropped = vscode.commands.executeCommand('jitAccess.dropAccess');
    await until(
      'it is given back',
      () => elevations() === 0 && privateHomes().length === 0,
      () => vscode.commands.executeCommand('quickInput.accept'),
    );
    await dropped;
    // The access is dropped before the window learns that the terminal is closed.
    await until(
      'its terminal is gone',
      () => !vscode.window.terminals.some(({ name }) => name === 'kube-admin'),
    );
  });
});
