import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DemoFixture, minute } from '../../../support/demo/demoCluster.ts';

describe('demo: assuming and giving back', () => {
  let demo: DemoFixture;
  beforeEach(async () => {
    demo = await DemoFixture.open();
  });
  afterEach(() => demo.close());

  it('prints the status from before when a request is assumed', async () => {
    const id = await demo.createApprovedRequest('alice');
    const { stdout } = await demo.assume('alice', id);
    assert.doesNotMatch(stdout, /kube-admin/);
    assert.deepEqual((await demo.status('alice')).active_requests, [id]);
  });

  it('forgets the request without a word when TELEPORT_CLUSTER is set', async () => {
    const id = await demo.createApprovedRequest('alice');
    const { exit } = await demo.assume('alice', id, { TELEPORT_CLUSTER: 'ent.example.test' });
    assert.equal(exit, 0);
    assert.equal((await demo.status('alice')).active_requests, undefined);
  });

  it('ends waiting on its own once the request is decided', async () => {
    const id = await demo.createRequest('alice');
    const login = demo.start('alice', ['login', `--request-id=${id}`], 'Waiting for request approval...');
    await login.hasPrinted;
    await demo.tsh('rita', ['request', 'review', '--approve', id]);
    assert.equal(await login.ended, '0');
    assert.deepEqual((await demo.status('alice')).active_requests, [id]);
  });

  it("refuses somebody else's request as it refuses an unknown one", async () => {
    const id = await demo.createApprovedRequest('alice');
    assert.match((await demo.assume('bob', id)).stderr, /invalid access request/);
  });

  it('leaves the end of the login cut after giving back', async () => {
    const before = await demo.status('alice');
    await demo.assume('alice', await demo.createApprovedRequest('alice'));
    const elevated = await demo.status('alice');
    await demo.tsh('alice', ['request', 'drop']);
    const after = await demo.status('alice');
    assert.ok(Date.parse(elevated.valid_until) < Date.parse(before.valid_until));
    assert.equal(after.valid_until, elevated.valid_until);
    assert.deepEqual(after.roles, ['dev-team']);
  });

  it('gives a fresh hour of a longer grant to a fresh copy of the main login', async () => {
    const id = await demo.createApprovedRequest('alice', '--max-duration=4h');
    await demo.copyHome('alice', 'first');
    await demo.assume('first', id);
    await demo.moveClock(30 * minute);
    await demo.copyHome('alice', 'second');
    await demo.assume('second', id);
    const [first, second] = [await demo.status('first'), await demo.status('second')];
    const later = Date.parse(second.valid_until) - Date.parse(first.valid_until);
    assert.equal(Math.round(later / minute), 30);
  });

  it('leaves the main login alone when a copy of it is elevated or signed out', async () => {
    await demo.copyHome('alice', 'copy');
    await demo.assume('copy', await demo.createApprovedRequest('alice'));
    assert.equal((await demo.status('alice')).active_requests, undefined);
    await demo.tsh('copy', ['logout']);
    assert.equal((await demo.tsh('alice', ['request', 'ls'])).exit, 0);
  });

  it('locks out every call with a certificate that carries a locked request, and no other', async () => {
    const id = await demo.createApprovedRequest('alice');
    await demo.copyHome('alice', 'copy');
    await demo.assume('copy', id);
    await demo.tctl('eve', 'lock', `--access-request=${id}`, '--message=stop', '--ttl=30m');
    assert.match((await demo.tsh('copy', ['request', 'ls'])).stderr, /access denied/);
    assert.match((await demo.tsh('copy', ['request', 'drop'])).stderr, /access denied/);
    assert.deepEqual((await demo.status('copy')).active_requests, [id]);
    assert.equal((await demo.tsh('alice', ['request', 'ls'])).exit, 0);
    await demo.copyHome('alice', 'fresh');
    assert.ok((await demo.assume('fresh', id)).stderr.includes(`AccessRequest:"${id}" is in force: stop`));
    await demo.moveClock(31 * minute);
    assert.equal((await demo.tsh('copy', ['request', 'ls'])).exit, 0);
  });

  it('asks for a password once the login has expired, and fails where nobody can type', async () => {
    const id = await demo.createApprovedRequest('alice');
    await demo.moveClock(13 * 60 * minute);
    assert.match((await demo.assume('alice', id)).stderr, /cannot perform password login without a terminal/);
    assert.match((await demo.tsh('alice', ['request', 'ls'])).stderr, /ssh: cert has expired/);
  });

  it('fails some of many parallel writes on one home, and the home is whole afterwards', async () => {
    const drops = await Promise.all(Array.from({ length: 8 }, () => demo.tsh('alice', ['request', 'drop'])));
    const failed = drops.filter(({ exit }) => exit !== 0);
    assert.ok(failed.length > 0);
    for (const { stderr } of failed) {
      assert.match(stderr, /Not logged in\.|do not form a valid keypair/);
    }
    assert.equal((await demo.tsh('alice', ['request', 'drop'])).exit, 0);
  });

  it('loses no request when many are made at once', async () => {
    const homes = ['1', '2', '3', '4', '5', '6'];
    for (const home of homes) await demo.copyHome('alice', home);
    const created = await Promise.all(homes.map((home) => demo.createRequest(home)));
    await demo.waitForLists();
    const listed = (await demo.list('alice')).map((each) => each.metadata.name);
    assert.deepEqual(listed.sort(), created.sort());
  });

  it('lays a home out as tsh does, closed to others', async () => {
    const files = (await readdir(demo.home('alice'), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(demo.home('alice').length + 1));
    assert.deepEqual(files.sort(), [
      'current-profile',
      'keys/localhost/alice',
      'keys/localhost/alice-ssh/ent.example.test-cert.pub',
      'keys/localhost/alice.crt',
      'keys/localhost/alice.key',
      'keys/localhost/alice.pub',
      'keys/localhost/cas/ent.example.test.pem',
      'keys/localhost/certs.pem',
      'known_hosts',
      'localhost.yaml',
    ]);
    assert.equal((await stat(demo.home('alice'))).mode & 0o777, 0o700);
    assert.equal((await stat(join(demo.cluster.dir, 'state.json'))).mode & 0o777, 0o600);
  });
});
