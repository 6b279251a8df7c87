import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import * as environment from '../../../../src/teleport/environment/environment.ts';
import { useTemporaryFolder } from '../../../support/temporaryFolder.ts';

const { pathWithoutWorkspace, shellEnvironment, signInEnvironment, tshEnvironment } = environment;

/** Variables that an extension host may have and that must not reach tsh. */
const strayVariables = {
  TELEPORT_CLUSTER: 'leaf',
  TELEPORT_PROXY: 'evil.test:443',
  TELEPORT_USER: 'root',
  TELEPORT_HOME: '/somewhere',
  TELEPORT_GLOBAL_TSH_CONFIG: '/tmp/aliases.yaml',
  TELEPORT_DEBUG: '1',
  TELEPORT_ADD_KEYS_TO_AGENT: 'yes',
  TSH_ALIAS: 'x',
  TSH_UNALIAS: '',
  ELECTRON_RUN_AS_NODE: '1',
  VSCODE_PID: '1',
  NODE_OPTIONS: '--require /tmp/x.js',
  KUBECONFIG: '/home/me/.kube/config',
  LD_PRELOAD: '/tmp/x.so',
  SSH_AUTH_SOCK: '/tmp/agent',
  AWS_SECRET_ACCESS_KEY: 'x',
};
const needed = {
  HOME: '/home/me',
  LANG: 'de_DE.UTF-8',
  LC_ALL: 'C',
  TZ: 'UTC',
  HTTPS_PROXY: 'http://proxy:3128',
  https_proxy: 'http://proxy:3128',
  NO_PROXY: 'localhost',
  SSL_CERT_FILE: '/etc/ca.pem',
  SSL_CERT_DIR: '/etc/certs',
  XDG_RUNTIME_DIR: '/run/user/1',
  DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/bus',
  DISPLAY: ':0',
};

describe('the environment of tsh', () => {
  const folder = useTemporaryFolder();

  it('is what the system needs and what is ours, nothing else', async () => {
    const env = await tshEnvironment(
      { ...strayVariables, ...needed, PATH: '/usr/bin' },
      '/private',
      '/home/me/.tsh',
      [],
    );
    assert.deepEqual(env, {
      ...needed,
      PATH: '/usr/bin',
      TELEPORT_HOME: '/private',
      TELEPORT_TOOLS_DIR: '/home/me/.tsh/bin',
      TELEPORT_ADD_KEYS_TO_AGENT: 'no',
      TELEPORT_LOGIN_BROWSER: 'none',
      TSH_UNALIAS: environment.unaliasedCommands,
    });
  });

  it('PATH keeps absolute entries only', async () => {
    const path = ['/usr/bin', 'bin', '.', '', './x', '../x', '/bin'].join(delimiter);
    for (const name of ['PATH', 'Path'])
      assert.deepEqual(await pathWithoutWorkspace({ [name]: path }, []), ['/usr/bin', '/bin']);
    assert.deepEqual(await pathWithoutWorkspace({}, []), []);
  });

  it('PATH keeps nothing of the workspace, however the entry is written', async () => {
    for (const entry of ['/ws', '/ws/', '/ws/bin', '/other/../ws/bin', '//ws/bin']) {
      for (const workspace of ['/ws', '/ws/'])
        assert.deepEqual(await pathWithoutWorkspace({ PATH: entry }, [workspace], entry), [], entry);
    }
    const pathOutside = async (path: string, workspace: string): Promise<string | undefined> =>
      (await tshEnvironment({ PATH: path }, '/h', '/h', [workspace]))['PATH'];
    assert.equal(await pathOutside('/ws2/bin', '/ws'), '/ws2/bin');
    assert.equal(await pathOutside('/ws/..bin', '/ws'), '');
    assert.equal(
      await pathOutside('/usr/bin', '/'),
      '/usr/bin',
      'a window on the whole machine still finds tsh',
    );
  });

  it('PATH of every environment leads into no workspace, under none of its names', async () => {
    await mkdir(folder.at('project', 'bin'), { recursive: true });
    await symlink(folder.at('project'), folder.at('opened'));
    await symlink(folder.at('project', 'bin'), folder.at('tools'));
    const entries = [
      folder.at('project', 'bin'),
      folder.at('opened', 'bin'),
      folder.at('tools'),
      'bin',
      '/usr/bin',
    ];
    const parent = { PATH: entries.join(delimiter) };
    const workspace = [folder.at('opened')];
    const home = {
      folder: '/run/h/current',
      kubeconfig: '/run/h/kubeconfig',
      tsh: '/usr/bin/tsh',
      workspace,
    };
    for (const env of [
      await environment.cleanEnvironment(parent, workspace),
      await tshEnvironment(parent, '/h', '/h', workspace),
      await signInEnvironment(parent, '/h', workspace),
    ])
      assert.equal(env['PATH'], '/usr/bin');
    assert.equal((await shellEnvironment(parent, home))['PATH'], ['/usr/bin', '/usr/bin'].join(delimiter));
  });

  it('no variable leads into the workspace: not to a browser, certificates or a folder for temporary files', async () => {
    await mkdir(folder.at('project', 'bin'), { recursive: true });
    await symlink(folder.at('project'), folder.at('opened'));
    await symlink(folder.at('project', 'bin'), folder.at('tools'));
    const workspace = [folder.at('opened')];
    const parent = {
      HOME: '/home/me',
      BROWSER: folder.at('tools', 'open'),
      SSL_CERT_FILE: folder.at('project', 'ca.pem'),
      TMPDIR: folder.at('opened', 'tmp'),
      XDG_DATA_DIRS: `${folder.at('tools')}:/usr/share`,
      HTTPS_PROXY: 'http://proxy:3128',
    };
    const kept = { HOME: '/home/me', XDG_DATA_DIRS: '/usr/share', HTTPS_PROXY: 'http://proxy:3128' };
    const env = await environment.cleanEnvironment(parent, workspace);
    assert.deepEqual(env, { ...kept, PATH: '' });
    const home = {
      folder: '/run/h/current',
      kubeconfig: '/run/h/kubeconfig',
      tsh: '/usr/bin/tsh',
      workspace,
    };
    const shell = await shellEnvironment(
      { ...parent, EDITOR: folder.at('tools', 'edit'), PAGER: 'less' },
      home,
    );
    assert.deepEqual([shell['EDITOR'], shell['BROWSER'], shell['PAGER']], [undefined, undefined, 'less']);
    const { homedir } = userInfo();
    const own = { SSL_CERT_FILE: join(homedir, 'ca.pem'), HOME: folder.at('project') };
    const around = await environment.cleanEnvironment(own, [homedir]);
    assert.equal(
      around['SSL_CERT_FILE'],
      own.SSL_CERT_FILE,
      'a workspace around the home folder holds the own files',
    );
  });

  it('names are compared without case on Windows, and with it elsewhere', () => {
    const { isInherited, isRemoved, valueOf } = environment;
    for (const name of [
      'Teleport_Cluster',
      'tsh_alias',
      'Node_Options',
      'KubeConfig',
      'Vscode_Pid',
      'Ld_Preload',
    ]) {
      assert.equal(isRemoved(name, 'win32'), true, name);
      assert.equal(isRemoved(name, 'linux'), false, name);
      assert.equal(isInherited(name, 'win32'), false, name);
    }
    for (const name of ['SystemRoot', 'Temp', 'UserProfile', 'LocalAppData', 'https_proxy', 'Lang'])
      assert.equal(isInherited(name, 'win32'), true, name);
    assert.equal(valueOf({ Path: 'C:\\a' }, 'PATH'), 'C:\\a');
    assert.equal(valueOf({ path: '/ws/bin', PATH: '/usr/bin' }, 'PATH'), '/usr/bin');
  });

  it('a visible sign-in may open a browser, and still takes nothing stray along', async () => {
    const env = await signInEnvironment(
      { ...strayVariables, ...needed, PATH: '/usr/bin' },
      '/home/me/.tsh',
      [],
    );
    assert.equal(env['TELEPORT_LOGIN_BROWSER'], undefined);
    assert.equal(env['TELEPORT_HOME'], '/home/me/.tsh');
    for (const key of ['TELEPORT_CLUSTER', 'TELEPORT_PROXY', 'TELEPORT_USER', 'NODE_OPTIONS', 'LD_PRELOAD']) {
      assert.equal(env[key], undefined, key);
    }
  });
});

