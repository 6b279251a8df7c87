import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute } from '../../../support/runProgram.ts';
import { DemoFixture, minute } from '../../../support/demo/demoCluster.ts';

describe('demo: traps of a real tsh and tctl', () => {
  let demo: DemoFixture;
  beforeEach(async () => {
    demo = await DemoFixture.open();
  });
  afterEach(() => demo.close());

  const writeConfig = async (name: string, text: string): Promise<string> => {
    const path = join(demo.cluster.dir, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
    return path;
  };
  const tctl = (
    home: string,
    env: Record<string, string>,
    ...args: readonly string[]
  ): ReturnType<DemoFixture['tctl']> => execute(demo.cluster.tctl, args, demo.env(home, env));

  for (const where of ['global', 'home'] as const) {
    it(`an alias of the ${where} configuration runs another program, unless TSH_UNALIAS names the word`, async () => {
      const text = `aliases:\n  status: '"${process.execPath}" -p "[7 * 6].concat(process.argv.slice(1)).join()"'\n`;
      const home = join(demo.home('alice'), 'config', 'config.yaml');
      await mkdir(join(home, '..'), { recursive: true });
      if (where === 'home') await writeFile(home, text);
      const env =
        where === 'global' ? { TELEPORT_GLOBAL_TSH_CONFIG: await writeConfig('tsh.yaml', text) } : {};
      assert.equal((await demo.tsh('alice', ['status', 'x'], env)).stdout, '42,x\n');
      const plain = await demo.tsh('alice', ['status'], { ...env, TSH_UNALIAS: 'request,status' });
      assert.match(plain.stdout, /Logged in as: +alice/);
      assert.match((await demo.tsh('alice', ['request', 'ls'], env)).stdout, /^ID /);
    });
  }

  it('a configuration that cannot be read fails every command', async () => {
    const env = { TELEPORT_GLOBAL_TSH_CONFIG: await writeConfig('tsh.yaml', 'aliases: [') };
    assert.match((await demo.tsh('alice', ['status'], env)).stderr, /failed to load tsh config/);
  });

  it('TELEPORT_DEBUG prints noise on stderr and changes nothing else', async () => {
    const quiet = await demo.tsh('alice', ['status', '--format=json']);
    const loud = await demo.tsh('alice', ['status', '--format=json'], { TELEPORT_DEBUG: '1' });
    assert.equal(loud.stdout, quiet.stdout);
    assert.match(loud.stderr, /DEBU/);
    assert.equal(quiet.stderr, '');
  });

  it('TELEPORT_USER changes who "me" is, and a login wants that person’s password', async () => {
    const id = await demo.createRequest('alice');
    const env = { TELEPORT_USER: 'rita' };
    assert.match(
      (await demo.tsh('alice', ['request', 'review', '--approve', id], env)).stderr,
      /cannot submit reviews on behalf of "rita"/,
    );
    await demo.waitForLists();
    const ownRequests = await demo.tsh('alice', ['request', 'ls', '--my-requests', '--format=json'], env);
    assert.equal(ownRequests.stdout, '[]');
    const login = await demo.tsh('alice', ['login', `--request-id=${id}`], env);
    assert.match(login.stderr, /cannot perform password login without a terminal/);
  });

  it('TELEPORT_PROXY of a proxy that does not answer fails even status', async () => {
    const { exit, stderr } = await demo.tsh('alice', ['status'], { TELEPORT_PROXY: '127.0.0.1:9' });
    assert.equal(exit, 1);
    assert.match(stderr, /connection refused/);
  });

  it('a tctl that is given an auth service’s configuration needs no login and approves anything', async () => {
    const id = await demo.createRequest('alice');
    assert.equal((await tctl('alice', {}, 'requests', 'approve', id)).exit, 1);
    const serviceConfig = await writeConfig('teleport.yaml', 'version: v3\nauth_service: {enabled: yes}\n');
    const { exit, stderr } = await tctl(
      'alice',
      { TELEPORT_CONFIG_FILE: serviceConfig },
      'requests',
      'approve',
      id,
    );
    assert.equal(exit, 0, stderr);
    assert.equal((await tctl('nobody', {}, '-c', serviceConfig, 'get', 'users')).exit, 0);
    const agentConfig = await writeConfig('agent.yaml', 'version: v3\nauth_service: {enabled: no}\n');
    assert.equal((await tctl('alice', { TELEPORT_CONFIG_FILE: agentConfig }, 'get', 'users')).exit, 1);
  });

  it('a lock cuts what is in use without a word, says why to a fresh copy, and ends with its ttl', async () => {
    const id = await demo.createApprovedRequest('alice', '--max-duration=2h');
    await demo.copyHome('alice', 'elevated');
    await demo.assume('elevated', id);
    await demo.tctl('eve', 'lock', `--access-request=${id}`, '--message=stop', '--ttl=10m');
    assert.match((await demo.tsh('elevated', ['request', 'ls'])).stderr, /ERROR: \S*access denied\n\n$/);
    assert.equal((await demo.tsh('alice', ['request', 'ls'])).exit, 0);
    await demo.copyHome('alice', 'fresh');
    const { stderr } = await demo.assume('fresh', id);
    assert.match(stderr, new RegExp(`lock targeting AccessRequest:"${id}" is in force: stop`));
    await demo.moveClock(11 * minute);
    assert.equal((await demo.tsh('elevated', ['request', 'ls'])).exit, 0);
    assert.equal((await demo.tctl('eve', 'get', 'locks', '--format=json')).stdout, '[]');
  });

  it('a lock on a user or a role cuts everybody it names', async () => {
    await demo.tctl('eve', 'lock', '--user=alice');
    await demo.tctl('eve', 'lock', '--role=reviewer', '--expires=2999-01-01T00:00:00Z');
    for (const locked of ['alice', 'rita', 'omar']) {
      assert.match((await demo.tsh(locked, ['request', 'ls'])).stderr, /access denied/);
    }
    assert.equal((await demo.tsh('bob', ['request', 'ls'])).exit, 0);
    assert.match((await demo.tctl('eve', 'lock')).stderr, /at least one target/);
  });
});
