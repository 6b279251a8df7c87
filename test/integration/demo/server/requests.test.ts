import assert from 'node:assert/strict';
import { approved, DemoFixture, minute } from '../../../support/demo/demoCluster.ts';

const minutesBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / minute);

describe('demo: requests', () => {
  let demo: DemoFixture;
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(() => demo.close());

  it('lists a request just decided as it was before', async () => {
    const id = await demo.createRequest('alice');
    await demo.waitForLists();
    const { metadata } = await demo.show('alice', id);
    await demo.tsh('rita', ['request', 'review', '--approve', id]);
    const listed = (await demo.list('alice')).find((each) => each.metadata.name === id);
    assert.equal(listed?.metadata.revision, metadata.revision);
    assert.equal((await demo.show('alice', id)).spec.state, approved);
  });

  it('cuts a grant to what is left of the login unless a longer one is allowed and asked for', async () => {
    await demo.signIn('alice', 'short', 20);
    const plain = await demo.show('short', await demo.createRequest('short'));
    const long = await demo.show('short', await demo.createRequest('short', '--max-duration=3h'));
    assert.equal(minutesBetween(plain.spec.created, plain.spec.expires), 20);
    assert.equal(minutesBetween(long.spec.created, long.spec.expires), 180);
  });

  it('drops a pending request when its time to be decided is over, and keeps an approved one', async () => {
    const ttl = ['--request-ttl=10m', '--max-duration=30m'];
    const pending = await demo.createRequest('alice', ...ttl);
    const id = await demo.createApprovedRequest('alice', ...ttl);
    await demo.moveClock(11 * minute);
    const { stderr } = await demo.tsh('alice', ['request', 'show', pending]);
    assert.match(stderr, /no access request matching/);
    assert.equal((await demo.show('alice', id)).spec.state, approved);
  });
});

describe('demo: tctl decides without a review', () => {
  let demo: DemoFixture;
  before(async () => {
    demo = await DemoFixture.open('community');
  });
  after(() => demo.close());

  it('keeps those decided before the one that fails', async () => {
    const id = await demo.createRequest('alice');
    const result = await demo.tctl(
      'ana',
      'requests',
      'approve',
      `${id},00000000-0000-4000-8000-000000000000`,
    );
    assert.equal(result.exit, 1);
    assert.equal((await demo.show('alice', id)).spec.state, approved);
  });

  it('removes an approved request only when forced, and says 0 all the same', async () => {
    const id = await demo.createApprovedRequest('alice');
    const removal = await demo.tctl('ana', 'requests', 'rm', id);
    assert.equal(removal.exit, 0);
    assert.match(removal.stdout, /will NOT remove/);
    assert.equal((await demo.show('alice', id)).spec.state, approved);
    await demo.tctl('ana', 'request', 'rm', '--force', id);
    assert.match((await demo.tsh('alice', ['request', 'show', id])).stderr, /no access request matching/);
  });
});
