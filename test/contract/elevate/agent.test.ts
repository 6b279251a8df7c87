import assert from 'node:assert/strict';
import { join } from 'node:path';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import { execute } from '../../support/runProgram.ts';
import { findOnPath, RunningProgram } from '../../support/runningProgram.ts';
import { skipTest, onEveryCluster } from '../../support/contract/suite.ts';

onEveryCluster('the ssh-agent', (fixture) => {
  let socket: string;
  let mainLogin: Home;
  before(async function () {
    const env = fixture().environment();
    const agent = await findOnPath('ssh-agent', env);
    if (agent === undefined || (await findOnPath('ssh-add', env)) === undefined) {
      skipTest(this, 'there is no ssh-agent on this machine');
    }
    socket = join(await fixture().newFolder(), 'agent');
    const running = new RunningProgram(agent, ['-D', '-a', socket], env);
    fixture().onClose(() => running.end());
    await running.waitForOutput(/SSH_AUTH_SOCK=/);
    mainLogin = await fixture().home('alice');
  });
  const agentKeys = async (): Promise<string> => {
    const { stdout } = await execute('ssh-add', ['-l'], fixture().environment({ SSH_AUTH_SOCK: socket }));
    return stdout.trim();
  };
  const empty = /has no identities/;

  it('gets nothing of what we do, nor of a tsh typed in the elevated shell', async () => {
    const { tsh, tctl } = fixture().newClients({ SSH_AUTH_SOCK: socket });
    const home = await fixture().privateHome(mainLogin);
    await tsh.assume(home, await fixture().sharedApprovedRequest());
    await tsh.list(home);
    await tctl.capabilities(home, untrusted('alice'));
    const shell = await fixture().elevatedShellEnvironment(home, { SSH_AUTH_SOCK: socket });
    assert.equal(shell['SSH_AUTH_SOCK'], socket);
    assert.equal((await execute(fixture().description.tsh, ['ls'], shell)).exit, 0);
    await tsh.drop(home, []);
    assert.match(await agentKeys(), empty);
  });

  it('would get the elevated key from a tsh that is not told otherwise', async () => {
    const home = await fixture().privateHome(mainLogin);
    const id = await fixture().sharedApprovedRequest();
    const shell = Object.entries(await fixture().elevatedShellEnvironment(home, { SSH_AUTH_SOCK: socket }));
    const plain = Object.fromEntries(shell.filter(([name]) => name !== 'TELEPORT_ADD_KEYS_TO_AGENT'));
    await execute(fixture().description.tsh, ['login', `--request-id=${id}`], plain);
    assert.doesNotMatch(await agentKeys(), empty);
    await fixture().tsh.drop(home, []);
    assert.doesNotMatch(await agentKeys(), empty);
  });
});
