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

/** The start-up file of a person's shell. */
const bashrc = (person: TestPerson): string => join(person.env['HOME']!, '.bashrc');
/** The ordinary terminal in the editor area. */
const ordinaryTerminal = ({ page }: Workbench): Terminal => new Terminal(page, '.editor-instance .xterm');
/** The active elevated terminal in the panel. */
const panelTerminal = ({ page }: Workbench): Terminal =>
  new Terminal(page, '.panel .terminal-wrapper.active .xterm');

/** Runs `tsh status` on an empty screen, so that the output of an earlier call is not taken for this one. */
async function showOrdinaryStatus(ordinary: Terminal): Promise<void> {
  await ordinary.run('clear');
  await ordinary.screen
    .locator('.xterm-rows > div')
    .filter({ hasText: 'Roles:' })
    .waitFor({ state: 'detached' });
  await ordinary.read('tsh status', /Roles: +dev-team$/m);
  await ordinary.prompt();
}

const node = '/ent.example.test/node/6241445a-8e88-4954-83a0-bf09de3d716b';

describe('An elevated terminal beside an ordinary one', () => {
  const fixture = useE2eFixture({
    withoutReviewer: true,
    settings: { 'jitAccess.useAccess': 'terminal', 'jitAccess.kubernetesCluster': 'prod-eu' },
  });

  it('has the role, and the other has not: the same command in both shows it', async () => {
    const { window } = fixture().alice;
    await openViews(window);
    await window.runCommand('Terminal: Create New Terminal in Editor Area');
    const ordinary = ordinaryTerminal(window);
    await showOrdinaryStatus(ordinary);
    const before = folderDigests(fixture().demo.homes['alice']!);
    await createApprovedRequest(fixture());
    await window.runCommand('JIT Access: Refresh');
    await window.accessRow(/kube-admin.*ready/).button('Open Elevated Terminal');
    const elevated = panelTerminal(window);
    await elevated.read('clear; tsh status', /Roles: +dev-team, kube-admin/);
    const notification = await window.notification('works on another machine');
    await takeScreenshot(window, '99-remote-copy');
    assert.match(await notification.text(), /the private copy of your login lies there/);
    await notification.clear();
    await notification.waitUntilGone();
    await showOrdinaryStatus(ordinary);
    await takeScreenshot(window, '100-elevated-beside-ordinary');
    await elevated.read('clear; kubectl get pods -n payments', /Running/);
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
    await window.accessRow(/node-admin.*ready/).button('Open Elevated Terminal');
    await until('there are two', () => privateHomes(person).length === 2);
    const panel = panelTerminal(window);
    await panel.tab('node-admin').waitFor();
    await panel.read('clear; tsh ssh root@node-ent true', /^root@node-ent as alice \(.*node-admin/);
    await panel.tab('kube-admin').click();
    await panel.read('clear; tsh ssh root@node-ent true; echo "ended $?"', /^ended 1$/);
    await panel.read('clear; tsh status', /Roles: +dev-team, kube-admin$/);
    const ordinary = ordinaryTerminal(window);
    await ordinary.run('clear; tsh ssh root@node-ent true; echo "ended $?"');
    await ordinary.shows(/^ended 1$/);
    await ordinary.run('exit');
    await window.waitForStatus(statusItemId, /\+1/);
    await takeScreenshot(window, '102-two-elevations');
    await window.accessRow(/node-admin/).button('Drop Access');
    await until('one is left', () => privateHomes(person).length === 1);
    await window.notification(/node-admin: given back here/);
    await panel.read('clear; kubectl get pods -n payments', /Running/);
    await clearNotifications(window);
  });

  it('has an environment that can be copied to a terminal outside', async () => {
    const { window, person } = fixture().alice;
    await window.accessRow(/kube-admin/).menu('Copy Environment');
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
    await window.input.chooseFirst();
    await window.input.showsMessage(/Typed into a new terminal with kube-admin/);
    await window.input.type('kubectl get pods\u202e');
    await window.input.showsMessage(/cannot be seen/);
    await window.input.accept();
    await window.input.type('kubectl get po');
    await window.press('Escape');
    await window.input.waitUntilClosed();
    await window.runCommand('JIT Access: Run in Elevated Terminal…');
    await window.input.chooseFirst();
    await window.input.showsMessage(/Typed into a new terminal with kube-admin/);
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
    const panel = panelTerminal(window);
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
    const row = window.accessRow(/kubectl at staging, not prod-eu/);
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
    await window.accessRow(/kube-admin/).button('Drop Access');
    await waitUntilDropped(window, person);
    await window.notification(/kube-admin: given back here/);
    await clearNotifications(window);
    await window.runCommand('Terminal: Create New Terminal (In Active Workspace)');
    const panel = panelTerminal(window);
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
    await panel.waitUntilActive('kube-admin');
    await panel.read('clear; tsh status', /Roles: +dev-team, kube-admin$/);
    assert.equal((await panel.tabs()).filter((name) => name.startsWith('kube-admin')).length, 1);
    assert.equal(await window.input.widget.isVisible(), false, 'it asks once');
    await takeScreenshot(window, '111-profile-opened');
    await panel.run('exit');
    await window.notification(/kube-admin: given back here/);
    await waitUntilDropped(window, person);
    await clearNotifications(window);
  });

  it('start-up files that replace what makes it elevated are named before it opens, with the line that cures it', async () => {
    const { window, person } = fixture().alice;
    const login = `export TELEPORT_HOME=${fixture().demo.homes['alice']!}`;
    await writeFile(bashrc(person), `${login}\nexport KUBECONFIG=$HOME/.kube/config\n`);
    await window.accessRow(/kube-admin.*usable again/).menu('Use Access…');
    const notification = await window.notification('The terminal would not be elevated');
    assert.match(await notification.text(), /~\/\.bashrc sets TELEPORT_HOME and KUBECONFIG/);
    assert.deepEqual(await notification.buttons(), ['Copy the Line', 'Check Again', 'Open Anyway']);
    await takeScreenshot(window, '112-override');
    assert.equal(await window.terminal.tab('kube-admin').count(), 0);
    await notification.press('Copy the Line');
    const copied = await window.notification('The line is on the clipboard.');
    await takeScreenshot(window, '113-override-copied');
    const line = String(await window.page.evaluate('navigator.clipboard.readText()'));
    await appendFile(bashrc(person), `${line}\n`);
    await copied.press('Check Again');
    await window.waitForStatus(statusItemId, /kube-admin \d/);
    const panel = panelTerminal(window);
    await panel.waitUntilActive('kube-admin');
    await panel.read('clear; tsh status', /Roles: +dev-team, kube-admin/);
    await panel.read('clear; kubectl config current-context', /ent\.example\.test-prod-eu/);
  });

  it('start-up files can be left as they are: the terminal opens all the same', async () => {
    const { window, person } = fixture().alice;
    await window.accessRow(/in use/).button('Drop Access');
    await waitUntilDropped(window, person);
    await clearNotifications(window);
    await writeFile(bashrc(person), 'export KUBECONFIG=$HOME/.kube/config\n');
    await window.accessRow(/kube-admin.*usable again/).button('Open Elevated Terminal');
    const notification = await window.notification('kubectl would not be elevated in the terminal');
    await notification.press('Open Anyway');
    await panelTerminal(window).prompt();
    await window.accessRow(/in use/).button('Drop Access');
    await waitUntilDropped(window, person);
    await clearNotifications(window);
    await elevate(window);
    assert.equal(await window.notifications('would not be elevated').count(), 0, 'it is asked once');
  });
});
