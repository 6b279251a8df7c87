import assert from 'node:assert/strict';
import { execa } from 'execa';
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestPerson } from '../../../scripts/hosts/people.ts';
import {
  createApprovedRequest,
  folderDigests,
  clearNotifications,
  decide,
  elevate,
  homesFolder,
  statusItemId,
  openViews,
  privateHomes,
  runAndRead,
  tsh,
  until,
} from '../../support/e2e/course.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';
import { Terminal } from '../../support/e2e/terminal.ts';
import type { Workbench } from '../../support/e2e/workbench.ts';

/**
 * Waits until nothing is elevated and the elevated terminals are closed, because a terminal that closes takes
 * the focus from an open palette.
 */
async function waitUntilDropped(window: Workbench, person: TestPerson): Promise<void> {
  await until('nothing is elevated', () => privateHomes(person).length === 0);
  await window.terminal.tab('kube-admin').first().waitFor({ state: 'detached' });
}

/** The ordinary terminal in the editor area. */
class OrdinaryTerminal extends Terminal {
  override readonly screen;

  constructor(window: Workbench) {
    super(window.page);
    this.screen = window.page.locator('.editor-instance .xterm');
  }

  /** Runs `tsh status` on an empty screen, so that the output of an earlier call is not taken for this one. */
  async showStatus(): Promise<void> {
    await this.run('clear');
    await this.screen
      .locator('.xterm-rows > div')
      .filter({ hasText: 'Roles:' })
      .waitFor({ state: 'detached' });
    await this.run('tsh status');
    await this.shows(/Roles: +dev-team$/);
    await this.prompt();
  }
}

/** The elevated terminals in the panel. */
class PanelTerminal extends Terminal {
  override readonly screen;

  constructor(window: Workbench) {
    super(window.page);
    this.screen = window.page.locator('.panel .terminal-wrapper.active .xterm');
  }

  async runAndWaitFor(line: string, printed: RegExp): Promise<void> {
    await this.run(line);
    await this.shows(printed);
  }
}

const node = '/ent.example.test/node/6241445a-8e88-4954-83a0-bf09de3d716b';

