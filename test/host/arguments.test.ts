import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds } from '../../src/commands/shared/commandIds.ts';
import { createRequest, core, privateHomes, clusterRequests, tsh, until } from '../support/host/core.ts';

// These commands open terminals or settings, or wait for input that the test does not type.
const skipped = ['jitAccess.signIn', 'jitAccess.signOut', 'jitAccess.openSettings', 'jitAccess.showLog'];

describe('Commands called with what we did not make', () => {
  let usable = '';
  // Two requests of each kind, so that a command without an argument asks which one is meant.
  before('two requests of alice could be used, two wait', async () => {
    for (const reason of ['INC-1 to be used', 'INC-2 to be used']) {
      usable = await createRequest('kube-admin', reason);
      await tsh('rita', 'request', 'review', '--approve', usable);
    }
    for (const reason of ['INC-3 still waits', 'INC-4 still waits']) await createRequest('prod-dba', reason);
    await vscode.commands.executeCommand('jitAccess.refresh');
    const { services } = await core();
    const known = (): number => services.store.snapshot.requests?.length ?? 0;
    await until(
      'all are known',
      () => known() >= 4,
      () => services.refresh.refreshNow(),
    );
  });

  const hostileArguments = (): readonly (readonly [string, unknown])[] => [
    ['an id', usable],
    ['a row as data', { id: usable, target: { kind: 'request', id: usable } }],
    ['files as data', { files: [vscode.Uri.file('/forged.yaml')] }],
    [
      'an object that throws',
      {
        get target(): never {
          throw new Error('hostile');
        },
      },
    ],
  ];

  for (const id of commandIds.filter((commandId) => !skipped.includes(commandId))) {
    it(`${id} acts as if nothing had been chosen`, async () => {
      const before = JSON.stringify(clusterRequests());
      for (const [what, argument] of hostileArguments()) {
        const command = { done: false };
        const running = vscode.commands.executeCommand(id, argument).then(() => (command.done = true));
        await until(
          `${id} with ${what} ends`,
          () => command.done,
          () => vscode.commands.executeCommand('workbench.action.closeQuickOpen'),
        );
        await running;
      }
      assert.equal(JSON.stringify(clusterRequests()), before);
      assert.deepEqual(privateHomes(), []);
      assert.doesNotMatch(await tsh('alice', 'status'), /kube-admin/);
    });
  }
});
