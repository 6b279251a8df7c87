import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { execute } from '../../../support/runProgram.ts';
import { DemoFixture } from '../../../support/demo/demoCluster.ts';
import { startProgram, findProgram, type BackgroundProgram } from '../../../support/demo/kubeDemo.ts';

describe('demo: keys in the ssh-agent', () => {
  const programs = { agent: findProgram('ssh-agent'), add: findProgram('ssh-add') };
  let demo: DemoFixture;
  let agent: ChildProcess;
  let socket: string;

  before(function () {
    if (programs.agent && programs.add) return;
    console.log('    left out: no ssh-agent');
    this.skip();
  });
  beforeEach(async () => {
    demo = await DemoFixture.open();
    socket = join(demo.cluster.dir, 'agent');
    agent = spawn(programs.agent ?? '', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    // ssh-agent prints its socket once it listens.
    await new Promise((resolve) => agent.stdout?.once('data', resolve));
  });
  afterEach(async () => {
    const ended = new Promise((resolve) => agent.once('close', resolve));
    agent.kill();
    await ended;
    await demo.close();
  });

  const keys = async (): Promise<string[]> => {
    const { stdout } = await execute(programs.add ?? '', ['-L'], { SSH_AUTH_SOCK: socket });
    return stdout.split('\n').filter((line) => line.startsWith('ssh-'));
  };
  const tsh = (args: readonly string[], home = 'alice', env: Record<string, string> = {}) =>
    demo.tsh(home, args, { SSH_AUTH_SOCK: socket, ...env });

  it('puts the login’s key into a running agent, once, named after the login', async () => {
    await tsh(['request', 'ls']);
    await tsh(['request', 'ls']);
    const [key = '', ...more] = await keys();
    assert.match(key, /^ssh-ed25519 \S+ teleport:localhost:ent\.example\.test:alice$/);
    assert.deepEqual(more, []);
  });

  it('takes the key out when one signs out', async () => {
    await tsh(['request', 'ls']);
    await tsh(['logout'], 'alice');
    assert.deepEqual(await keys(), []);
  });

  it('goes on without an agent that is not there', async () => {
    assert.equal((await tsh(['request', 'ls'], 'alice', { SSH_AUTH_SOCK: `${socket}-not` })).exit, 0);
  });
});

describe('demo: tsh ssh', () => {
  let demo: DemoFixture;
  let session: BackgroundProgram | undefined;
  beforeEach(async () => {
    demo = await DemoFixture.open();
  });
  afterEach(async () => {
    session?.child.kill();
    await session?.ended;
    session = undefined;
    await demo.close();
  });

  const assumeNodeRequest = async (): Promise<string> => {
    const nodes = await demo.tsh('alice', ['request', 'search', '--kind=node']);
    const [, resource] = /--resource (\S+)/.exec(nodes.stdout) ?? [];
    const id = await demo.createApprovedRequest('alice', '--roles=', `--resource=${resource ?? ''}`);
    await demo.copyHome('alice', 'root');
    await demo.assume('root', id);
    return id;
  };
  const openSession = (): BackgroundProgram =>
    (session = startProgram(demo.cluster.tsh, ['ssh', 'root@node-ent'], demo.env('root')));

  it('is cut by a lock', async () => {
    const id = await assumeNodeRequest();
    const { waitForOutput, ended, printed } = openSession();
    await waitForOutput('root@node-ent');
    await demo.tctl('eve', 'lock', `--access-request=${id}`, '--message=stop');
    assert.equal(await ended, '1');
    assert.match(printed(), /access denied/);
  });
});
