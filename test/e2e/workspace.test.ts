import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { TestPerson } from '../../scripts/hosts/people.ts';
import {
  createApprovedRequest,
  decide,
  statusItemId,
  openViews,
  privateHomes,
  sendRequest,
  clusterRequests,
  runAndRead,
  tsh,
} from '../support/e2e/course.ts';
import { takeScreenshot } from '../support/e2e/pictures.ts';
import { useE2eFixture } from '../support/e2e/useE2eFixture.ts';

/** Writes a program that creates a file for which the tests look. @returns its path */
async function writeTrap(person: TestPerson, ...path: readonly string[]): Promise<string> {
  const file = join(person.workspace, ...path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, `#!/bin/sh\ntouch '${join(person.folder, 'trapped')}'\n`, { mode: 0o755 });
  return file;
}

/** Prepares a workspace that sets everything a workspace can set, and puts its own tsh first on the PATH. */
async function withHostileWorkspace(person: TestPerson): Promise<TestPerson> {
  const shell = await writeTrap(person, 'shell');
  const settings = {
    'terminal.integrated.env.linux': {
      BASH_ENV: await writeTrap(person, 'bash-env'),
      ENV: await writeTrap(person, 'env'),
      PROMPT_COMMAND: `touch '${join(person.folder, 'trapped')}'`,
      TELEPORT_HOME: join(person.workspace, 'home'),
      TELEPORT_PROXY: 'evil.test:443',
      KUBECONFIG: join(person.workspace, 'kubeconfig'),
      LD_PRELOAD: join(person.workspace, 'preload.so'),
      FROM_WORKSPACE: 'yes',
    },
    'terminal.integrated.profiles.linux': { hostile: { path: shell }, bash: { path: shell } },
    'terminal.integrated.defaultProfile.linux': 'hostile',
    'terminal.integrated.cwd': person.workspace,
    'jitAccess.tshPath': await writeTrap(person, 'bin', 'tsh'),
    'jitAccess.tctlPath': await writeTrap(person, 'bin', 'tctl'),
    'jitAccess.teleportHome': join(person.workspace, 'home'),
    'jitAccess.proxy': 'evil.test:443',
    'jitAccess.roles': ['from-workspace'],
    'jitAccess.notifications': false,
  };
  await mkdir(join(person.workspace, '.vscode'));
  await writeFile(join(person.workspace, '.vscode', 'settings.json'), JSON.stringify(settings));
  const path = [join(person.workspace, 'bin'), person.env['PATH']].join(delimiter);
  return { ...person, env: { ...person.env, PATH: path } };
}

describe('A workspace has no say in what is elevated', () => {
  const fixture = useE2eFixture({ withoutReviewer: true, prepare: withHostileWorkspace });

  it('not in which tsh runs, nor what may be asked for', async () => {
    const { window, person } = fixture().alice;
    await openViews(window);
    await window.view('My Access').welcome.getByText('Nothing is elevated').waitFor();
    await window.runCommand('JIT Access: Request Access…');
    await window.input.step(/what/);
    await window.input.row('kube-admin').waitFor();
    assert.equal(await window.input.row('from-workspace').count(), 0);
    await window.press('Escape');
    assert.equal(existsSync(join(person.folder, 'trapped')), false);
  });

  it('not in the elevated terminal: not its shell, folder, variables or programs', async () => {
    const { window, person } = fixture().alice;
    await createApprovedRequest(fixture());
    await window.runCommand('JIT Access: Refresh');
    await window.accessRow(/ready/).button('Open Elevated Terminal');
    await window.waitForStatus(statusItemId, /kube-admin (\d+ min|1 h)/);
    const [home] = privateHomes(person);
    const read = (line: string, printed: RegExp): Promise<string> =>
      runAndRead(window, `clear; ${line}`, printed);
    assert.ok((await read('echo "home=$TELEPORT_HOME;"', /home=[^;$]+;/)).includes(home ?? 'a private home'));
    assert.ok((await read('echo "kube=$KUBECONFIG;"', /kube=[^;$]+;/)).includes(home ?? 'a private home'));
    const rest = 'echo "rest=$BASH_ENV,$ENV,$PROMPT_COMMAND,$TELEPORT_PROXY,$LD_PRELOAD,$FROM_WORKSPACE;"';
    const output = await read(rest, /rest=[^;$]*;/);
    assert.doesNotMatch(output, /trapped|evil|workspace|bash-env|preload|yes/);
    assert.equal(await read('echo "cwd=$PWD;"', /cwd=[^;$]+;/), `cwd=${person.env['HOME'] ?? ''};`);
    assert.equal(await read('echo "tsh=$(command -v tsh);"', /tsh=[^;$]+;/), `tsh=${fixture().demo.tsh};`);
    const inWorkspace = `echo "found=$(echo $PATH | tr : '\\n' | grep -c '^${person.workspace}');"`;
    assert.equal(await read(inWorkspace, /found=\d+;/), 'found=0;');
    assert.equal(existsSync(join(person.folder, 'trapped')), false);
    await takeScreenshot(window, '80-hostile-workspace');
  });
});

describe('In Restricted Mode', () => {
  const fixture = useE2eFixture({
    withoutReviewer: true,
    trust: true,
    settings: {
      'security.workspace.trust.startupPrompt': 'never',
      'security.workspace.trust.banner': 'never',
    },
  });

  it('asking works', async () => {
    const { window } = fixture().alice;
    await openViews(window);
    await sendRequest(window, 'INC-1 asked in Restricted Mode');
    await window.waitForStatus(statusItemId, /0 of 1/);
    assert.equal(clusterRequests(fixture()).length, 1);
  });

  it('using elevates nothing and says what to do', async () => {
    const { window, person } = fixture().alice;
    await decide(fixture(), clusterRequests(fixture())[0]?.id ?? '', 'approve');
    await (await window.notification('approved by rita')).press('Open Elevated Terminal');
    const notification = await window.notification('Restricted Mode');
    assert.equal(
      await notification.text(),
      'VS Code opens no terminals in Restricted Mode. Nothing was elevated; trust this folder first.',
    );
    assert.deepEqual(privateHomes(person), []);
    await takeScreenshot(window, '81-restricted');
    await notification.press('Manage Workspace Trust');
    await window.page.locator('.workspace-trust-editor').waitFor();
    await window.press('Escape');
    await window.page.locator('.workspace-trust-editor').waitFor({ state: 'hidden' });
    await window.accessRow(/ready until/).waitUntilShown();
    const { stdout } = await tsh(fixture(), 'alice', 'status');
    assert.doesNotMatch(stdout, /kube-admin/);
  });

  it('signing in says the same', async () => {
    const { window } = fixture().alice;
    await tsh(fixture(), 'alice', 'logout');
    await window.waitForStatus(statusItemId, 'signed out');
    await window.runCommand('JIT Access: Sign In');
    await window.input.chooseFirst();
    await window.notification('signing in needs one');
  });
});
