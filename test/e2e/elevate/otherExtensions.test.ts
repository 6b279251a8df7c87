import assert from 'node:assert/strict';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../../scripts/build.ts';
import { createApprovedRequest, elevate, openViews, until } from '../../support/e2e/course.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';

describe('Another extension that types into terminals', () => {
  const fixture = useE2eFixture({
    withoutReviewer: true,
    settings: { 'jitAccess.useAccess': 'terminal', 'jitAccess.kubernetesCluster': 'prod-eu' },
    prepare: async (person) => {
      const installed = join(person.userData, 'extensions', 'ms-python.python-1.0.0');
      await cp(join(root, 'test', 'fixtures', 'python-extension'), installed, { recursive: true });
      const venv = join(person.workspace, '.venv');
      await mkdir(join(venv, 'bin'), { recursive: true });
      await writeFile(join(venv, 'bin', 'activate'), `echo "in $TELEPORT_HOME" >> ${venv}/ran\n`);
      return person;
    },
  });
  const read = (name: string): Promise<string> =>
    readFile(join(fixture().alice.person.workspace, '.venv', name), 'utf8').catch(() => '');
  /** The homes of the terminals in which its line ran. */
  const homes = async (): Promise<readonly string[]> => (await read('ran')).split('\n').filter(Boolean);
  const isElevated = (line: string): boolean => line.includes('/jit-access/');

  it('types into an ordinary one, and not into a new elevated one', async () => {
    const { window } = fixture().alice;
    await openViews(window);
    await window.runCommand('Terminal: Create New Terminal (In Active Workspace)');
    await until('it typed', async () => (await homes()).length === 1);
    await createApprovedRequest(fixture());
    await window.runCommand('JIT Access: Refresh');
    await elevate(window);
    await until('it left ours out', async () => (await read('log')).includes('left out kube-admin'));
    await window.terminal.read('clear; tsh status', /Roles: +dev-team, kube-admin/);
    assert.equal((await homes()).some(isElevated), false);
  });

  it('whose folder of the workspace is in PATH all the same: that is said', async () => {
    const { window } = fixture().alice;
    const notification = await window.notification('could be programs of the workspace');
    assert.match(await notification.text(), /put a folder of the workspace, .* into PATH/);
    await takeScreenshot(window, '114-foreign-path');
    await notification.clear();
  });

  it('keeps a command from being typed for the user: it could be a program of the workspace', async () => {
    const { window, person } = fixture().alice;
    await writeFile(
      join(person.workspace, '.venv', 'bin', 'kubectl'),
      `#!/bin/sh\necho kubectl >> ${person.workspace}/.venv/ran\n`,
      { mode: 0o755 },
    );
    await window.runCommand('JIT Access: Run in Elevated Terminal…');
    await window.input.chooseFirst();
    await window.input.showsMessage(/Typed into a new terminal with kube-admin/);
    await window.input.type('kubectl get pods');
    await window.input.accept();
    await window.pressModal('Run Elevated');
    const notification = await window.notification('The command was not typed');
    await notification.clear();
    assert.equal((await read('ran')).includes('kubectl'), false);
  });

  it('can be switched off: its setting is offered', async () => {
    const { window } = fixture().alice;
    const notification = await window.notification('The Python extension types a command into terminals');
    assert.match(await notification.text(), /not one that VS Code restores after a reload of the window/);
    await takeScreenshot(window, '115-typed-text');
    await notification.press('Open Setting');
    await window.editorTab('Settings').waitFor();
    await window.page.locator('.settings-editor').getByText('Activate Environment').first().waitFor();
  });

  it('types into an elevated one that VS Code restores, because VS Code no longer tells that it was hidden', async () => {
    const { window } = fixture().alice;
    await window.reload();
    await until('it typed', async () => (await homes()).some(isElevated));
    await window.notification('may have typed a command into it');
    await window.accessRow(/in use/).waitUntilShown();
  });
});
