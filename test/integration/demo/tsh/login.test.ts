import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DemoFixture } from '../../../support/demo/demoCluster.ts';

describe('demo: homes', () => {
  let demo: DemoFixture;
  beforeEach(async () => {
    demo = await DemoFixture.open();
  });
  afterEach(() => demo.close());

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
