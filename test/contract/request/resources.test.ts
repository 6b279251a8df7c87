import assert from 'node:assert/strict';
import { rawText, untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { failureOf } from '../../../src/teleport/process/failure.ts';
import type { FoundResource } from '../../../src/teleport/output/resourceSchema.ts';
import { RunningProgram } from '../../support/runningProgram.ts';
import { failsWith, skipTest, onEveryCluster } from '../../support/contract/suite.ts';

const alice = untrusted('alice');

onEveryCluster('what can be searched', (fixture) => {
  it('the roles that can be asked for, where this tsh can search them', async function () {
    const home = await fixture().home('alice');
    const roles = await fixture()
      .resources.roles(home)
      .catch((error: unknown) => {
        if (failureOf(error)?.kind === 'tooOld') skipTest(this, 'this tsh is older than 18.4.2');
        throw error;
      });
    const { roles: requestable } = await fixture().tctl.capabilities(home, alice);
    assert.deepEqual([...roles].sort(), [...requestable].sort());
  });
});

onEveryCluster(
  'asking for resources',
  (fixture) => {
    const searchNodes = async (words: readonly string[] = []): Promise<readonly FoundResource[]> =>
      fixture().resources.search(await fixture().home('alice'), 'node', words);
    async function firstNode(context: Mocha.Context): Promise<FoundResource> {
      const [found] = await searchNodes();
      return found ?? skipTest(context, 'nothing here can be asked for by name');
    }

    it('what is found has its whole name, however it is cut in a table', async function () {
      const found = await firstNode(this);
      const { cluster } = await fixture().profile(await fixture().home('alice'));
      assert.equal(found.resource.cluster, cluster);
      assert.equal(found.resource.kind, untrusted('node'));
      assert.doesNotMatch(rawText(found.resource.name), /\.\.\.$/);
    });

    it('words narrow it down', async function () {
      await firstNode(this);
      assert.deepEqual(await searchNodes(['no-node-is-called-like-this']), []);
    });

    it('who holds no role for searching finds nothing', async () => {
      const home = await fixture().home('bob');
      const found = await fixture()
        .resources.search(home, 'node')
        .catch((error: unknown) => {
          assert.equal(failureOf(error)?.kind, 'notRequestable');
          return [];
        });
      assert.deepEqual(found, []);
    });

    it('one is asked for, approved, used, and nothing else can be reached by it', async function () {
      const { resource } = await firstNode(this);
      const id = await fixture().createRequest({ roles: [], resources: [resource] });
      const request = await fixture().show(id);
      assert.deepEqual(request.resources, [resource]);
      assert.deepEqual(request.roles, [untrusted('node-admin')]);
      await fixture().decide(id, 'approve');
      const home = await fixture().privateHome(await fixture().home('alice'));
      const { assumed, roles } = await fixture().tsh.assume(home, id);
      assert.deepEqual(assumed, [id]);
      assert.ok(roles.includes(untrusted('node-admin')));
      const { stdout } = await fixture().runDirectly('tsh', home, ['ls', '--format=json']);
      const names = (JSON.parse(stdout) as { metadata: { name: string } }[]).map(
        ({ metadata }) => metadata.name,
      );
      assert.deepEqual(names, [resource.name]);
    });

    it('a resource that is not there cannot be asked for', async () => {
      const { cluster } = await fixture().profile(await fixture().home('alice'));
      const resource = { cluster, kind: untrusted('node'), name: untrusted('no-such-node') };
      const creation = fixture().createRequest({ roles: [], resources: [resource] });
      await assert.rejects(creation, (error) => failureOf(error) !== undefined);
    });

    it('a session that is open outlives giving back', async function () {
      const { resource, name } = await firstNode(this);
      const home = await fixture().privateHome(await fixture().home('alice'));
      await fixture().tsh.assume(
        home,
        await fixture().newApprovedRequest({ roles: [], resources: [resource] }),
      );
      const { tsh } = fixture().description;
      const ssh = ['ssh', `root@${rawText(name)}`];
      const session = new RunningProgram(tsh, ssh, await fixture().elevatedShellEnvironment(home));
      fixture().onClose(() => session.end());
      session.writeLine('echo before');
      await session.waitForOutput(/\w/).catch(() => skipTest(this, 'no session can be opened on that node'));
      await fixture().tsh.drop(home, []);
      session.discardOutput();
      session.writeLine('echo after');
      await session.waitForOutput(/\w/);
      assert.notEqual((await fixture().runDirectly('tsh', home, [...ssh, 'true'])).exit, 0);
      await session.end();
    });
  },
  'enterprise',
);

onEveryCluster(
  'asking for resources',
  (fixture) => {
    it('is not possible on Community, and that is noticed', async () => {
      const home = await fixture().home('alice');
      const { cluster } = await fixture().profile(home);
      const resource = { cluster, kind: untrusted('node'), name: untrusted('any') };
      await failsWith(fixture().createRequest({ roles: [], resources: [resource] }), 'notRequestable');
    });
  },
  'community',
);
