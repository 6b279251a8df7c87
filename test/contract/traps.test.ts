import assert from 'node:assert/strict';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rawText, untrusted, isRequestId, type RequestId } from '../../src/access/text/untrusted.ts';
import type { Home } from '../../src/teleport/home/home.ts';
import { failsWith, skipTest, onEveryCluster } from '../support/contract/suite.ts';

const there = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

onEveryCluster('traps of the environment', (world) => {
  let id: RequestId;
  let cluster: string;
  before(async () => {
    id = await world().sharedApprovedRequest();
    cluster = rawText((await world().profile(await world().home('alice'))).cluster);
  });
  const assumed = async (home: Home) => (await world().profile(home)).assumed;

  it('TELEPORT_CLUSTER makes tsh succeed and do nothing; ours is not told of it', async () => {
    const home = await world().copyMainLogin('alice');
    const args = ['login', `--request-id=${id}`];
    const env = { TELEPORT_CLUSTER: cluster };
    assert.equal((await world().runDirectly('tsh', home, args, env)).exit, 0);
    assert.deepEqual(await assumed(home), []);
    assert.deepEqual((await world().newClients(env).tsh.assume(home, id)).assumed, [id]);
  });

  it('no variable of Teleport or Node in our own environment changes what our calls do', async () => {
    const { tsh, tctl } = world().newClients({
      TELEPORT_CLUSTER: 'leaf',
      TELEPORT_SITE: 'leaf',
      TELEPORT_PROXY: '127.0.0.1:9',
      TELEPORT_AUTH: 'nowhere',
      TELEPORT_USER: 'root',
      TELEPORT_LOGIN: 'root',
      TELEPORT_HOME: '/nowhere',
      TELEPORT_DEBUG: '1',
      TELEPORT_CONFIG_FILE: '/nowhere.yaml',
      TELEPORT_TOOLS_VERSION: '1.0.0',
      TSH_UNALIAS: 'none',
      NODE_OPTIONS: '--no-such-option',
    });
    const home = await world().copyMainLogin('alice');
    assert.deepEqual(await tsh.status(home), await world().tsh.status(home));
    assert.deepEqual(await tsh.show(home, id), await world().show(id));
    assert.deepEqual((await tsh.assume(home, id)).assumed, [id]);
    const own = await world().tctl.capabilities(home, untrusted('alice'));
    assert.deepEqual(await tctl.capabilities(home, untrusted('alice')), own);
    assert.deepEqual((await tsh.drop(home, [])).assumed, []);
  });

  it('an alias can replace any word of tsh, but none of ours', async function () {
    if (process.platform === 'win32') skipTest(this, 'an alias of this test is a program of Unix');
    const folder = await world().newFolder();
    const [marker, file] = [join(folder, 'ran'), join(folder, 'global.yaml')];
    const words = ['status', 'request', 'login', 'kube', 'logout', 'version'];
    const aliases = `aliases:\n${words.map((word) => `  ${word}: "touch ${marker}"\n`).join('')}`;
    await writeFile(file, aliases);
    const home = await world().copyMainLogin('alice');
    await mkdir(join(home.folder, 'config'), { recursive: true });
    await writeFile(join(home.folder, 'config', 'config.yaml'), aliases);
    const { tsh, kube } = world().newClients({ TELEPORT_GLOBAL_TSH_CONFIG: file });
    const elevated = await world().privateHome(home);
    await tsh.version(elevated);
    await tsh.assume(elevated, id);
    await tsh.show(elevated, id);
    await kube.list(elevated);
    await tsh.drop(elevated, []);
    await tsh.logout(elevated);
    assert.ok(!(await there(marker)));
    await world().runDirectly('tsh', home, ['version']);
    assert.ok(await there(marker));
  });
});

onEveryCluster('traps of arguments', (world) => {
  it('a reason that names a file is replaced by the file’s content where flag and value stand apart', async () => {
    const file = join(await world().newFolder(), 'secret');
    await writeFile(file, 'hunter2');
    const home = await world().home('alice');
    const typed = ['request', 'create', '--roles=kube-admin', '--nowait', '--reason', `@${file}`];
    const { stdout } = await world().runDirectly('tsh', home, typed);
    const id = /^Request ID:\s+(\S+)/m.exec(stdout)?.[1] ?? '';
    assert.ok(isRequestId(id));
    assert.equal((await world().show(id)).reason, untrusted('hunter2'));
    await world().removeRequest(id);
    const ours = await world().createRequest({ reason: `@${file}` });
    assert.equal((await world().show(ours)).reason, untrusted(`@${file}`));
  });

  it('what login prints is the status from before; ours is asked again', async () => {
    const id = await world().sharedApprovedRequest();
    const home = await world().copyMainLogin('alice');
    const { stdout } = await world().runDirectly('tsh', home, ['login', `--request-id=${id}`]);
    assert.ok(!stdout.includes(id));
    assert.deepEqual((await world().profile(home)).assumed, [id]);
  });
});

onEveryCluster('traps of tctl', (world) => {
  it('next to an auth service it would act as that service: then it is not used at all', async () => {
    const home = await world().home('alice');
    const folder = await world().newFolder();
    const beside = async (name: string, text: string) => {
      await writeFile(join(folder, name), text);
      return world().newClients({}, join(folder, name)).tctl.capabilities(home, untrusted('alice'));
    };
    const proxyOnly = 'proxy_service: {enabled: yes}\nauth_service: {enabled: no}\n';
    assert.ok((await beside('proxy.yaml', proxyOnly)).roles.length > 0);
    await failsWith(beside('auth.yaml', 'auth_service: {enabled: yes}\n'), 'actsAsService');
    await failsWith(beside('default.yaml', 'teleport: {nodename: here}\n'), 'actsAsService');
    await failsWith(beside('broken.yaml', 'auth_service: ["'), 'actsAsService');
  });

  it('with a leaf cluster selected it works with the root all the same, and the leaf stays selected', async function () {
    const home = await world().copyMainLogin('alice');
    const { stdout } = await world().runDirectly('tsh', home, ['clusters', '--format=json']);
    const known = JSON.parse(stdout || '[]') as { cluster_name: string; cluster_type: string }[];
    const leaf = known.find((one) => one.cluster_type === 'leaf');
    if (!leaf) skipTest(this, 'no leaf cluster is connected');
    assert.equal((await world().runDirectly('tsh', home, ['login', leaf.cluster_name])).exit, 0);
    assert.equal((await world().profile(home)).cluster, untrusted(leaf.cluster_name));
    const { roles } = await world().tctl.capabilities(home, untrusted('alice'));
    assert.ok(roles.includes(untrusted('kube-admin')));
    assert.equal((await world().profile(home)).cluster, untrusted(leaf.cluster_name));
  });
});
