import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { lostVariables } from '../../../../src/teleport/shell/processEnvironment.ts';

const ours = { TELEPORT_HOME: '/run/1/current', KUBECONFIG: '/run/1/kubeconfig' };
const expected = { env: ours, workspace: [] };
const environFile = (env: Readonly<Record<string, string>>): string =>
  Object.entries(env)
    .map((entry) => `${entry.join('=')}\0`)
    .join('');

describe('what a shell was really given', () => {
  it('is read from the process itself', async function () {
    if (process.platform !== 'linux') this.skip();
    const shell = spawn('/bin/sh', ['-c', 'read -r end'], { env: { ...ours, KUBECONFIG: '/theirs' } });
    try {
      assert.deepEqual(await lostVariables(shell.pid ?? 0, expected), ['KUBECONFIG']);
      const theirs = { ...expected, env: { ...ours, KUBECONFIG: '/theirs' } };
      assert.deepEqual(await lostVariables(shell.pid ?? 0, theirs), []);
    } finally {
      shell.kill();
    }
    assert.deepEqual(await lostVariables(2 ** 30, expected), []);
  });

  it('a process that is still a copy of the one that started it is looked at again', async () => {
    const readings = [environFile({ TELEPORT_HOME: '/parent' }), environFile({ A: 'b=c', ...ours })];
    assert.deepEqual(await lostVariables(1, expected, () => Promise.resolve(readings.shift())), []);
    assert.equal(readings.length, 0);
  });
});
