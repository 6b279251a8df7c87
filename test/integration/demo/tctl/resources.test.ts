import assert from 'node:assert/strict';
import { DemoFixture, roleManifest, type PrintedResource } from '../../../support/demo/demoCluster.ts';

describe('demo: roles and users from a file', () => {
  let demo: DemoFixture;
  beforeEach(async () => {
    demo = await DemoFixture.open();
  });
  afterEach(() => demo.close());

  const mustCreate = (manifest: object | string): Promise<void> => demo.mustCreate('eve', manifest);
  const readRole = async (name: string): Promise<PrintedResource> =>
    (await demo.get('eve', `role/${name}`))[0] ?? assert.fail('no role');
  const allowIn = async (name: string): Promise<unknown> => (await readRole(name)).spec['allow'];

  it('a role made is one that can be asked for, and its rules hold', async () => {
    await mustCreate(
      roleManifest('quick', { options: { max_session_ttl: '15m' }, allow: { logins: ['quick'] } }),
    );
    await mustCreate(roleManifest('dev-team', { allow: { logins: ['dev'], request: { roles: ['qu*'] } } }));
    const id = await demo.createRequest('alice', '--roles=quick');
    const { spec } = await demo.show('alice', id);
    assert.equal(Date.parse(spec.expires) - Date.parse(spec.created), 15 * 60_000);
    const { stderr } = await demo.tsh('alice', ['request', 'create', '--roles=kube-admin', '--nowait']);
    assert.match(stderr, /user "alice" can not request role "kube-admin"/);
  });

  it('a request approved before the role changed cannot be assumed when it may no longer be made', async () => {
    const id = await demo.createApprovedRequest('alice');
    await mustCreate(roleManifest('dev-team', { allow: { request: { roles: ['prod-dba'] } } }));
    assert.match((await demo.assume('alice', id)).stderr, /can not request role "kube-admin"/);
  });

  it('deny wins over allow', async () => {
    const spec = { allow: { request: { roles: ['*'] } }, deny: { request: { roles: ['kube-admin'] } } };
    await mustCreate(roleManifest('dev-team', spec));
    const { stderr } = await demo.tsh('alice', ['request', 'create', '--roles=kube-admin', '--nowait']);
    assert.match(stderr, /can not request role "kube-admin"/);
  });

  it('one file makes a role and a user; those before a broken one stay', async () => {
    const { exit, stdout, stderr } = await demo.create(
      'eve',
      'kind: role\nversion: v7\nmetadata: {name: r1}\n',
      'kind: user\nversion: v2\nmetadata: {name: mallory}\nspec: {roles: [editor]}\n',
      'kind: role\nversion: v7\nmetadata: {name: r2}\nspec: {allow: {request: {roles: 7}}}\n',
      'kind: role\nversion: v7\nmetadata: {name: r3}\n',
    );
    assert.equal(exit, 1);
    assert.equal(stdout, 'role "r1" has been created\nuser "mallory" has been created\n');
    assert.match(stderr, /decode slice: expect \[ or n, but found 7/);
    assert.equal((await demo.get('eve', 'user/mallory')).length, 1);
    assert.match((await demo.tctl('eve', 'get', 'role/r3')).stderr, /role r3 is not found/);
  });

  it('merges, any case, keys given twice and JSON one after the other are taken', async () => {
    await mustCreate(
      'base: &base {logins: [a]}\nkind: role\nversion: v7\nmetadata: {name: m}\nspec: {allow: {<<: *base}}\n',
    );
    assert.deepEqual(await allowIn('m'), { logins: ['a'] });
    await mustCreate('Kind: role\nversion: v7\nMetadata: {Name: c}\nSpec: {Allow: {Logins: [b]}}\n');
    assert.deepEqual(await allowIn('c'), { logins: ['b'] });
    await mustCreate(
      'kind: role\nversion: v7\nmetadata: {name: d}\nspec: {allow: {logins: [a], logins: [b]}}\n',
    );
    assert.deepEqual(await allowIn('d'), { logins: ['b'] });
    await mustCreate(
      `${JSON.stringify(roleManifest('j1', {}))}\n${JSON.stringify(roleManifest('j2', { allow: { logins: ['}'] } }))}`,
    );
    assert.deepEqual(await allowIn('j2'), { logins: ['}'] });
  });

  it('of role/a/b tctl makes the role b, also when it removes one', async () => {
    await mustCreate(roleManifest('a/b', {}));
    await mustCreate(roleManifest('b', { allow: { logins: ['other'] } }));
    assert.equal((await readRole('a/b')).metadata.name, 'b');
    assert.equal((await demo.tctl('eve', 'rm', 'role/a/b')).stdout, 'role "b" has been deleted\n');
    await demo.waitForLists();
    const names = (await demo.get('eve', 'roles')).map(({ metadata }) => metadata.name);
    assert.deepEqual([names.includes('a/b'), names.includes('b')], [true, false]);
    assert.match(
      (await demo.tctl('eve', 'get', 'role/@/etc/hostname')).stderr,
      /failed to parse 'role\/@\/etc/,
    );
  });

  it('an elevated login may do what its roles allow', async () => {
    await mustCreate(roleManifest('dev-team', { allow: { request: { roles: ['editor'] } } }));
    const id = await demo.createRequest('alice', '--roles=editor');
    await mustCreate(roleManifest('reviewer', { allow: { review_requests: { roles: ['*'] } } }));
    await demo.tsh('rita', ['request', 'review', '--approve', id]);
    assert.equal((await demo.tctl('alice', 'get', 'users')).exit, 1);
    await demo.assume('alice', id);
    assert.equal((await demo.tctl('alice', 'get', 'users')).exit, 0);
  });
});

describe('demo: roles in the Community edition', () => {
  let demo: DemoFixture;
  before(async () => {
    demo = await DemoFixture.open('community');
  });
  after(() => demo.close());

  const refused: readonly (readonly [string, object, RegExp | undefined])[] = [
    [
      'thresholds',
      { allow: { request: { thresholds: [{ approve: 2 }] } } },
      /allow\.request\.thresholds is only/,
    ],
    ['search_as_roles', { allow: { request: { search_as_roles: ['x'] } } }, /search_as_roles is only/],
    ['review_requests', { allow: { review_requests: { roles: ['x'] } } }, /allow\.review_requests is only/],
    [
      'request_access',
      { options: { request_access: 'reason' } },
      /role option request_access: reason is only/,
    ],
    ['max_duration', { allow: { request: { max_duration: '4h', suggested_reviewers: ['bob'] } } }, undefined],
  ];
  for (const [what, spec, why] of refused) {
    it(`${what} is ${why ? 'refused' : 'taken'}`, async () => {
      const { exit, stderr } = await demo.create('ana', roleManifest('x', spec));
      assert.equal(exit, why ? 1 : 0);
      assert.match(stderr, why ?? /^$/);
    });
  }
});