describe('the environment of an elevated shell', () => {
  const shellEnvironmentOf = (
    parent: Record<string, string>,
    excluded: readonly string[] = [],
  ): Promise<Record<string, string>> =>
    shellEnvironment(parent, {
      folder: '/run/h/current',
      kubeconfig: '/run/h/kubeconfig',
      tsh: '/opt/t/tsh',
      workspace: excluded,
    });

  it('names the private home, its kubeconfig and no agent', async () => {
    const env = await shellEnvironmentOf({ ...strayVariables, PATH: '/usr/bin' });
    assert.equal(env['TELEPORT_HOME'], '/run/h/current');
    assert.equal(env['KUBECONFIG'], '/run/h/kubeconfig');
    assert.equal(env['JIT_ACCESS_HOME'], '/run/h');
    assert.equal(env['TELEPORT_ADD_KEYS_TO_AGENT'], 'no');
  });

  it('keeps what is the person’s own', async () => {
    const own = { HOME: '/home/me', EDITOR: 'vim', SSH_AUTH_SOCK: '/tmp/agent', AWS_PROFILE: 'prod' };
    const env = await shellEnvironmentOf(own);
    for (const [key, value] of Object.entries(own)) assert.equal(env[key], value, key);
  });

  it('takes along nothing of another login, and nothing that runs somebody else’s program', async () => {
    const startsPrograms = [
      'BASH_ENV',
      'ENV',
      'ZDOTDIR',
      'PROMPT_COMMAND',
      'LD_PRELOAD',
      'DYLD_INSERT_LIBRARIES',
      'NODE_OPTIONS',
    ];
    const others = [
      'TELEPORT_CLUSTER',
      'TELEPORT_PROXY',
      'TSH_X',
      'VSCODE_PID',
      'ELECTRON_RUN_AS_NODE',
      'JIT_ACCESS_X',
    ];
    const tokens = ['KUBE_TOKEN', 'KUBERNETES_TOKEN', 'BASH_FUNC_tsh%%', 'BASH_FUNC_kubectl%%'];
    const parent = Object.fromEntries([...startsPrograms, ...others, ...tokens].map((key) => [key, 'x']));
    const env = await shellEnvironmentOf(parent);
    for (const key of Object.keys(parent)) assert.equal(env[key], undefined, key);
  });

  it('finds tsh, and no program of the workspace', async () => {
    const env = await shellEnvironmentOf(
      { PATH: ['/ws/bin', 'rel', '/usr/bin', '/x/../ws'].join(delimiter) },
      ['/ws'],
    );
    assert.equal(env['PATH'], ['/usr/bin', '/opt/t'].join(delimiter));
    assert.equal(
      Object.keys(await shellEnvironmentOf({ Path: '/usr/bin' })).filter((key) => /^path$/i.test(key)).length,
      1,
    );
  });
});
