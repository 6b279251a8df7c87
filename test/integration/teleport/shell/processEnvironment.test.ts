import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { lostVariablesIn, lostVariables } from '../../../../src/teleport/shell/processEnvironment.ts';

const ours = { TELEPORT_HOME: '/run/1/current', KUBECONFIG: '/run/1/kubeconfig' };
const environFile = (env: Readonly<Record<string, string>>): string =>
  Object.entries(env)
    .map((entry) => `${entry.join('=')}\0`)
    .join('');

describe('what a shell was really given', () => {
  it('is right when both variables are ours', () => {
    assert.deepEqual(lostVariablesIn(environFile({ A: 'b=c', ...ours }), ours), []);
  });

  it('another value, none, or one that shell integration sets afterwards is lost', () => {
    assert.deepEqual(lostVariablesIn(environFile({ ...ours, TELEPORT_HOME: '/theirs' }), ours), [
      'TELEPORT_HOME',
    ]);
    assert.deepEqual(lostVariablesIn(environFile({ TELEPORT_HOME: ours.TELEPORT_HOME }), ours), [
      'KUBECONFIG',
    ]);
    for (const name of ['VSCODE_ENV_REPLACE', 'VSCODE_ENV_PREPEND', 'VSCODE_ENV_APPEND'])
      assert.deepEqual(
        lostVariablesIn(environFile({ ...ours, [name]: 'X=1:KUBECONFIG=/theirs' }), ours),
        ['KUBECONFIG'],
        name,
      );
    assert.deepEqual(lostVariablesIn(environFile({ ...ours, VSCODE_ENV_REPLACE: 'X=KUBECONFIG' }), ours), []);
  });

  it('is read from the process itself', async function () {
    if (process.platform !== 'linux') this.skip();
    const shell = spawn('/bin/sh', ['-c', 'read -r end'], { env: { ...ours, KUBECONFIG: '/theirs' } });
    try {
      assert.deepEqual(await lostVariables(shell.pid ?? 0, ours), ['KUBECONFIG']);
      assert.deepEqual(await lostVariables(shell.pid ?? 0, { ...ours, KUBECONFIG: '/theirs' }), []);
    } finally {
      shell.kill();
    }
    assert.deepEqual(await lostVariables(2 ** 30, ours), []);
  });

  it('a process that is still a copy of the one that started it is looked at again', async () => {
    const readings = [environFile({ TELEPORT_HOME: '/parent' }), environFile(ours)];
    assert.deepEqual(await lostVariables(1, ours, () => Promise.resolve(readings.shift())), []);
    assert.equal(readings.length, 0);
  });
});
