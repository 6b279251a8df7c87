// Resources that give roles to users: connectors, bots and access lists.
import assert from 'node:assert/strict';
import { DemoFixture, roleManifest, type PrintedResource } from '../../../support/demo/demoCluster.ts';

const github = {
  kind: 'github',
  version: 'v3',
  metadata: { name: 'gh' },
  spec: {
    client_id: 'id',
    client_secret: 'hush',
    redirect_url: 'https://x/v1/webapi/github/callback',
    display: 'GitHub',
    teams_to_roles: [{ organization: 'acme', team: 'sre', roles: ['dev-team'] }],
  },
};

const namesOf = (resources: readonly PrintedResource[]): string[] =>
  resources.map(({ metadata }) => metadata.name);

describe('demo: connectors and bots', () => {
  let demo: DemoFixture;
  beforeEach(async () => {
    demo = await DemoFixture.open();
  });
  afterEach(() => demo.close());

  it('a connector is made, printed with its mappings and without its secret, changed and removed', async () => {
    const created = await demo.create('eve', github);
    assert.equal(created.stdout, 'authentication connector "gh" has been created\n');
    const [shown] = await demo.get('eve', 'github/gh');
    assert.deepEqual(Object.entries(shown?.spec ?? {}), [
      ['client_id', 'id'],
      ['client_secret', ''],
      ['redirect_url', github.spec.redirect_url],
      ['teams_to_logins', null],
      ['display', 'GitHub'],
      ['teams_to_roles', github.spec.teams_to_roles],
      ['endpoint_url', ''],
      ['api_endpoint_url', ''],
    ]);
    assert.match((await demo.create('eve', github)).stdout, /"gh" has been updated/);
    const removed = await demo.tctl('eve', 'rm', 'github/gh');
    assert.equal(removed.stdout, 'github connector "gh" has been deleted\n');
    const { stderr } = await demo.tctl('eve', 'get', 'github/gh');
    assert.match(stderr, /github connector "gh" is not configured/);
  });

  it('a connector that maps nobody is refused', async () => {
    const { teams_to_roles, ...spec } = github.spec;
    assert.ok(teams_to_roles);
    assert.match((await demo.create('eve', { ...github, spec })).stderr, /no mappings defined/);
  });

  it('a bot comes with a user and a role that may act as its roles, and all three go together', async () => {
    const manifest = { kind: 'bot', version: 'v1', metadata: { name: 'ci' }, spec: { roles: ['access'] } };
    await demo.mustCreate('eve', manifest);
    const [bot] = await demo.get<PrintedResource & { status: object }>('eve', 'bot/ci');
    assert.deepEqual(bot?.spec, { roles: ['access'] });
    assert.deepEqual(bot.status, { user_name: 'bot-ci', role_name: 'bot-ci' });
    const [botRole] = await demo.get('eve', 'role/bot-ci');
    assert.deepEqual((botRole?.spec['allow'] as { impersonate: object }).impersonate, { roles: ['access'] });
    const [user] = await demo.get('eve', 'user/bot-ci');
    assert.deepEqual(user?.spec['roles'], ['bot-ci']);
    assert.equal(user.metadata.labels?.['teleport.internal/bot'], 'ci');
    assert.equal((await demo.tctl('eve', 'rm', 'bot/ci')).exit, 0);
    for (const removed of ['bot/ci', 'user/bot-ci', 'role/bot-ci']) {
      assert.match((await demo.tctl('eve', 'get', removed)).stderr, /not found/);
    }
  });

  it('who may not look or write is told which rule is missing', async () => {
    const denied = (verb: string, resource: string): string =>
      `access denied to perform action "${verb}" on "${resource}"`;
    const expected: readonly (readonly [string, string])[] = [
      ['saml', denied('list', 'auth_connector')],
      ['connectors', [1, 2, 3].map(() => denied('list', 'auth_connector')).join(', ')],
      ['bot', denied('list', 'bot')],
      ['trusted_cluster', `${denied('list', 'trusted_cluster')}, ${denied('read', 'trusted_cluster')}`],
    ];
    for (const [resource, message] of expected) {
      const { exit, stderr } = await demo.tctl('alice', 'get', resource, '--format=json');
      assert.deepEqual([exit, stderr.includes(`${message}\n`)], [1, true], stderr);
    }
    assert.match((await demo.create('alice', github)).stderr, /"create" on "auth_connector"/);
  });

  it('a rule on one kind of connector shows that one, and not all', async () => {
    const rules = [{ resources: ['github'], verbs: ['list', 'read'] }];
    await demo.mustCreate('eve', roleManifest('dev-team', { allow: { rules } }), github);
    await demo.waitForLists();
    assert.deepEqual(namesOf(await demo.get('alice', 'github')), ['gh']);
    const { stderr } = await demo.tctl('alice', 'get', 'connectors');
    assert.match(
      stderr,
      /ERROR: \S*access denied to perform action "list" on "auth_connector", access denied[^,]+\n/,
    );
  });
});

describe('demo: access lists', () => {
  it('there is no such service unless it was asked for', async () => {
    const demo = await DemoFixture.open();
    const message = /ERROR: \S*unknown service teleport\.accesslist\.v1\.AccessListService\n/;
    for (const args of [
      ['get', 'access_list'],
      ['acl', 'users', 'ls', 'x'],
    ]) {
      assert.match((await demo.tctl('eve', ...args)).stderr, message);
    }
    await demo.close();
  });

  it('where there is, members hold what a list grants, also through a list in it', async () => {
    const demo = await DemoFixture.open('enterprise', { accessLists: true });
    try {
      assert.deepEqual(namesOf(await demo.get('eve', 'access_list')), ['dbas', 'oncall']);
      const { stdout } = await demo.tctl('eve', 'acl', 'users', 'ls', '--format=json', '--', 'oncall');
      assert.deepEqual(
        (JSON.parse(stdout) as PrintedResource[]).map(({ spec }) => [spec['name'], spec['membership_kind']]),
        [
          ['bob', 'MEMBERSHIP_KIND_USER'],
          ['dbas', 'MEMBERSHIP_KIND_LIST'],
        ],
      );
      for (const [name, roles] of [
        ['bob', ['kube-admin', 'prod-team']],
        ['omar', ['kube-admin', 'reviewer']],
        ['rita', ['reviewer']],
      ] as const)
        assert.deepEqual((await demo.status(name)).roles, roles);
      const { stderr } = await demo.tctl('alice', 'get', 'access_list');
      assert.match(
        stderr,
        /"list" on "access_list", access denied to perform action "read" on "access_list"/,
      );
      assert.match((await demo.tctl('eve', 'acl', 'users', 'ls', 'x')).stderr, /doesn't exist/);
    } finally {
      await demo.close();
    }
  });
});
