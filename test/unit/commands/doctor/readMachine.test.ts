import assert from 'node:assert/strict';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import {
  aliasFiles,
  findKubectl,
  folderFacts,
  placeWords,
  strayVariables,
} from '../../../../src/commands/doctor/readMachine.ts';
import { TemporaryFolder } from '../../../support/temporaryFolder.ts';

describe('what the Doctor reads on this machine', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await TemporaryFolder.open();
  });
  after(() => folder.close());

  it('variables are named, their values are not kept, and the profile folder in use is none of them', () => {
    const env = { TELEPORT_HOME: '/h', TELEPORT_CLUSTER: 'x', TSH_X: 'y', KUBECONFIG: 'z', HOME: '/' };
    assert.deepEqual(strayVariables(env, '/h'), ['KUBECONFIG', 'TELEPORT_CLUSTER', 'TSH_X']);
    assert.deepEqual(strayVariables(env, '/other').length, 4);
  });

  it('how a program was found', () => {
    const env = { PATH: '/usr/bin:/opt/bin' };
    assert.equal(placeWords('/opt/bin/tsh', '', env), 'found on PATH');
    assert.equal(placeWords('/usr/local/bin/tsh', '', env), 'found in a usual place');
    assert.equal(placeWords('/opt/bin/tsh', '/opt/bin/tsh', env), 'named in the settings');
  });

  it('files that may hold aliases, and whether they do', async () => {
    const [home, other] = [folder.at('home'), folder.at('tsh.yaml')];
    const env = { TELEPORT_GLOBAL_TSH_CONFIG: other };
    await mkdir(folder.at('home/config'), { recursive: true });
    assert.deepEqual(await aliasFiles(env, home), []);
    await writeFile(folder.at('home/config/config.yaml'), 'aliases:\n  ls: rm\n');
    await writeFile(other, 'add_headers: []\n');
    const files = (await aliasFiles(env, home)).map(({ aliases }) => aliases);
    assert.deepEqual(files, [true, false]);
  });

  it('owner, mode and links of a folder; managed tools may be links', async function () {
    if (process.platform === 'win32') this.skip();
    const path = folder.at('profiles');
    assert.equal((await folderFacts(path, true)).exists, false);
    await mkdir(folder.at('profiles/keys'), { recursive: true, mode: 0o700 });
    await mkdir(folder.at('profiles/bin'));
    await chmod(path, 0o700);
    await symlink('/bin/true', folder.at('profiles/bin/tsh'));
    const ownFolder = await folderFacts(path, true);
    assert.deepEqual([ownFolder.isOpen, ownFolder.mode, ownFolder.links], [false, '700', []]);
    await symlink('/tmp', folder.at('profiles/keys/proxy'));
    await chmod(path, 0o755);
    const openFolder = await folderFacts(path, true);
    assert.deepEqual([openFolder.isOpen, openFolder.mode, openFolder.links], [true, '755', ['keys/proxy']]);
    // A link in place of the folder of private homes never counts as the user's own folder.
    await symlink(folder.at('profiles/keys'), folder.at('planted'));
    assert.equal((await folderFacts(folder.at('planted'), false)).isOpen, true);
  });

  it('kubectl on PATH, but none of the workspace', async () => {
    await mkdir(folder.at('tools'));
    await writeFile(folder.at('tools/kubectl'), '', { mode: 0o755 });
    const env = { PATH: folder.at('tools') };
    const found = { path: folder.at('tools/kubectl'), isOfWorkspace: false };
    assert.deepEqual(await findKubectl(env, []), found);
    assert.deepEqual(await findKubectl(env, [folder.at('tools')]), { path: undefined, isOfWorkspace: false });
    await mkdir(folder.at('linked'));
    await symlink(folder.at('tools'), folder.at('way'));
    await symlink(folder.at('tools/kubectl'), folder.at('linked/kubectl'));
    const paths = { PATH: `${folder.at('way')}:${folder.at('linked')}` };
    const linked = { path: folder.at('linked/kubectl'), isOfWorkspace: true };
    assert.deepEqual(await findKubectl(paths, [folder.at('tools')]), linked);
  });
});
