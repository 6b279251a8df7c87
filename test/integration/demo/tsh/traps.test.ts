import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DemoFixture } from '../../../support/demo/demoCluster.ts';

describe('demo: traps of a real tsh and tctl', () => {
  let demo: DemoFixture;
  beforeEach(async () => {
    demo = await DemoFixture.open();
  });
  afterEach(() => demo.close());

  it('a configuration that cannot be read fails every command', async () => {
    const file = join(demo.cluster.dir, 'tsh.yaml');
    await writeFile(file, 'aliases: [');
    const env = { TELEPORT_GLOBAL_TSH_CONFIG: file };
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