describe('An elevated terminal beside an ordinary one', () => {
  const fixture = useE2eFixture({ withoutReviewer: true });

  it('has the role, and the other has not: the same command in both shows it', async () => {
    const { window } = fixture().alice;
    await openViews(window);
    await window.runCommand('Terminal: Create New Terminal in Editor Area');
    const ordinary = new OrdinaryTerminal(window);
    await ordinary.showStatus();
    const before = folderDigests(fixture().demo.homes['alice']!);
    await createApprovedRequest(fixture());
    await window.runCommand('JIT Access: Refresh');
    await window
      .view('My Access')
      .row(/kube-admin.*ready/)
      .button('Open Elevated Terminal');
    const elevated = new PanelTerminal(window);
    await elevated.runAndWaitFor('clear; tsh status', /Roles: +dev-team, kube-admin/);
    const notification = await window.notification('works on another machine');
    await takeScreenshot(window, '99-remote-copy');
    assert.match(await notification.text(), /the private copy of your login lies there/);
    await notification.clear();
    await notification.waitUntilGone();
    await ordinary.showStatus();
    await takeScreenshot(window, '100-elevated-beside-ordinary');
    await elevated.runAndWaitFor('clear; kubectl get pods -n payments', /Running/);
    await ordinary.run('clear; kubectl get pods -n payments; echo "ended $?"');
    await ordinary.shows(/ended 1$/);
    await takeScreenshot(window, '101-kubectl-in-both');
    assert.deepEqual(folderDigests(fixture().demo.homes['alice']!), before);
  });

  it('beside another of another role: each has its own, and tsh ssh works in the one that may', async () => {
    const { window, person } = fixture().alice;
    const args = [
      'request',
      'create',
      `--resource=${node}`,
      '--reason=INC-4712 disk of node-ent',
      '--nowait',
    ];
    const { stdout, stderr } = await tsh(fixture(), 'alice', ...args);
    const id = /Request ID:\s+(\S+)/.exec(stdout)?.[1];
    assert.ok(id, stderr);
    await decide(fixture(), id, 'approve');
    await window.runCommand('JIT Access: Refresh');
    await window
      .view('My Access')
      .row(/node-admin.*ready/)
      .button('Open Elevated Terminal');
    await until('there are two', () => privateHomes(person).length === 2);
    const panel = new PanelTerminal(window);
    await panel.tab('node-admin').waitFor();
    await panel.runAndWaitFor('clear; tsh ssh root@node-ent true', /^root@node-ent as alice \(.*node-admin/);
    await panel.tab('kube-admin').click();
    await panel.runAndWaitFor('clear; tsh ssh root@node-ent true; echo "ended $?"', /^ended 1$/);
    await panel.runAndWaitFor('clear; tsh status', /Roles: +dev-team, kube-admin$/);
    const ordinary = new OrdinaryTerminal(window);
    await ordinary.run('clear; tsh ssh root@node-ent true; echo "ended $?"');
    await ordinary.shows(/^ended 1$/);
    await window.waitForStatus(statusItemId, /\+1/);
    await takeScreenshot(window, '102-two-elevations');
    await window
      .view('My Access')
      .row(/node-admin/)
      .button('Drop Access');
    await until('one is left', () => privateHomes(person).length === 1);
    await window.notification(/node-admin: given back here/);
    await panel.runAndWaitFor('clear; kubectl get pods -n payments', /Running/);
    await clearNotifications(window);
  });

  it('has an environment that can be copied to a terminal outside', async () => {
    const { window, person } = fixture().alice;
    await window
      .view('My Access')
      .row(/kube-admin/)
      .menu('Copy Environment');
    const notification = await window.notification('Copied.');
    assert.match(await notification.text(), /it makes tsh and kubectl there use kube-admin, until \d\d:\d\d/);
    await takeScreenshot(window, '103-copied-environment');
    await notification.clear();
    const lines = String(await window.page.evaluate('navigator.clipboard.readText()'));
    assert.match(
      lines,
      /^export TELEPORT_HOME='[^']+'\nexport KUBECONFIG='[^']+'\nexport TELEPORT_ADD_KEYS_TO_AGENT='no'\n$/,
    );
    const env = { ...person.env };
    const outside = await execa('/bin/sh', ['-c', `${lines}tsh status; kubectl get pods -n payments`], {
      env,
      extendEnv: false,
    });
    assert.match(outside.stdout, /kube-admin/);
    assert.match(outside.stdout, /Running/);
  });

  it('runs one typed command in a terminal of its own, once it was seen in full', async () => {
    const { window, person } = fixture().alice;
    await window.runCommand('JIT Access: Run in Elevated Terminal…');
    await window.input.step('Run in Elevated Terminal');
    await window.input.type('kubectl get pods\u202e');
    await window.input.showsMessage(/cannot be seen/);
    await window.input.accept();
    await window.input.type('kubectl get po');
    await window.press('Escape');
    await window.input.waitUntilClosed();
    await window.runCommand('JIT Access: Run in Elevated Terminal…');
    await window.input.step('Run in Elevated Terminal');
    assert.equal(await window.input.value(), 'kubectl get po');
    await window.input.type('kubectl get pods -n payments; echo "in $TELEPORT_HOME"');
    await takeScreenshot(window, '104-run-typed');
    await window.input.accept();
    assert.match(await window.modalText(), /kubectl get pods -n payments; echo "in \$TELEPORT_HOME"/);
    await takeScreenshot(window, '105-run-shown');
    await window.press('Enter');
    await window.input.step('Run in Elevated Terminal');
    assert.equal(await window.input.value(), 'kubectl get pods -n payments; echo "in $TELEPORT_HOME"');
    await window.input.accept();
    await window.pressModal('Run Elevated');
    const panel = new PanelTerminal(window);
    await panel.shows(/Running/);
    const [home = 'none'] = privateHomes(person);
    await until('it says where', async () =>
      (await panel.text()).replaceAll('\n', '').includes(`/${home}/current`),
    );
    assert.equal((await panel.tabs()).filter((name) => name.startsWith('kube-admin')).length, 2);
    await takeScreenshot(window, '106-run-done');
    await panel.run('exit');
    await until(
      'its terminal is gone',
      async () => (await panel.tabs()).filter((name) => name.startsWith('kube-admin')).length < 2,
    );
    assert.deepEqual(privateHomes(person), [home], 'the other terminal goes on');
  });

  it('says quietly when kubectl goes to another cluster, and puts it right', async () => {
    const { window, person } = fixture().alice;
    const file = join(homesFolder(person), privateHomes(person)[0] ?? '', 'kubeconfig');
    const original = await readFile(file, 'utf8');
    const pointToStaging = async (): Promise<void> => {
      await writeFile(
        `${file}.new`,
        (await readFile(file, 'utf8')).replaceAll('--kube-cluster=prod-eu', '--kube-cluster=staging'),
      );
      await rename(`${file}.new`, file);
    };
    assert.ok(original.includes('--kube-cluster=prod-eu'));
    await pointToStaging();
    const row = window.view('My Access').row(/kubectl at staging, not prod-eu/);
    await row.waitUntilShown();
    await window.status(statusItemId).locator('.codicon-warning').waitFor();
    await window.waitForStatus(statusItemId, /kube-admin .* \(kubectl: staging\)/);
    await window.page.locator('.activitybar').hover();
    await takeScreenshot(window, '107-kubectl-astray');
    await row.menu('Point kubectl Back');
    await window.notification('kubectl of this access uses prod-eu again.');
    await row.waitUntilGone();
    await window.status(statusItemId).locator('.codicon-unlock').waitFor();
    await pointToStaging();
    await row.waitUntilShown();
    await window.status(statusItemId).click();
    await window.input.row('Point kubectl at prod-eu Again').waitFor();
    await takeScreenshot(window, '108-kubectl-astray-pick');
    await window.input.pick('Keep kubectl at staging');
    await row.waitUntilGone();
    await window.status(statusItemId).locator('.codicon-unlock').waitFor();
    await clearNotifications(window);
  });

  it('is a profile of New Terminal, which asks, and gives nothing to who leaves', async () => {
    const { window, person } = fixture().alice;
    await window
      .view('My Access')
      .row(/kube-admin/)
      .button('Drop Access');
    await waitUntilDropped(window, person);
    await clearNotifications(window);
    await window.runCommand('Terminal: Create New Terminal (In Active Workspace)');
    const panel = new PanelTerminal(window);
    await panel.prompt();
    const openProfileFromMenu = async (): Promise<void> => {
      await window.page.locator('.panel').getByRole('button', { name: 'Launch Profile...' }).click();
      const menu = window.page.locator('.monaco-menu');
      await menu.getByRole('menuitem', { name: 'JIT Access: Elevated Terminal' }).first().waitFor();
      await takeScreenshot(window, '109-profile-menu');
      await menu.getByRole('menuitem', { name: 'JIT Access: Elevated Terminal' }).first().hover();
      await window.press('Enter');
    };
    await openProfileFromMenu();
    await window.input.row('kube-admin').waitFor();
    assert.equal(await window.input.widget.locator('.monaco-list-row').count(), 2);
    await takeScreenshot(window, '110-profile-pick');
    await window.press('Escape');
    await window.input.waitUntilClosed();
    assert.deepEqual(privateHomes(person), []);
    assert.equal(await window.notifications('').count(), 0, 'leaving is quiet');
    await openProfileFromMenu();
    await window.input.pick('kube-admin');
    await until('it is elevated', () => privateHomes(person).length === 1);
    await panel.tab('kube-admin').waitFor();
    await panel.runAndWaitFor('clear; tsh status', /Roles: +dev-team, kube-admin$/);
    assert.equal((await panel.tabs()).filter((name) => name.startsWith('kube-admin')).length, 1);
    assert.equal(await window.input.widget.isVisible(), false, 'it asks once');
    await takeScreenshot(window, '111-profile-opened');
    await panel.run('exit');
    await window.notification(/kube-admin: given back here/);
    await waitUntilDropped(window, person);
    await clearNotifications(window);
  });
});

describe('Start-up files that replace what makes a terminal an elevated one', () => {
  const fixture = useE2eFixture({
    withoutReviewer: true,
    settings: { 'jitAccess.useAccess': 'terminal', 'jitAccess.kubernetesCluster': 'prod-eu' },
    prepare: async (person, demo) => {
      const lines = `export TELEPORT_HOME=${demo.homes['alice']!}\nexport KUBECONFIG=$HOME/.kube/config\n`;
      await writeFile(join(person.env['HOME']!, '.bashrc'), lines);
      return person;
    },
  });

  it('are named before the terminal opens, with the line that cures it', async () => {
    const { window, person } = fixture().alice;
    await createApprovedRequest(fixture());
    await openViews(window);
    await window.runCommand('JIT Access: Refresh');
    await window.view('My Access').row(/ready/).menu('Use Access…');
    const notification = await window.notification('The terminal would not be elevated');
    assert.match(await notification.text(), /~\/\.bashrc sets TELEPORT_HOME and KUBECONFIG/);
    assert.deepEqual(await notification.buttons(), ['Copy the Line', 'Check Again', 'Open Anyway']);
    await takeScreenshot(window, '112-override');
    assert.deepEqual(await window.terminal.tabs(), []);
    await notification.press('Copy the Line');
    const copied = await window.notification('The line is on the clipboard.');
    await takeScreenshot(window, '113-override-copied');
    const line = String(await window.page.evaluate('navigator.clipboard.readText()'));
    await appendFile(join(person.env['HOME']!, '.bashrc'), `${line}\n`);
    await copied.press('Check Again');
    await window.waitForStatus(statusItemId, /kube-admin \d/);
    await runAndRead(window, 'clear; tsh status', /Roles: +dev-team, kube-admin/);
    await runAndRead(window, 'clear; kubectl config current-context', /ent\.example\.test-prod-eu/);
  });

  it('can be left as they are: the terminal opens all the same', async () => {
    const { window, person } = fixture().alice;
    await window
      .view('My Access')
      .row(/in use/)
      .button('Drop Access');
    await waitUntilDropped(window, person);
    await clearNotifications(window);
    await writeFile(join(person.env['HOME']!, '.bashrc'), 'export KUBECONFIG=$HOME/.kube/config\n');
    await window
      .view('My Access')
      .row(/usable again/)
      .button('Open Elevated Terminal');
    const notification = await window.notification('kubectl would not be elevated in the terminal');
    await notification.press('Open Anyway');
    await window.terminal.prompt();
    await elevateAgainWithoutWarning(window);
  });

  /** Elevates again and asserts that the window does not warn about the same files again. */
  async function elevateAgainWithoutWarning(window: Workbench): Promise<void> {
    const { person } = fixture().alice;
    await window
      .view('My Access')
      .row(/in use/)
      .button('Drop Access');
    await waitUntilDropped(window, person);
    await clearNotifications(window);
    await elevate(window);
    assert.equal(await window.notifications('would not be elevated').count(), 0);
  }
});
