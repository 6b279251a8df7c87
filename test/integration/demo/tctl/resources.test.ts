import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DemoFixture } from '../../../support/demo/demoCluster.ts';

interface PrintedRole {
  readonly metadata: { readonly name: string; readonly revision: string };
  readonly spec: {
    readonly allow: Readonly<Record<string, unknown>>;
    readonly options: Readonly<Record<string, unknown>>;
  };
}

describe('demo: roles, users and tokens from a file', () => {
  let demo: DemoFixture;
  beforeEach(async () => {
    demo = await DemoFixture.open();
  });
  afterEach(() => demo.close());

  /** Runs `tctl create` with a file that holds the text. */
  async function createFromFile(text: string, ...flags: readonly string[]): ReturnType<DemoFixture['tctl']> {
    const file = join(demo.cluster.dir, 'given.yaml');
    await writeFile(file, text);
    return demo.tctl('eve', 'create', ...flags, file);
  }

  const mustCreate = async (text: string): Promise<void> => {
    const { exit, stderr } = await createFromFile(text, '-f');
    assert.equal(exit, 0, stderr);
  };

  async function readRole(name: string): Promise<PrintedRole> {
    const result = await demo.tctl('eve', 'get', `role/${name}`, '--format=json');
    assert.equal(result.exit, 0, result.stderr);
    return (JSON.parse(result.stdout) as PrintedRole[])[0] ?? assert.fail('no role');
  }

  const manifest = (name: string, spec: object): string =>
    JSON.stringify({ kind: 'role', version: 'v7', metadata: { name }, spec });

  it('a role made is one that can be asked for, and its rules hold', async () => {
    await mustCreate(
      manifest('quick', { options: { max_session_ttl: '15m' }, allow: { logins: ['quick'] } }),
    );
    await mustCreate(manifest('dev-team', { allow: { logins: ['dev'], request: { roles: ['qu*'] } } }));
    const id = await demo.createRequest('alice', '--roles=quick');
    const { spec } = await demo.show('alice', id);
    assert.equal(Date.parse(spec.expires) - Date.parse(spec.created), 15 * 60_000);
    const { stderr } = await demo.tsh('alice', ['request', 'create', '--roles=kube-admin', '--nowait']);
    assert.match(stderr, /user "alice" can not request role "kube-admin"/);
  });

  it('thresholds, reviewers and the longest duration are those of the role as it is now', async () => {
    const request = {
      roles: ['kube-admin'],
      thresholds: [{ name: 'both', approve: 2, deny: 1 }],
      suggested_reviewers: ['omar'],
      max_duration: '90m',
    };
    await mustCreate(manifest('dev-team', { allow: { request } }));
    const id = await demo.createRequest('alice', '--max-duration=10h');
    const before = await demo.show('alice', id);
    assert.equal(Date.parse(before.spec.expires) - Date.parse(before.spec.created), 90 * 60_000);
    await demo.tsh('rita', ['request', 'review', '--approve', id]);
    assert.equal((await demo.show('alice', id)).spec.state, 1);
    await demo.tsh('omar', ['request', 'review', '--approve', id]);
    assert.equal((await demo.show('alice', id)).spec.state, 2);
  });

  it('a request approved before the role changed cannot be assumed when it may no longer be made', async () => {
    const id = await demo.createApprovedRequest('alice');
    await mustCreate(manifest('dev-team', { allow: { request: { roles: ['prod-dba'] } } }));
    assert.match((await demo.assume('alice', id)).stderr, /can not request role "kube-admin"/);
  });

  it('deny wins over allow', async () => {
    const spec = { allow: { request: { roles: ['*'] } }, deny: { request: { roles: ['kube-admin'] } } };
    await mustCreate(manifest('dev-team', spec));
    const { stderr } = await demo.tsh('alice', ['request', 'create', '--roles=kube-admin', '--nowait']);
    assert.match(stderr, /can not request role "kube-admin"/);
  });

  it('fields the server does not know are gone without a word', async () => {
    await mustCreate(
      manifest('odd', {
        allow: { request: { roles: ['kube-admin'], reason: { mode: 'required' } }, bogus_field: 3 },
      }),
    );
    assert.deepEqual((await readRole('odd')).spec.allow, { request: { roles: ['kube-admin'] } });
  });

  it('a stale file overwrites what somebody else wrote, and every write has a new revision', async () => {
    const staleManifest = (await demo.tctl('eve', 'get', 'role/dev-team')).stdout;
    const first = (await readRole('dev-team')).metadata.revision;
    await mustCreate(manifest('dev-team', { allow: { logins: ['elsewhere'] } }));
    const second = (await readRole('dev-team')).metadata.revision;
    await mustCreate(staleManifest);
    const third = await readRole('dev-team');
    assert.deepEqual(third.spec.allow['logins'], ['dev']);
    assert.equal(new Set([first, second, third.metadata.revision]).size, 3);
  });

  it('what get prints, create takes and nothing changes but the revision', async () => {
    const before = await readRole('dev-team');
    await mustCreate((await demo.tctl('eve', 'get', 'role/dev-team', '--format=yaml')).stdout);
    assert.deepEqual((await readRole('dev-team')).spec, before.spec);
    await mustCreate((await demo.tctl('eve', 'get', 'roles', '--format=yaml')).stdout);
    assert.deepEqual((await readRole('editor')).metadata.name, 'editor');
  });

  it('one file makes a role, a user, a token and a lock; those before a broken one stay', async () => {
    const { exit, stdout, stderr } = await createFromFile(
      [
        'kind: role\nversion: v7\nmetadata: {name: r1}\n',
        'kind: user\nversion: v2\nmetadata: {name: mallory}\nspec: {roles: [editor]}\n',
        'kind: token\nversion: v2\nmetadata: {name: t1}\nspec: {roles: [Node]}\n',
        'kind: lock\nversion: v2\nmetadata: {name: l1}\nspec: {target: {user: bob}}\n',
        'kind: role\nversion: v7\nmetadata: {name: r2}\nspec: {allow: {request: {roles: 7}}}\n',
        'kind: role\nversion: v7\nmetadata: {name: r3}\n',
      ].join('---\n'),
      '-f',
    );
    assert.equal(exit, 1);
    assert.equal(stdout.split('\n').length, 5);
    assert.match(stderr, /decode slice: expect \[ or n, but found 7/);
    assert.equal((await demo.tsh('bob', ['request', 'ls'])).exit, 1);
    assert.equal((await demo.tctl('eve', 'get', 'user/mallory,role/r1,token/t1')).exit, 0);
    assert.match((await demo.tctl('eve', 'get', 'role/r3')).stderr, /role r3 is not found/);
  });

  it('merges, any case, keys given twice and JSON one after the other are taken', async () => {
    await mustCreate(
      'base: &base {logins: [a]}\nkind: role\nversion: v7\nmetadata: {name: m}\nspec: {allow: {<<: *base}}\n',
    );
    assert.deepEqual((await readRole('m')).spec.allow, { logins: ['a'] });
    await mustCreate('Kind: role\nversion: v7\nMetadata: {Name: c}\nSpec: {Allow: {Logins: [b]}}\n');
    assert.deepEqual((await readRole('c')).spec.allow, { logins: ['b'] });
    await mustCreate(
      'kind: role\nversion: v7\nmetadata: {name: d}\nspec: {allow: {logins: [a], logins: [b]}}\n',
    );
    assert.deepEqual((await readRole('d')).spec.allow, { logins: ['b'] });
    await mustCreate(`${manifest('j1', {})}\n${manifest('j2', { allow: { logins: ['}'] } })}`);
    assert.deepEqual((await readRole('j2')).spec.allow, { logins: ['}'] });
  });

  it('takes names nobody would give a file, and lists them whole', async () => {
    const oddNames = ['a/b', '-rf', '@/etc/hostname', 'CON', 'a,b', 'two words'];
    for (const name of oddNames) await mustCreate(manifest(name, {}));
    for (const name of ['-rf', 'CON', 'a\\,b']) {
      assert.equal((await readRole(name)).metadata.name, name.replace('\\', ''));
    }
    await demo.waitForLists();
    const names = (await demo.get('eve', 'roles')).map(({ metadata }) => metadata.name);
    assert.deepEqual(
      oddNames.filter((name) => !names.includes(name)),
      [],
    );
  });

  it('of role/a/b tctl makes the role b, also when it removes one', async () => {
    await mustCreate(manifest('a/b', {}));
    await mustCreate(manifest('b', { allow: { logins: ['other'] } }));
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

  it('keeps who owns a role, as its labels say', async () => {
    const labels = { 'teleport.dev/origin': 'terraform', team: 'sre' };
    const spec = { allow: { logins: ['a'] } };
    const owned = {
      kind: 'role',
      version: 'v7',
      metadata: { name: 'owned', labels, description: 'By code' },
      spec,
    };
    await mustCreate(JSON.stringify(owned));
    await mustCreate((await demo.tctl('eve', 'get', 'role/owned')).stdout);
    const [stored] = await demo.get('eve', 'role/owned');
    assert.deepEqual(stored?.metadata.labels, labels);
  });

  it('without -f nothing is overwritten; who may not is told so', async () => {
    assert.match(
      (await createFromFile(manifest('dev-team', {}))).stderr,
      /use -f or --force flag to overwrite\n\trole "dev-team" already exists/,
    );
    const file = join(demo.cluster.dir, 'given.yaml');
    assert.match(
      (await demo.tctl('alice', 'create', '-f', file)).stderr,
      /access denied to perform action "create" on "role"/,
    );
    assert.match((await demo.tctl('alice', 'rm', 'role/two-eyes')).stderr, /"delete" on "role"/);
  });

  it('an elevated login may do what its roles allow', async () => {
    await mustCreate(manifest('dev-team', { allow: { request: { roles: ['editor'] } } }));
    const id = await demo.createRequest('alice', '--roles=editor');
    await mustCreate(manifest('reviewer', { allow: { review_requests: { roles: ['*'] } } }));
    await demo.tsh('rita', ['request', 'review', '--approve', id]);
    assert.equal((await demo.tctl('alice', 'get', 'users')).exit, 1);
    await demo.assume('alice', id);
    assert.equal((await demo.tctl('alice', 'get', 'users')).exit, 0);
  });

  it('a role is removed unless somebody has it', async () => {
    assert.match((await demo.tctl('eve', 'rm', 'role/dev-team')).stderr, /still in use by a user/);
    // A role that users may only request or review can be removed.
    const { stdout } = await demo.tctl('eve', 'rm', 'role/two-eyes');
    assert.equal(stdout, 'role "two-eyes" has been deleted\n');
    const { stderr } = await demo.tctl('eve', 'get', 'role/two-eyes');
    assert.match(stderr, /role two-eyes is not found/);
  });

  it('lists lag; roles given to a user are in the next certificate', async () => {
    await demo.tctl('eve', 'users', 'update', 'bob', '--set-roles=dev-team,two-eyes');
    const users = await demo.tctl('eve', 'users', 'ls', '--format=json');
    assert.match(users.stdout, /"prod-team"/);
    await demo.waitForLists();
    assert.match((await demo.tctl('eve', 'users', 'ls')).stdout, /^bob +dev-team,two-eyes +$/m);
    await demo.tsh('bob', ['request', 'drop']);
    assert.deepEqual((await demo.status('bob')).roles, ['dev-team', 'two-eyes']);
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
      const file = join(demo.cluster.dir, 'given.yaml');
      await writeFile(file, JSON.stringify({ kind: 'role', version: 'v7', metadata: { name: 'x' }, spec }));
      const { exit, stderr } = await demo.tctl('ana', 'create', '-f', file);
      assert.equal(exit, why ? 1 : 0);
      assert.match(stderr, why ?? /^$/);
    });
  }
});
