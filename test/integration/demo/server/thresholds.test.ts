// Which reviews count towards a threshold, and how many are needed.
import assert from 'node:assert/strict';
import { parseFilter } from '../../../../demo/resources/thresholdFilter.ts';
import { approved, DemoFixture, denied, roleManifest } from '../../../support/demo/demoCluster.ts';

const pending = 1;
const threshold = (name: string, filter: string, approve = 1, deny = 1): object => ({
  name,
  filter,
  approve,
  deny,
});
const teamFilter = (team: string): string => `contains(reviewer.roles, "${team}-reviewer")`;

describe('demo: thresholds', () => {
  let demo: DemoFixture;
  before(async () => {
    demo = await DemoFixture.open();
    const reviewRole = { allow: { review_requests: { roles: ['kube-admin'] } } };
    await demo.mustCreate(
      'eve',
      roleManifest('a-reviewer', reviewRole),
      roleManifest('b-reviewer', reviewRole),
    );
    await demo.tctl('eve', 'users', 'update', 'rita', '--set-roles=reviewer,a-reviewer');
    await demo.tctl('eve', 'users', 'update', 'omar', '--set-roles=reviewer,b-reviewer');
  });
  after(() => demo.close());

  /** Gives alice one role for each list of thresholds and creates a request. @returns its id */
  async function createRequestThrough(...thresholdSets: readonly (readonly object[])[]): Promise<string> {
    const names = thresholdSets.map((_, index) => `asks-${index}`);
    const allow = (thresholds: readonly object[]): object => ({
      allow: { request: { roles: ['kube-admin'], thresholds } },
    });
    await demo.mustCreate(
      'eve',
      ...thresholdSets.map((thresholds, index) => roleManifest(names[index] ?? '', allow(thresholds))),
    );
    await demo.tctl('eve', 'users', 'update', 'alice', `--set-roles=${names.join(',')}`);
    return demo.createRequest('alice');
  }
  async function review(id: string, name: string, verdict = '--approve'): Promise<number> {
    const { exit, stderr } = await demo.tsh(name, ['request', 'review', verdict, '--', id]);
    assert.equal(exit, 0, stderr);
    return (await demo.show('alice', id)).spec.state;
  }

  it('of one role are alternatives: any one that is met is enough', async () => {
    const id = await createRequestThrough([threshold('a', teamFilter('a')), threshold('b', teamFilter('b'))]);
    assert.equal(await review(id, 'omar'), approved);
  });

  it('of two roles must both be met: two people of different teams', async () => {
    const id = await createRequestThrough(
      [threshold('a', teamFilter('a'))],
      [threshold('b', teamFilter('b'))],
    );
    assert.equal(await review(id, 'rita'), pending);
    assert.equal(await review(id, 'omar'), approved);
  });

  it('count only the reviews their filter fits, for and against', async () => {
    const id = await createRequestThrough([threshold('b twice', teamFilter('b'), 2, 1)]);
    assert.equal(await review(id, 'rita', '--deny'), pending);
    const shown = await demo.show('rita', id);
    assert.deepEqual(Object.keys(shown.spec.reviews?.[0] as object), ['author', 'proposed_state', 'created']);
    assert.equal(await review(id, 'omar', '--deny'), denied);
  });

  it('are shown in the request with their filter', async () => {
    const id = await createRequestThrough([threshold('a', teamFilter('a'))]);
    const { spec } = (await demo.show('alice', id)) as unknown as { spec: { thresholds: object[] } };
    assert.deepEqual(spec.thresholds, [threshold('a', teamFilter('a'))]);
  });

  it('a review right may be narrowed by an expression', async () => {
    const where = 'contains(request.roles, "prod-dba")';
    await demo.mustCreate(
      'eve',
      roleManifest('b-reviewer', { allow: { review_requests: { roles: ['kube-admin'], where } } }),
    );
    await demo.mustCreate(
      'eve',
      roleManifest('reviewer', { allow: { review_requests: { roles: ['prod-dba'] } } }),
    );
    const id = await createRequestThrough([threshold('any', '')]);
    const { stderr } = await demo.tsh('omar', ['request', 'review', '--approve', id]);
    assert.match(stderr, /user "omar" cannot review request/);
  });

  it('what cannot be read is refused when the role is written', async () => {
    const refused: readonly (readonly [object, RegExp])[] = [
      [
        { allow: { request: { thresholds: [threshold('x', 'contains(reviewer.roles')] } } },
        /invalid threshold predicate/,
      ],
      [{ allow: { review_requests: { where: 'perhaps()' } } }, /invalid review predicate: "perhaps\(\)"/],
      [
        { deny: { request: { thresholds: [threshold('x', '')] } } },
        /deny\.request cannot contain thresholds/,
      ],
      [
        { allow: { request: { max_duration: '337h' } } },
        /max access duration must be less than or equal to 336h0m0s/,
      ],
    ];
    for (const [spec, message] of refused)
      assert.match((await demo.create('eve', roleManifest('x', spec))).stderr, message);
  });
});

describe('demo: expressions', () => {
  const subject = {
    roles: ['a', 'b'],
    traits: { team: ['sre'] },
    requested: ['kube-admin'],
    reason: 'why',
    review: { reason: 'ok' },
  };
  const matching = [
    'contains(reviewer.roles, "a")',
    'contains(reviewer.roles,"x") || contains(reviewer.roles,"b") && !contains(reviewer.roles,"x")',
    '!(contains(reviewer.roles,"x") || contains(reviewer.roles,"y"))',
    'contains(reviewer.traits["team"], "sre") && equals(request.reason, "why") && equals(review.reason, "ok")',
    '!contains(reviewer.traits["none"], "sre") && contains(request.roles, `kube-admin`)',
  ];
  const notMatching = [
    'contains(reviewer.roles, "A")',
    '!contains(reviewer.roles, "a")',
    'contains(request.reason, "wh")',
  ];
  const unreadable = [
    '',
    'contains(reviewer.roles)',
    'contains(reviewer.roles, "a") &&',
    'true',
    'contains(x, "a"',
    'a b',
  ];

  it('are understood', () => {
    for (const text of matching) assert.equal(parseFilter(text)(subject), true, text);
    for (const text of notMatching) assert.equal(parseFilter(text)(subject), false, text);
    for (const text of unreadable) assert.throws(() => parseFilter(text), text);
  });
});
