import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestPerson } from '../../../scripts/hosts/people.ts';
import { changeState, isCatchingUp, readState } from '../../../demo/server/serverState.ts';
import { clearNotifications, setFaults, tctl, until } from '../../support/e2e/course.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';
import type { Workbench } from '../../support/e2e/workbench.ts';
import {
  devTeam,
  manifestPath,
  requestableRoles,
  specOnCluster,
  usualRoles,
  writeManifest,
} from '../../support/e2e/manifests.ts';

const pager = `kind: role
version: v7
metadata:
  name: pager
spec:
  allow:
    logins: [oncall]
  options:
    max_session_ttl: 1h
`;

const command = 'JIT Access: Apply Roles…';

/** Starts Apply Roles and ticks manifests. */
async function startApply(window: Workbench, ...files: readonly string[]): Promise<void> {
  await window.runCommand(command);
  await window.input.step('Apply Roles');
  for (const file of files) await window.input.tick(file);
  await window.input.accept();
}

/** Starts Apply Roles, ticks manifests, and returns the question. */
async function askToApply(window: Workbench, ...files: readonly string[]): Promise<string> {
  await startApply(window, ...files);
  return window.modalText('Apply these roles to');
}

/** Starts Undo Apply for the newest apply of a role and returns the question. */
async function askToUndo(window: Workbench, role: string): Promise<string> {
  await window.runCommand('JIT Access: Undo Apply…');
  await window.input.step('Undo Apply');
  await window.input.row(role).first().click();
  return window.modalText('Undo this Apply on');
}

const pressTitleButton = (window: Workbench): Promise<void> =>
  window.page.locator('.editor-actions').getByRole('button', { name: 'Apply Roles…' }).click();

/** Opens a file of the workspace and appends a text without saving. */
async function appendUnsaved(window: Workbench, file: string, text: string): Promise<void> {
  await window.press('Control+p');
  await window.input.type(file);
  await window.input.row(file).waitFor();
  await window.input.accept();
  await window.editorTab(file).waitFor();
  await window.page.locator('.editor-instance .monaco-editor.focused').waitFor();
  await window.press('Control+End');
  await window.page.keyboard.insertText(text);
  await window.page.locator('.tab.dirty').waitFor();
}

