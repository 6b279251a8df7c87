// The demo cluster before access requests are set up.
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { execute, type ProgramResult } from '../../support/runProgram.ts';
import { DemoFixture, roleManifest, type PrintedResource } from '../../support/demo/demoCluster.ts';

const kubeAdmin = roleManifest('kube-admin', {
  options: { max_session_ttl: '1h' },
  allow: {
    kubernetes_labels: { '*': '*' },
    kubernetes_groups: ['system:masters'],
    kubernetes_resources: [{ kind: '*', name: '*', namespace: '*', verbs: ['*'] }],
  },
});

for (const [edition, admin] of [
  ['enterprise', 'eve'],
  ['community', 'ana'],
] as const) {
  describe(`demo: before requests were set up, ${edition}`, () => {
    let demo: DemoFixture;
    before(async () => {
      demo = await DemoFixture.open(edition, { before: true });
    });
    after(() => demo.close());

    const env = (): Record<string, string> => {
      const kubeconfig = demo.home('kubeconfig');
      const { PATH = '' } = process.env;
      return demo.env('alice', { PATH, HOME: dirname(kubeconfig), KUBECONFIG: kubeconfig });
    };
    const tsh = (...args: readonly string[]): Promise<ProgramResult> =>
      execute(demo.cluster.tsh, args, env());
    const kubectl = (...args: readonly string[]): Promise<ProgramResult> =>
      execute(demo.cluster.kubectl, args, env());
    const storedRole = async (name: string): Promise<PrintedResource> =>
      (await demo.get(admin, `role/${name}`))[0] ?? assert.fail();

    it('dev-team is administrator of Kubernetes all the time, and nobody can ask for it', async () => {
      const { allow } = (await storedRole('dev-team')).spec as { allow: Record<string, unknown> };
      assert.deepEqual(allow['kubernetes_groups'], ['developers', 'system:masters']);
      assert.deepEqual(allow['kubernetes_labels'], { env: ['dev', 'prod'] });
      const names = (await demo.get(admin, 'roles')).map(({ metadata }) => metadata.name);
      assert.ok(!names.includes('kube-admin') && !names.includes('access-approver'));
      const roles = (await demo.tctl(admin, 'get', 'roles')).stdout;
      assert.doesNotMatch(roles, /- kube-admin\n/);
      const { exit, stderr } = await demo.tsh('alice', [
        'request',
        'create',
        '--roles=kube-admin',
        '--nowait',
      ]);
      assert.deepEqual([exit, /can not request role "kube-admin"/.test(stderr)], [1, true]);
    });

    it('kubectl may delete pods without a request, until the role is taken back; then the running login is refused', async () => {
      assert.equal((await tsh('kube', 'login', 'prod-eu')).exit, 0);
      const mayDelete = async (): Promise<string> =>
        (await kubectl('auth', 'can-i', 'delete', 'pods', '-n', 'payments')).stdout;
      assert.match((await kubectl('get', 'pods', '-n', 'payments')).stdout, /^api-/m);
      assert.equal(await mayDelete(), 'yes\n');
      const { spec } = await storedRole('dev-team');
      const allow = { ...(spec['allow'] as object), kubernetes_groups: ['developers'] };
      await demo.mustCreate(admin, roleManifest('dev-team', { ...spec, allow }));
      assert.equal(await mayDelete(), 'no\n');
      assert.equal(
        (await kubectl('get', 'pods', '-n', 'payments')).stderr,
        'Error from server (Forbidden): pods is forbidden: User "alice" cannot list resource "pods" in API group "" in the namespace "payments"\n',
      );
      assert.equal((await kubectl('get', 'pods')).exit, 0);
    });

    it('once roles are set up the request flow works', async () => {
      const { spec } = await storedRole('dev-team');
      const allow = spec['allow'] as { request?: { roles?: string[] } };
      const request = { ...allow.request, roles: [...(allow.request?.roles ?? []), 'kube-admin'] };
      await demo.mustCreate(
        admin,
        kubeAdmin,
        roleManifest('dev-team', { ...spec, allow: { ...allow, request } }),
      );
      if (edition === 'enterprise') {
        const reviewer = await storedRole('reviewer');
        const review_requests = { roles: ['kube-admin', 'prod-dba'] };
        await demo.mustCreate(
          admin,
          roleManifest('reviewer', { ...reviewer.spec, allow: { review_requests } }),
        );
      } else {
        const rules = [{ resources: ['access_request'], verbs: ['list', 'read', 'update'] }];
        await demo.mustCreate(admin, roleManifest('approver', { allow: { rules } }));
        await demo.tctl(admin, 'users', 'update', admin, '--set-roles=editor,approver');
        await demo.signIn(admin, admin);
      }
      const id = await demo.createApprovedRequest('alice');
      await demo.copyHome('alice', 'elevated');
      assert.equal((await demo.assume('elevated', id)).exit, 0);
      assert.ok((await demo.status('elevated')).roles.includes('kube-admin'));
    });

    it('it is made by the program that ships', async () => {
      const dir = join(dirname(demo.cluster.dir), 'by-program');
      const program = join(dirname(demo.cluster.dir), 'demo.cjs');
      const args = ['create', dir, `--edition=${edition}`, '--before', '--version=17.2.0'];
      const { exit, stdout } = await execute(process.execPath, [program, ...args], {});
      assert.equal(exit, 0);
      const createdCluster = JSON.parse(stdout) as { tctl: string; homes: Record<string, string> };
      const home = { TELEPORT_HOME: createdCluster.homes[admin] ?? assert.fail() };
      const status = await execute(createdCluster.tctl, ['status'], home);
      assert.match(status.stdout, /^Version +17\.2\.0 /m);
      assert.match(
        (await execute(createdCluster.tctl, ['get', 'role/dev-team'], home)).stdout,
        /- system:masters/,
      );
    });
  });
}
