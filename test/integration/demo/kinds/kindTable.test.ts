// Resources that give roles to users: connectors, bots, trusted clusters and access lists.
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
const oidc = {
  kind: 'oidc',
  version: 'v3',
  metadata: { name: 'okta' },
  spec: {
    issuer_url: 'https://acme.example.test',
    client_id: 'id',
    redirect_url: ['https://x/v1/webapi/oidc/callback'],
    claims_to_roles: [{ claim: 'groups', value: 'admins', roles: ['editor', 'access'] }],
  },
};
const saml = {
  kind: 'saml',
  version: 'v2',
  metadata: { name: 'ad' },
  spec: {
    acs: 'https://x/v1/webapi/saml/acs',
    attributes_to_roles: [{ name: 'groups', value: '*', roles: ['dev-team'] }],
  },
};
const trusted = {
  kind: 'trusted_cluster',
  version: 'v2',
  metadata: { name: 'root.example.test' },
  spec: {
    enabled: true,
    token: 'join-me',
    web_proxy_addr: 'root.example.test:443',
    tunnel_addr: 'root.example.test:443',
    role_map: [{ remote: '^(.*)$', local: ['access'] }],
  },
};

const namesOf = (resources: readonly PrintedResource[]): string[] =>
  resources.map(({ metadata }) => metadata.name);

