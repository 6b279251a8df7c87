import assert from 'node:assert/strict';
import { rawText, untrusted } from '../../../src/access/text/untrusted.ts';
import { failureOf } from '../../../src/teleport/process/failure.ts';
import type { FoundResource } from '../../../src/teleport/output/resourceSchema.ts';
import { RunningProgram } from '../../support/runningProgram.ts';
import { failsWith, skipTest, onEveryCluster } from '../../support/contract/suite.ts';

const alice = untrusted('alice');

onEveryCluster('what can be searched', (world) => {
  it('the roles that can be asked for, where this tsh can search them', async function () {
    const home = await world().home('alice');
    const roles = await world()
      .resources.roles(home)
      .catch((error: unknown) => {
        if (failureOf(error)?.kind === 'tooOld') skipTest(this, 'this tsh is older than 18.4.2');
        throw error;
      });
    const { roles: known } = await world().tctl.capabilities(home, alice);
    assert.deepEqual([...roles].sort(), [...known].sort());
  });
});

onEveryCluster(
  'asking for resources',
  (world) => {
    const nodes = async (words: readonly string[] = []): Promise<readonly FoundResource[]> =>
      world().resources.search(await world().home('alice'), 'node', words);
    async function node(context: Mocha.Context): Promise<FoundResource> {
      const [found] = await nodes();
      return found ?? skipTest(context, 'nothing here can be asked for by name');
    }

    it('what is found has its whole name, however it is cut in a table', async function () {
      const found = await node(this);
      const { cluster } = await world().profile(await world().home('alice'));
      assert.equal(found.resource.cluster, cluster);
      assert.equal(found.resource.kind, untrusted('node'));
      assert.doesNotMatch(rawText(found.resource.name), /\.\.\.$/);
    });

    it('words narrow it down', async function () {
      await node(this);
      assert.deepEqual(await nodes(['no-node-is-called-like-this']), []);
    });

    it('who holds no role for searching finds nothing', async () => {
      const home = await world().home('bob');
      const found = await world()
        .resources.search(home, 'node')
        .catch((error: unknown) => {
          assert.equal(failureOf(error)?.kind, 'notRequestable');
          return [];
        });
      assert.deepEqual(found, []);
    });

    it('one is asked for, approved, used, and nothing else can be reached by it', async function () {
      const { resource } = await node(this);
      const id = await world().createRequest({ roles: [], resources: [resource] });
      const request = await world().show(id);
      assert.deepEqual(request.resources, [resource]);
      assert.deepEqual(request.roles, [untrusted('node-admin')]);
      await world().decide(id, 'approve');
      const home = await world().privateHome(await world().home('alice'));
      const { assumed, roles } = await world().tsh.assume(home, id);
      assert.deepEqual(assumed, [id]);
      assert.ok(roles.includes(untrusted('node-admin')));
      const { stdout } = await world().runDirectly('tsh', home, ['ls', '--format=json']);
      const names = (JSON.parse(stdout) as { metadata: { name: string } }[]).map(
        ({ metadata }) => metadata.name,
      );
      assert.deepEqual(names, [resource.name]);
    });

    it('a resource that is not there cannot be asked for', async () => {
      const { cluster } = await world().profile(await world().home('alice'));
      const resource = { cluster, kind: untrusted('node'), name: untrusted('no-such-node') };
      const asked = world().createRequest({ roles: [], resources: [resource] });
      await assert.rejects(asked, (error) => failureOf(error) !== undefined);
    });

    it('a session that is open outlives giving back', async function () {
      const { resource, name } = await node(this);
      const home = await world().privateHome(await world().home('alice'));
      await world().tsh.assume(home, await world().newApprovedRequest({ roles: [], resources: [resource] }));
      const { tsh } = world().description;
      const ssh = ['ssh', `root@${rawText(name)}`];
      const session = new RunningProgram(tsh, ssh, world().elevatedShellEnvironment(home));
      world().onClose(() => session.end());
      session.writeLine('echo before');
      await session.waitForOutput(/\w/).catch(() => skipTest(this, 'no session can be opened on that node'));
      await world().tsh.drop(home, []);
      session.discardOutput();
      session.writeLine('echo after');
      await session.waitForOutput(/\w/);
      assert.notEqual((await world().runDirectly('tsh', home, [...ssh, 'true'])).exit, 0);
      await session.end();
    });
  },
  'enterprise',
);

onEveryCluster(
  'asking for resources',
  (world) => {
    it('is not possible on Community, and that is noticed', async () => {
      const home = await world().home('alice');
      const { cluster } = await world().profile(home);
      const resource = { cluster, kind: untrusted('node'), name: untrusted('any') };
      await failsWith(world().createRequest({ roles: [], resources: [resource] }), 'notRequestable');
    });
  },
  'community',
);
