import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { shellEnvironment } from '../../../../src/teleport/environment/environment.ts';
import { differencesAtStart } from '../../../../src/teleport/shell/environmentDifferences.ts';
import { useTemporaryFolder } from '../../../support/temporaryFolder.ts';

describe('the environment with which an elevated shell was started', () => {
  const folder = useTemporaryFolder();
  let env: Record<string, string>;
  beforeEach(async () => {
    await mkdir(folder.at('ws', 'bin'), { recursive: true });
    await symlink(folder.at('ws'), folder.at('opened'));
    const parent = { HOME: '/home/ana', PATH: '/usr/bin:/bin', EDITOR: 'vim', HTTPS_PROXY: 'http://p' };
    env = await shellEnvironment(parent, {
      folder: '/run/1/current',
      kubeconfig: '/run/1/kubeconfig',
      tsh: '/usr/bin/tsh',
      workspace: [folder.at('opened')],
    });
  });
  const differing = (changes: Record<string, string | undefined>, workspace = [folder.at('opened')]) => {
    const all = Object.entries({ ...env, ...changes });
    const actual = Object.fromEntries(all.filter(([, value]) => value !== undefined));
    return differencesAtStart(actual, { env, workspace });
  };
  /** What VS Code itself puts into terminals. */
  const ofEditor = {
    TERM_PROGRAM: 'vscode',
    VSCODE_INJECTION: '1',
    VSCODE_NONCE: 'x',
    VSCODE_IPC_HOOK_CLI: '/run/x.sock',
    VSCODE_GIT_ASKPASS_NODE: '/opt/code/node',
    GIT_ASKPASS: '/opt/code/askpass.sh',
    BROWSER: '/opt/code/browser.sh',
    SHLVL: '1',
    ZDOTDIR: '/tmp/ana-code-zsh',
    USER_ZDOTDIR: '/home/ana',
    PATH: '/opt/code/bin/remote-cli:/usr/bin:/bin:/usr/bin',
  };

  it('is as it should be with what VS Code itself adds', async () => {
    assert.deepEqual(await differing({}), []);
    assert.deepEqual(await differing(ofEditor), []);
  });

  it('differs where anything that we set has another value, or none', async () => {
    for (const name of ['TELEPORT_HOME', 'KUBECONFIG', 'JIT_ACCESS_HOME', 'TELEPORT_ADD_KEYS_TO_AGENT']) {
      assert.deepEqual(await differing({ [name]: 'theirs' }), [name]);
      assert.deepEqual(await differing({ [name]: undefined }), [name]);
    }
  });

  it('differs where anything that we removed is there again', async () => {
    for (const name of [
      ...[
        'TELEPORT_PROXY',
        'TELEPORT_CLUSTER',
        'TELEPORT_USER',
        'TSH_ALIAS',
        'KUBE_TOKEN',
        'KUBERNETES_TOKEN',
      ],
      ...[
        'LD_PRELOAD',
        'DYLD_INSERT_LIBRARIES',
        'BASH_ENV',
        'ENV',
        'PROMPT_COMMAND',
        'NODE_OPTIONS',
        'ZDOTDIR',
      ],
      ...['BASH_FUNC_tsh%%', 'ELECTRON_RUN_AS_NODE', 'JIT_ACCESS_X'],
    ])
      assert.deepEqual(await differing({ [name]: 'x' }), [name], name);
  });

  it('differs where programs would talk to somebody else, or believe somebody else', async () => {
    assert.deepEqual(await differing({ SSL_CERT_FILE: '/x.pem' }), ['SSL_CERT_FILE']);
    assert.deepEqual(await differing({ HTTPS_PROXY: 'http://evil' }), ['HTTPS_PROXY']);
    assert.deepEqual(await differing({ http_proxy: 'http://evil' }), ['http_proxy']);
    assert.deepEqual(await differing({ HOME: '/ws' }), ['HOME']);
  });

  it('differs where PATH leads into the workspace, by whatever name, or has no full path', async () => {
    for (const entry of [folder.at('ws', 'bin'), folder.at('opened', 'bin'), 'bin', '.', ''])
      assert.deepEqual(await differing({ PATH: `${entry}:/usr/bin` }), ['PATH'], entry);
    const { homedir } = userInfo();
    const own = { PATH: `${homedir}/jit bin:/usr/bin` };
    assert.deepEqual(
      await differing(own, [homedir]),
      [],
      'a workspace around the home folder holds the own programs',
    );
  });

  it('counts what shell integration will do to it later', async () => {
    const later = async (list: string, change: string): Promise<string[]> => differing({ [list]: change });
    for (const list of ['VSCODE_ENV_REPLACE', 'VSCODE_ENV_PREPEND', 'VSCODE_ENV_APPEND']) {
      assert.deepEqual(await later(list, 'X=1:KUBECONFIG=/theirs'), ['KUBECONFIG'], list);
      assert.deepEqual(await later(list, 'TELEPORT_PROXY=evil.test'), ['TELEPORT_PROXY'], list);
      assert.deepEqual(await later(list, 'X=KUBECONFIG'), [], list);
    }
    const workspaceBin = folder.at('ws', 'bin').replaceAll(':', '\\x3a');
    assert.deepEqual(await later('VSCODE_ENV_PREPEND', `PATH=${workspaceBin}\\x3a`), ['PATH']);
    assert.deepEqual(await later('VSCODE_ENV_APPEND', 'PATH=\\x3a/opt/bin'), []);
    assert.deepEqual(await later('VSCODE_PATH_PREFIX', `${workspaceBin}:`), ['PATH']);
  });

  it('differs where shell integration would run what a Python extension left, unless our guard is there', async () => {
    const left = { VSCODE_PYTHON_BASH_ACTIVATE: '. /ws/.venv/bin/activate' };
    assert.deepEqual(await differing(left), []);
    assert.deepEqual(await differing({ ...left, VSCODE_PYTHON_AUTOACTIVATE_GUARD: undefined }), [
      'VSCODE_PYTHON_BASH_ACTIVATE',
    ]);
  });
});
