import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { relativeSettings } from '../../src/commands/doctor/relativeSettings.ts';
import { acceptedExceptions } from '../../src/commands/privileges/showReport.ts';
import { typingSetting } from '../../src/editor/terminals/terminalSettings.ts';
import { failureOf } from '../../src/teleport/process/failure.ts';
import { core, until } from '../support/host/core.ts';

describe('Settings that hold a path', () => {
  const titles = {
    tshPath: 'Tsh Path',
    tctlPath: 'Tctl Path',
    teleportHome: 'Teleport Home',
    exceptions: 'Exceptions',
  };
  const change = (key: string, value: string | undefined): Thenable<void> =>
    vscode.workspace.getConfiguration('jitAccess').update(key, value, vscode.ConfigurationTarget.Global);

  for (const [key, title] of Object.entries(titles)) {
    it(`${title}: a relative path is refused, a full one is not`, async () => {
      try {
        for (const path of ['bin/x', './x', '../x', '~/x', 'x']) {
          await change(key, path);
          assert.deepEqual(relativeSettings(), [title], path);
        }
        await change(key, process.execPath);
        assert.deepEqual(relativeSettings(), []);
      } finally {
        await change(key, undefined);
      }
    });
  }

  it('are refused where they are used: no program is run, and no file read', async () => {
    const { services } = await core();
    try {
      await change('tctlPath', 'bin/tctl');
      const error: unknown = await services.client.program('tctl').catch((reason: unknown) => reason);
      // The error is of the extension's own bundle.
      const failure = failureOf(error) ?? (error as { failure?: object }).failure;
      assert.deepEqual(failure, { kind: 'notFound', program: 'tctl', relativeSetting: true });
      await change('exceptions', 'exceptions.yaml');
      assert.deepEqual(await acceptedExceptions(), { kind: 'relative', file: 'exceptions.yaml' });
    } finally {
      await change('tctlPath', undefined);
      await change('exceptions', undefined);
    }
    await until('alice is known', () => services.store.snapshot.login.kind === 'signedIn');
  });

  it('name no extension that types into terminals where none is installed', () => {
    assert.equal(typingSetting(), undefined);
  });
});
