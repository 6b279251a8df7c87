import assert from 'node:assert/strict';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rawText, untrusted, isRequestId, type RequestId } from '../../src/access/untrusted/untrusted.ts';
import type { Home } from '../../src/teleport/home/home.ts';
import { failsWith, skipTest, onEveryCluster } from '../support/contract/suite.ts';

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

onEveryCluster('traps of the environment', (fixture) => {
  let id: RequestId;
  let cluster: string;
  before(async () => {
    id = await fixture().sharedApprovedRequest();
    cluster = rawText((await fixture().profile(await fixture().home('alice'))).cluster);
  });
  const assumed = async (home: Home) => (await fixture().profile(home)).assumed;

  it('TELEPORT_CLUSTER makes tsh succeed and do nothing; ours is not told of it', async () => {
    const home = await fixture().copyMainLogin('alice');
    const args = ['login', `--request-id=${id}`];
    const env = { TELEPORT_CLUSTER: cluster };
    assert.equal((await fixture().runDirectly('tsh', home, args, env)).exit, 0);
    assert.deepEqual(await assumed(home), []);
    assert.deepEqual((await fixture().newClients(env).tsh.assume(home, id)).assumed, [id]);
  });

  it('no variable of Teleport or Node in our own environment changes what our calls do', async () => {
    const { tsh, tctl } = fixture().newClients({
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
    const home = await fixture().copyMainLogin('alice');
    assert.deepEqual(await tsh.status(home), await fixture().tsh.status(home));
    assert.deepEqual(await tsh.show(home, id), await fixture().show(id));
    assert.deepEqual((await tsh.assume(home, id)).assumed, [id]);
    const expected = await fixture().tctl.capabilities(home, untrusted('alice'));
    assert.deepEqual(await tctl.capabilities(home, untrusted('alice')), expected);
    assert.deepEqual((await tsh.drop(home, [])).assumed, []);
  });

  it('an alias can replace any word of tsh, but none of ours', async function () {
    if (process.platform === 'win32') skipTest(this, 'an alias of this test is a program of Unix');
    const folder = await fixture().newFolder();
    const [marker, file] = [join(folder, 'ran'), join(folder, 'global.yaml')];
    const words = ['status', 'request', 'login', 'kube', 'logout', 'version'];
    const aliases = `aliases:\n${words.map((word) => `  ${word}: "touch ${marker}"\n`).join('')}`;
    await writeFile(file, aliases);
    const home = await fixture().copyMainLogin('alice');
    await mkdir(join(home.folder, 'config'), { recursive: true });
    await writeFile(join(home.folder, 'config', 'config.yaml'), aliases);
    const { tsh, kube } = fixture().newClients({ TELEPORT_GLOBAL_TSH_CONFIG: file });
    const elevated = await fixture().privateHome(home);
    await tsh.version(elevated);
    await tsh.assume(elevated, id);
    await tsh.show(elevated, id);
    await kube.list(elevated);
    await tsh.drop(elevated, []);
    await tsh.logout(elevated);
    assert.ok(!(await exists(marker)));
    await fixture().runDirectly('tsh', home, ['version']);
    assert.ok(await exists(marker));
  });
});

onEveryCluster('traps of arguments', (fixture) => {
  it('a reason that names a file is replaced by the file’s content where flag and value stand apart', async () => {
    const file = join(await fixture().newFolder(), 'secret');
    await writeFile(file, 'hunter2');
    const home = await fixture().home('alice');
    const args = ['request', 'create', '--roles=kube-admin', '--nowait', '--reason', `@${file}`];
    const { stdout } = await fixture().runDirectly('tsh', home, args);
    const id = /^Request ID:\s+(\S+)/m.exec(stdout)?.[1] ?? '';
    assert.ok(isRequestId(id));
    assert.equal((await fixture().show(id)).reason, untrusted('hunter2'));
    await fixture().removeRequest(id);
    const sentId = await fixture().createRequest({ reason: `@${file}` });
    assert.equal((await fixture().show(sentId)).reason, untrusted(`@${file}`));
  });

  it('what login prints is the status from before; ours is asked again', async () => {
    const id = await fixture().sharedApprovedRequest();
    const home = await fixture().copyMainLogin('alice');
    const { stdout } = await fixture().runDirectly('tsh', home, ['login', `--request-id=${id}`]);
    assert.ok(!stdout.includes(id));
    assert.deepEqual((await fixture().profile(home)).assumed, [id]);
  });
});

onEveryCluster('traps of tctl', (fixture) => {
  it('next to an auth service it would act as that service: then it is not used at all', async () => {
    const home = await fixture().home('alice');
    const folder = await fixture().newFolder();
    const capabilitiesWith = async (name: string, text: string) => {
      await writeFile(join(folder, name), text);
      return fixture().newClients({}, join(folder, name)).tctl.capabilities(home, untrusted('alice'));
    };
    const proxyOnly = 'proxy_service: {enabled: yes}\nauth_service: {enabled: no}\n';
    assert.ok((await capabilitiesWith('proxy.yaml', proxyOnly)).roles.length > 0);
    await failsWith(capabilitiesWith('auth.yaml', 'auth_service: {enabled: yes}\n'), 'actsAsService');
    await failsWith(capabilitiesWith('default.yaml', 'teleport: {nodename: here}\n'), 'actsAsService');
    await failsWith(capabilitiesWith('broken.yaml', 'auth_service: ["'), 'actsAsService');
  });

  it('with a leaf cluster selected it works with the root all the same, and the leaf stays selected', async function () {
    const home = await fixture().copyMainLogin('alice');
    const { stdout } = await fixture().runDirectly('tsh', home, ['clusters', '--format=json']);
    const clusters = JSON.parse(stdout || '[]') as { cluster_name: string; cluster_type: string }[];
    const leaf = clusters.find((each) => each.cluster_type === 'leaf');
    if (!leaf) skipTest(this, 'no leaf cluster is connected');
    assert.equal((await fixture().runDirectly('tsh', home, ['login', leaf.cluster_name])).exit, 0);
    assert.equal((await fixture().profile(home)).cluster, untrusted(leaf.cluster_name));
    const { roles } = await fixture().tctl.capabilities(home, untrusted('alice'));
    assert.ok(roles.includes(untrusted('kube-admin')));
    assert.equal((await fixture().profile(home)).cluster, untrusted(leaf.cluster_name));
  });
});
