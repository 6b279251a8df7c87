import assert from 'node:assert/strict';
import { join } from 'node:path';
import { untrusted } from '../../../src/access/text/untrusted.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import { execute } from '../../support/runProgram.ts';
import { findOnPath, RunningProgram } from '../../support/runningProgram.ts';
import { skipTest, onEveryCluster } from '../../support/contract/suite.ts';

onEveryCluster('the ssh-agent', (world) => {
  let socket: string;
  let mainLogin: Home;
  before(async function () {
    const env = world().environment();
    const agent = await findOnPath('ssh-agent', env);
    if (agent === undefined || (await findOnPath('ssh-add', env)) === undefined) {
      skipTest(this, 'there is no ssh-agent on this machine');
    }
    socket = join(await world().newFolder(), 'agent');
    const running = new RunningProgram(agent, ['-D', '-a', socket], env);
    world().onClose(() => running.end());
    await running.waitForOutput(/SSH_AUTH_SOCK=/);
    mainLogin = await world().home('alice');
  });
  const keys = async (): Promise<string> => {
    const { stdout } = await execute('ssh-add', ['-l'], world().environment({ SSH_AUTH_SOCK: socket }));
    return stdout.trim();
  };
  const empty = /has no identities/;

  it('gets nothing of what we do, nor of a tsh typed in the elevated shell', async () => {
    const { tsh, tctl } = world().newClients({ SSH_AUTH_SOCK: socket });
    const home = await world().privateHome(mainLogin);
    await tsh.assume(home, await world().sharedApprovedRequest());
    await tsh.list(home);
    await tctl.capabilities(home, untrusted('alice'));
    const shell = world().elevatedShellEnvironment(home, { SSH_AUTH_SOCK: socket });
    assert.equal(shell['SSH_AUTH_SOCK'], socket);
    assert.equal((await execute(world().description.tsh, ['ls'], shell)).exit, 0);
    await tsh.drop(home, []);
    assert.match(await keys(), empty);
  });

  it('would get the elevated key from a tsh that is not told otherwise', async () => {
    const home = await world().privateHome(mainLogin);
    const id = await world().sharedApprovedRequest();
    const shell = Object.entries(world().elevatedShellEnvironment(home, { SSH_AUTH_SOCK: socket }));
    const plain = Object.fromEntries(shell.filter(([name]) => name !== 'TELEPORT_ADD_KEYS_TO_AGENT'));
    await execute(world().description.tsh, ['login', `--request-id=${id}`], plain);
    assert.doesNotMatch(await keys(), empty);
    await world().tsh.drop(home, []);
    assert.doesNotMatch(await keys(), empty);
  });
});