describe('Roles of the workspace are applied', () => {
  const fixture = useE2eFixture({
    people: ['eve'],
    withoutReviewer: true,
    // In a browser VS Code saves files automatically.
    settings: { 'files.autoSave': 'off' },
    prepare: (person) => writeManifest(person, 'dev-team', devTeam([...usualRoles, 'node-admin'])),
  });
  /** Changes the edition of the cluster. What the server refuses depends on the edition. */
  const setEdition = (edition: 'enterprise' | 'community'): void =>
    changeState(fixture().demo.dir, (state) => void Object.assign(state, { edition }));
  /** Waits until the lists, which lag by a second, show every change. */
  const waitForLists = (): Promise<void> =>
    until('the lists show everything', () => !isCatchingUp(readState(fixture().demo.dir)));
  const eve = (): { window: Workbench; person: TestPerson } => fixture().alice;
  beforeEach(() => clearNotifications(eve().window));

  it('the differences are shown before anything is asked, and Enter reads them', async () => {
    const { window } = eve();
    const dialogText = await askToApply(window, 'dev-team.yaml');
    assert.match(dialogText, /Cluster: ent\.example\.test/);
    assert.match(dialogText, /dev-team: changed/);
    assert.match(dialogText, /allow\.request\.roles: \+ “node-admin”/);
    await takeScreenshot(window, '200-apply-modal');
    await window.press('Enter');
    await window.notification('Nothing was sent.');
    await window.editorTab('Apply Roles to ent.example.test').waitFor();
    await window.page.locator('.editor.modified').getByText('node-admin').first().waitFor();
    await takeScreenshot(window, '201-apply-differences');
    assert.deepEqual(requestableRoles(fixture()), usualRoles);
  });

  it('a button in their title goes on; what was applied is read back and said', async () => {
    const { window } = eve();
    await pressTitleButton(window);
    await window.modalText('Apply these roles to');
    await window.pressModal('Apply');
    const notification = await window.notification(
      /dev-team applied to ent\.example\.test, read back \d\d:\d\d\./,
    );
    assert.deepEqual(await notification.buttons(), ['Undo…']);
    assert.deepEqual(requestableRoles(fixture()), [...usualRoles, 'node-admin']);
    await takeScreenshot(window, '202-applied');
  });

  it('applied again there is nothing to send', async () => {
    const { window } = eve();
    await startApply(window, 'dev-team.yaml');
    await window.notification(
      'Nothing to apply: ent.example.test holds these roles as they are in the files.',
    );
  });

  it('Undo shows the way back, asks, and puts the former version back; the file stays', async () => {
    const { window, person } = eve();
    await window.runCommand('JIT Access: Undo Apply…');
    await window.input.step('Undo Apply');
    await takeScreenshot(window, '203-undo-pick');
    await window.input.pick('dev-team');
    const dialogText = await window.modalText('Undo this Apply on');
    assert.match(dialogText, /allow\.request\.roles: − “node-admin”/);
    assert.match(dialogText, /The files in the workspace stay as they are\./);
    await takeScreenshot(window, '204-undo-modal');
    await window.pressModal('Undo');
    await window.notification('Undone on ent.example.test: dev-team put back.');
    assert.deepEqual(requestableRoles(fixture()), usualRoles);
    assert.equal(
      await readFile(manifestPath(person, 'dev-team'), 'utf8'),
      devTeam([...usualRoles, 'node-admin']),
    );
    await window.runCommand('JIT Access: Undo Apply…');
    await window.notification('Nothing to undo');
  });

  it('a file that changes while it is asked is not applied', async () => {
    const { window, person } = eve();
    await askToApply(window, 'dev-team.yaml');
    await writeManifest(person, 'dev-team', devTeam(['editor']));
    await window.pressModal('Apply');
    const notification = await window.notification(
      'dev-team.yaml has changed since you were asked. Nothing was sent',
    );
    assert.deepEqual(requestableRoles(fixture()), usualRoles);
    await notification.press('Look Again');
    assert.match(await window.modalText('Apply these roles to'), /\+ “editor”/);
    await window.press('Escape');
    await writeManifest(person, 'dev-team', devTeam([...usualRoles, 'node-admin']));
  });

  it('what somebody changed on the cluster since is not overwritten: both halves are shown', async () => {
    const { window, person } = eve();
    const file = join(person.folder, 'theirs.yaml');
    await writeFile(file, devTeam(['kube-admin']));
    await tctl(fixture(), 'eve', 'create', '-f', file);
    await waitForLists();
    await startApply(window, 'dev-team.yaml');
    const notification = await window.notification(
      'dev-team was changed on ent.example.test after you fetched or applied it.',
    );
    assert.deepEqual(await notification.buttons(), [
      'What They Changed',
      'Theirs and Yours',
      "Overwrite the Server's…",
    ]);
    await notification.press('What They Changed');
    await window.editorTab('dev-team: fetched and server').waitFor();
    await (await window.notification('dev-team was changed')).press('Theirs and Yours');
    await window.editorTab('dev-team: server and yours').waitFor();
    await window.page.locator('.editor.modified').getByText('prod-dba').first().waitFor();
    await takeScreenshot(window, '205-stale');
    await (await window.notification('dev-team was changed')).press("Overwrite the Server's…");
    const dialogText = await window.modalText('Apply these roles to');
    assert.match(dialogText, /This takes away what was changed on the cluster since, in dev-team:/);
    assert.match(dialogText, /\+ “prod-dba”, \+ “two-eyes”, \+ “node-admin”/);
    await takeScreenshot(window, '2051-overwrite');
    await window.pressModal('Apply');
    await (await window.notification('dev-team applied')).press('Undo…');
    await window.modalText('Undo this Apply on');
    await window.pressModal('Undo');
    await window.notification('Undone');
    assert.deepEqual(requestableRoles(fixture()), ['kube-admin']);
  });

  it('of several files what is not saved counts, and the first that is refused stops the rest', async () => {
    const { window, person } = eve();
    await writeManifest(person, 'pager', pager);
    await writeManifest(person, 'dev-team', devTeam([...usualRoles, 'pager'], '  deny: {}\n'));
    await appendUnsaved(window, 'dev-team.yaml', '    max_sessions: 3\n');
    setEdition('community');
    await window.runCommand(command);
    await window.input.step('Apply Roles');
    await window.input.shows('not saved yet; what stands in the editor counts');
    // The file of the active editor is ticked already.
    await window.input.pick('pager.yaml');
    await takeScreenshot(window, '206-choice');
    await window.input.accept();
    const dialogText = await window.modalText('Apply these roles to');
    assert.ok(dialogText.indexOf('pager: a new role') < dialogText.indexOf('dev-team: changed'));
    assert.match(dialogText, /options\.max_sessions: \+ 3/);
    await takeScreenshot(window, '207-two-roles');
    await window.pressModal('Read the Differences');
    await takeScreenshot(window, '2071-two-differences');
    await pressTitleButton(window);
    await window.modalText('Apply these roles to');
    await window.pressModal('Apply');
    const notification = await window.notification(
      '1 of 2 roles applied. 1 not applied; the document says why.',
    );
    await window.editorTab('What Became of Apply Roles').waitFor();
    await takeScreenshot(window, '208-outcome');
    await window.notification('This is Teleport Community, which does not have allow.request.thresholds.');
    assert.deepEqual(await notification.buttons(), ['Set Up Roles…', 'Undo…']);
    // The notification disappears. The document keeps its actions.
    await window.page.locator('.codelens-decoration').getByText('Set Up Roles…').waitFor();
    setEdition('enterprise');
    await clearNotifications(window);
    assert.match(await askToApply(window, 'pager.yaml', 'dev-team.yaml'), /pager: as it is already/);
    await window.pressModal('Apply');
    await window.notification(/dev-team applied/);
    assert.deepEqual(requestableRoles(fixture()), [...usualRoles, 'pager']);
    assert.doesNotMatch(await readFile(manifestPath(person, 'dev-team'), 'utf8'), /max_sessions/);
  });

  it('where the line is lost after sending, it is read back and not sent again', async () => {
    const { window, person } = eve();
    await writeManifest(person, 'pager', pager.replace('oncall', 'pager'));
    await askToApply(window, 'pager.yaml');
    setFaults(fixture(), { match: 'create -f', do: 'stop-after', times: 1 });
    await window.pressModal('Apply');
    await window.notification(/pager applied/);
    assert.deepEqual(specOnCluster(fixture(), 'pager')?.allow['logins'], ['pager']);
    setFaults(fixture());
  });

  it('an undo that the cluster refuses says so on a page, from which it is tried again', async () => {
    const { window } = eve();
    await askToUndo(window, 'pager');
    setFaults(fixture(), { match: 'create -f', do: 'refuse', words: 'not today', times: 1 });
    await window.pressModal('Undo');
    await window.notification('Nothing was undone on ent.example.test. Not undone: pager.');
    await window.editorTab('What Became of Undo Apply').waitFor();
    await takeScreenshot(window, '2081-undo-outcome');
    await window.page.locator('.codelens-decoration').getByText('Try Again for the Rest').click();
    await window.modalText('Undo this Apply on');
    await window.pressModal('Undo');
    await window.notification('Undone on ent.example.test: pager put back.');
    setFaults(fixture());
  });

  it('a role that was made is removed, and the same question says so', async () => {
    const { window } = eve();
    const dialogText = await askToUndo(window, 'pager');
    assert.match(dialogText, /pager: removed from the cluster, because this Apply made it/);
    await takeScreenshot(window, '209-remove');
    await window.pressModal('Undo');
    await window.notification('Undone on ent.example.test: pager removed.');
    assert.equal(specOnCluster(fixture(), 'pager'), undefined);
  });

  it('a change that the question cannot show whole is sent from the differences only', async () => {
    const { window, person } = eve();
    const labels = Array.from({ length: 60 }, (_, index) => `      team-${String(index)}: [x]\n`).join('');
    const text = pager.replace(
      '  options:',
      `    node_labels:\n${labels}    kubernetes_groups: ["system:masters"]\n  options:`,
    );
    await writeManifest(person, 'pager', text);
    const dialogText = await askToApply(window, 'pager.yaml');
    assert.match(dialogText, /pager: a new role\s+allow\.kubernetes_groups: \+ “system:masters”/);
    assert.match(dialogText, /This is not all, so nothing can be sent from here/);
    assert.equal(await window.modalButton('Apply').count(), 0);
    await takeScreenshot(window, '210-not-whole');
    await window.pressModal('Read the Differences');
    await window.notification('Nothing was sent. Read the differences, then press Apply in their title.');
    assert.equal(specOnCluster(fixture(), 'pager'), undefined);
    await pressTitleButton(window);
    await window.modalText('as the differences show?');
    await takeScreenshot(window, '211-after-reading');
    await window.pressModal('Apply');
    await window.notification(/pager applied/);
    assert.deepEqual(specOnCluster(fixture(), 'pager')?.allow['kubernetes_groups'], ['system:masters']);
  });
});