describe('demo: connectors, bots and trusted clusters', () => {
  let demo: DemoFixture;
  beforeEach(async () => {
    demo = await DemoFixture.open();
  });
  afterEach(() => demo.close());

  it('connectors are listed by kind and all together, and can be changed and removed', async () => {
    const created = await demo.create('eve', github, oidc, saml);
    const createdMessage = (name: string): string => `authentication connector "${name}" has been created\n`;
    assert.equal(created.stdout, ['gh', 'okta', 'ad'].map(createdMessage).join(''));
    await demo.waitForLists();
    assert.deepEqual(namesOf(await demo.get('eve', 'connectors')), ['ad', 'okta', 'gh']);
    for (const [kind, name] of [
      ['github', 'gh'],
      ['oidc', 'okta'],
      ['saml', 'ad'],
    ] as const) {
      assert.deepEqual(namesOf(await demo.get('eve', kind)), [name]);
      assert.deepEqual(namesOf(await demo.get('eve', `${kind}/${name}`)), [name]);
    }
    assert.match((await demo.create('eve', github)).stdout, /"gh" has been updated/);
    assert.equal(
      (await demo.tctl('eve', 'rm', 'github/gh')).stdout,
      'github connector "gh" has been deleted\n',
    );
    assert.match(
      (await demo.tctl('eve', 'get', 'github/gh')).stderr,
      /github connector "gh" is not configured/,
    );
    assert.match((await demo.tctl('eve', 'create', '/dev/null')).stderr, /no resources found/);
  });

  it('a connector is printed with its mappings, its secret only to who asks for it', async () => {
    await demo.mustCreate('eve', github, oidc);
    const [shown] = await demo.get('eve', 'github/gh');
    assert.deepEqual(Object.keys(shown?.spec ?? {}), [
      ...['client_id', 'client_secret', 'redirect_url', 'teams_to_logins', 'display', 'teams_to_roles'],
      ...['endpoint_url', 'api_endpoint_url'],
    ]);
    assert.deepEqual(shown?.spec['teams_to_roles'], github.spec.teams_to_roles);
    assert.deepEqual([shown.spec['client_secret'], shown.spec['teams_to_logins']], ['', null]);
    const withSecrets = await demo.tctl('eve', 'get', 'github/gh', '--with-secrets');
    assert.match(withSecrets.stdout, /client_secret: hush/);
    const [connector] = await demo.get('eve', 'oidc/okta');
    assert.equal(connector?.spec['redirect_url'], oidc.spec.redirect_url[0]);
  });

  it('a connector that maps nobody is refused', async () => {
    const { stderr } = await demo.create('eve', { ...oidc, spec: { ...oidc.spec, claims_to_roles: [] } });
    assert.match(stderr, /claims_to_roles is empty/);
  });

  it('a trusted cluster shows its role map and never its token', async () => {
    await demo.mustCreate('eve', trusted);
    const [shown] = await demo.get('eve', 'tc/root.example.test');
    assert.deepEqual(shown?.spec, { ...trusted.spec, token: '' });
    assert.equal((await demo.tctl('eve', 'rm', 'trusted_cluster/root.example.test')).exit, 0);
    await demo.waitForLists();
    assert.deepEqual(await demo.get('eve', 'trusted_cluster'), []);
  });

  it('a bot comes with a user and a role that may act as its roles, and all three go together', async () => {
    const added = await demo.tctl('eve', 'bots', 'add', 'ci', '--roles=access,dev-team', '--logins=root');
    assert.match(added.stdout, /^The bot token: [0-9a-f]{32}\n/);
    const [bot] = await demo.get<PrintedResource & { status: object }>('eve', 'bot/ci');
    assert.deepEqual(bot?.spec, {
      roles: ['access', 'dev-team'],
      traits: [{ name: 'logins', values: ['root'] }],
    });
    assert.deepEqual(bot.status, { user_name: 'bot-ci', role_name: 'bot-ci' });
    const [botRole] = await demo.get('eve', 'role/bot-ci');
    assert.deepEqual((botRole?.spec['allow'] as { impersonate: object }).impersonate, {
      roles: ['access', 'dev-team'],
    });
    const [user] = await demo.get('eve', 'user/bot-ci');
    assert.deepEqual(user?.spec['roles'], ['bot-ci']);
    assert.equal(user.metadata.labels?.['teleport.internal/bot'], 'ci');
    await demo.waitForLists();
    assert.match((await demo.tctl('eve', 'bots', 'ls')).stdout, /^ci +bot-ci +access,dev-team +$/m);
    assert.equal((await demo.tctl('eve', 'bots', 'rm', 'ci')).exit, 0);
    for (const removed of ['bot/ci', 'user/bot-ci', 'role/bot-ci']) {
      assert.match((await demo.tctl('eve', 'get', removed)).stderr, /not found/);
    }
  });

  it('a bot can be made from a file, and again only by force', async () => {
    const bot = { kind: 'bot', version: 'v1', metadata: { name: 'ci' }, spec: { roles: ['access'] } };
    await demo.mustCreate('eve', bot);
    assert.match(
      (await demo.tctl('eve', 'bots', 'add', 'ci', '--roles=editor')).stderr,
      /bot "ci" already exists/,
    );
    await demo.mustCreate('eve', { ...bot, spec: { roles: ['dev-team'] } });
    assert.deepEqual((await demo.get('eve', 'bot/ci'))[0]?.spec, { roles: ['dev-team'] });
  });

  it('who may not look or write is told which rule is missing', async () => {
    const denied = (verb: string, resource: string): string =>
      `access denied to perform action "${verb}" on "${resource}"`;
    const expected: readonly (readonly [string, string])[] = [
      ['github', denied('list', 'auth_connector')],
      ['saml', denied('list', 'auth_connector')],
      ['connectors', [1, 2, 3].map(() => denied('list', 'auth_connector')).join(', ')],
      ['bot', denied('list', 'bot')],
      ['trusted_cluster', `${denied('list', 'trusted_cluster')}, ${denied('read', 'trusted_cluster')}`],
      ['users', `${denied('list', 'user')}, ${denied('read', 'user')}`],
      ['roles', `${denied('list', 'role')}, ${denied('read', 'role')}`],
    ];
    for (const [resource, message] of expected) {
      const { exit, stderr } = await demo.tctl('alice', 'get', resource, '--format=json');
      assert.deepEqual([exit, stderr.includes(`${message}\n`)], [1, true], stderr);
    }
    assert.match((await demo.create('alice', github)).stderr, /"create" on "auth_connector"/);
    assert.match((await demo.tctl('alice', 'bots', 'add', 'x')).stderr, /"create" on "token"/);
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

  it('several kinds at once are printed as YAML only', async () => {
    assert.equal((await demo.tctl('eve', 'get', 'roles,users')).exit, 0);
    const { stderr } = await demo.tctl('eve', 'get', 'roles,users', '--format=json');
    assert.match(stderr, /mixed resource types only support YAML formatting/);
  });
});

describe('demo: connectors in the Community edition', () => {
  let demo: DemoFixture;
  before(async () => {
    demo = await DemoFixture.open('community');
  });
  after(() => demo.close());

  it('are those of GitHub', async () => {
    assert.match((await demo.create('ana', oidc)).stderr, /OIDC is only available in Teleport Enterprise/);
    assert.match((await demo.create('ana', saml)).stderr, /SAML is only available in Teleport Enterprise/);
    await demo.mustCreate('ana', github);
  });
});

describe('demo: access lists', () => {
  const list = (name: string, spec: object = {}): object => ({
    kind: 'access_list',
    version: 'v1',
    metadata: { name },
    spec: { title: `The ${name}`, owners: [{ name: 'rita' }], grants: { roles: ['prod-dba'] }, ...spec },
  });

  it('there is no such service unless it was asked for', async () => {
    const demo = await DemoFixture.open();
    const message = /ERROR: \S*unknown service teleport\.accesslist\.v1\.AccessListService\n/;
    for (const args of [
      ['get', 'access_list'],
      ['get', 'access_list/x'],
      ['acl', 'ls'],
      ['acl', 'users', 'ls', 'x'],
    ]) {
      assert.match((await demo.tctl('eve', ...args)).stderr, message);
    }
    assert.match((await demo.create('eve', list('x'))).stderr, message);
    await demo.close();
  });

  describe('where there is', () => {
    let demo: DemoFixture;
    beforeEach(async () => {
      demo = await DemoFixture.open('enterprise', { accessLists: true });
    });
    afterEach(() => demo.close());

    it('a list is shown whole, and its members by themselves', async () => {
      await demo.mustCreate('eve', list('dbas', { owner_grants: { roles: ['two-eyes'] } }), list('outer'));
      await demo.tctl('eve', 'acl', 'users', 'add', 'dbas', 'alice');
      await demo.tctl('eve', 'acl', 'users', 'add', 'outer', 'alice');
      await demo.tctl(
        'eve',
        'acl',
        'users',
        'add',
        '--kind=list',
        'outer',
        'dbas',
        '2030-01-01T00:00:00Z',
        'on call',
      );
      const [shown] = await demo.get('eve', 'access_list/dbas');
      assert.deepEqual(shown?.spec['grants'], { roles: ['prod-dba'], traits: null });
      assert.deepEqual(shown.spec['owner_grants'], { roles: ['two-eyes'], traits: null });
      const { stdout } = await demo.tctl('eve', 'acl', 'users', 'ls', '--format=json', '--', 'outer');
      const members = (JSON.parse(stdout) as PrintedResource[]).map(({ spec }) => [
        spec['name'],
        spec['membership_kind'],
        spec['expires'],
        spec['reason'],
      ]);
      assert.deepEqual(members, [
        ['alice', 'MEMBERSHIP_KIND_USER', '0001-01-01T00:00:00Z', ''],
        ['dbas', 'MEMBERSHIP_KIND_LIST', '2030-01-01T00:00:00Z', 'on call'],
      ]);
      await demo.tctl('eve', 'acl', 'users', 'rm', 'outer', 'alice');
      assert.match((await demo.tctl('eve', 'acl', 'users', 'ls', 'outer')).stdout, /^dbas +Access List +$/m);
      assert.doesNotMatch((await demo.tctl('eve', 'acl', 'users', 'ls', 'outer')).stdout, /alice/);
    });

    it('members and owners hold what a list grants, also through a list in it, from their next login', async () => {
      await demo.mustCreate('eve', list('outer', { owner_grants: { roles: ['node-admin'] } }));
      await demo.mustCreate('eve', list('inner', { grants: {} }));
      await demo.tctl('eve', 'acl', 'users', 'add', '--kind=list', 'outer', 'inner');
      await demo.tctl('eve', 'acl', 'users', 'add', 'inner', 'bob');
      for (const name of ['bob', 'rita', 'alice']) await demo.signIn(name, `new-${name}`);
      assert.deepEqual((await demo.status('new-bob')).roles, ['prod-dba', 'prod-team']);
      assert.deepEqual((await demo.status('new-rita')).roles, ['node-admin', 'reviewer']);
      assert.deepEqual((await demo.status('new-alice')).roles, ['dev-team']);
      assert.deepEqual((await demo.status('bob')).roles, ['prod-team']);
    });

    it('who may not look is told so; a list that is not there is said to be missing', async () => {
      const { stderr } = await demo.tctl('alice', 'get', 'access_list');
      assert.match(
        stderr,
        /"list" on "access_list", access denied to perform action "read" on "access_list"/,
      );
      assert.match((await demo.tctl('eve', 'get', 'acl/x')).stderr, /access_list "x" doesn't exist/);
      assert.match((await demo.tctl('eve', 'acl', 'users', 'ls', 'x')).stderr, /doesn't exist/);
      assert.equal((await demo.tctl('eve', 'get', 'access_list', '--format=json')).stdout, '[]');
    });
  });
});
