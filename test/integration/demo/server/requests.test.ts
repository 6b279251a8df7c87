import assert from 'node:assert/strict';
import { approved, DemoFixture, denied, minute } from '../../../support/demo/demoCluster.ts';

const minutesBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / minute);

describe('demo: requests', () => {
  let demo: DemoFixture;
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(() => demo.close());

  it('shows a request just made at once, and lists it only later', async () => {
    const id = await demo.createRequest('alice');
    assert.equal((await demo.show('alice', id)).metadata.name, id);
    assert.ok(!(await demo.list('alice')).some((each) => each.metadata.name === id));
    await demo.waitForLists();
    assert.ok((await demo.list('alice')).some((each) => each.metadata.name === id));
  });

  it('lists a request just decided as it was before', async () => {
    const id = await demo.createRequest('alice');
    await demo.waitForLists();
    const { metadata } = await demo.show('alice', id);
    await demo.tsh('rita', ['request', 'review', '--approve', id]);
    const listed = (await demo.list('alice')).find((each) => each.metadata.name === id);
    assert.equal(listed?.metadata.revision, metadata.revision);
    assert.equal((await demo.show('alice', id)).spec.state, approved);
  });

  it('hides requests from whoever neither made nor reviews them', async () => {
    const id = await demo.createRequest('alice');
    const { stderr } = await demo.tsh('bob', ['request', 'show', id]);
    assert.match(stderr, /no access request matching/);
  });

  it('cuts a grant to what is left of the login unless a longer one is allowed and asked for', async () => {
    await demo.signIn('alice', 'short', 20);
    const plain = await demo.show('short', await demo.createRequest('short'));
    const long = await demo.show('short', await demo.createRequest('short', '--max-duration=3h'));
    assert.equal(minutesBetween(plain.spec.created, plain.spec.expires), 20);
    assert.equal(minutesBetween(long.spec.created, long.spec.expires), 180);
  });

  it('cuts a duration to what the role allows without a word', async () => {
    const { spec } = await demo.show('alice', await demo.createRequest('alice', '--max-duration=10h'));
    assert.equal(minutesBetween(spec.created, spec.expires), 240);
  });

  it('drops a pending request when its time to be decided is over', async () => {
    const id = await demo.createRequest('alice', '--request-ttl=10m', '--max-duration=30m');
    await demo.moveClock(11 * minute);
    assert.match((await demo.tsh('alice', ['request', 'show', id])).stderr, /no access request matching/);
  });

  it('keeps an approved request to the end of its grant, past the time to decide', async () => {
    const id = await demo.createApprovedRequest('alice', '--request-ttl=10m', '--max-duration=30m');
    await demo.moveClock(11 * minute);
    assert.equal((await demo.show('alice', id)).spec.state, approved);
  });

  it('needs as many approvals as the threshold says', async () => {
    const id = await demo.createRequest('bob', '--roles=two-eyes');
    const first = await demo.tsh('rita', ['request', 'review', '--approve', id]);
    const second = await demo.tsh('omar', ['request', 'review', '--approve', id]);
    assert.match(first.stderr, /Request state: PENDING/);
    assert.match(second.stderr, /Request state: APPROVED/);
  });

  it('decides with the first denial, whatever approvals there are', async () => {
    const id = await demo.createRequest('bob', '--roles=two-eyes');
    await demo.tsh('rita', ['request', 'review', '--approve', id]);
    const { stderr } = await demo.tsh('omar', ['request', 'review', '--deny', '--reason=no', id]);
    assert.match(stderr, /Request state: DENIED/);
    assert.equal((await demo.show('bob', id)).spec.resolve_reason, 'no');
  });

  it('refuses a role nobody offered, and a resource where nothing can be searched', async () => {
    const role = await demo.tsh('bob', ['request', 'create', '--roles=kube-admin', '--nowait']);
    assert.match(role.stderr, /user "bob" can not request role "kube-admin"/);
    const node = await demo.tsh('bob', [
      'request',
      'create',
      '--resource=/ent.example.test/node/n',
      '--nowait',
    ]);
    assert.match(node.stderr, /require usable "search_as_roles"/);
  });

  it('a reviewer who approves may name a later start', async () => {
    const id = await demo.createRequest('alice');
    const { created } = (await demo.show('alice', id)).spec;
    const start = new Date(Date.parse(created) + 20 * minute).toISOString();
    const flags = ['--approve', `--assume-start-time=${start}`];
    const result = await demo.tsh('rita', ['request', 'review', ...flags, id]);
    assert.equal(result.exit, 0, result.stderr);
    assert.match((await demo.assume('alice', id)).stderr, /can not be assumed until/);
  });
});

describe('demo: tctl decides without a review', () => {
  let demo: DemoFixture;
  before(async () => {
    demo = await DemoFixture.open('community');
  });
  after(() => demo.close());

  it('overwrites: a second approval erases the reason of the first, a denial ends it', async () => {
    const id = await demo.createRequest('alice');
    await demo.tctl('ana', 'requests', 'approve', '--reason=first', id);
    assert.equal((await demo.show('alice', id)).spec.resolve_reason, 'first');
    await demo.tctl('ana', 'requests', 'approve', id);
    assert.equal((await demo.show('alice', id)).spec.resolve_reason, undefined);
    await demo.tctl('ana', 'requests', 'deny', id);
    assert.equal((await demo.show('alice', id)).spec.state, denied);
    const secondApproval = await demo.tctl('ana', 'requests', 'approve', id);
    assert.match(secondApproval.stderr, /cannot set request-state "APPROVED" \(already denied\)/);
  });

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

  it('refuses the deciding and the locking to people without the right', async () => {
    const id = await demo.createRequest('alice');
    const approve = await demo.tctl('bob', 'requests', 'approve', id);
    assert.match(approve.stderr, /access denied to perform action "update" on "access_request"/);
    const lock = await demo.tctl('bob', 'lock', `--access-request=${id}`);
    assert.match(lock.stderr, /access denied to perform action "create" on "lock"/);
  });
});
