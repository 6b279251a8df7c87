import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { recordedCalls, core, extension, until } from '../support/host/core.ts';

// Mocha runs this file first because of its name. The files after it open a view.
describe('In a real extension host', () => {
  it('activates, and starts no program while nobody looks and nothing waits', async () => {
    const { services } = await core();
    assert.equal(extension().isActive, true);
    // The work at the start is finished when both of these are loaded.
    await services.journal.load();
    await services.elevations.load();
    assert.deepEqual(recordedCalls(), []);
    assert.equal(services.store.snapshot.login.kind, 'starting');
  });

  it('asks who is signed in when a view is shown', async () => {
    const { services } = await core();
    await vscode.commands.executeCommand('jitAccess.myAccess.focus');
    await until('alice is known', () => services.store.snapshot.requests !== undefined);
    assert.equal(services.store.snapshot.login.kind, 'signedIn');
    if (process.platform !== 'win32')
      assert.deepEqual(
        recordedCalls().map((call) => call.split(' --')[0]),
        ['version', 'status', 'request ls'].slice(0, recordedCalls().length),
      );
  });

  it('looks for tsh again when the setting names another, and for the usual one when it does not', async () => {
    const { services } = await core();
    const settings = vscode.workspace.getConfiguration('jitAccess');
    await settings.update('tshPath', '/nowhere/tsh', vscode.ConfigurationTarget.Global);
    await until('tsh is missing', () => services.store.snapshot.login.kind === 'tshMissing');
    await settings.update('tshPath', undefined, vscode.ConfigurationTarget.Global);
    await until('alice is back', () => services.store.snapshot.login.kind === 'signedIn');
  });
});
