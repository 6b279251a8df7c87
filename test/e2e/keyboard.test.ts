import assert from 'node:assert/strict';
import { decide, folderDigests, statusItemId, privateHomes, clusterRequests } from '../support/e2e/course.ts';
import { takeScreenshot } from '../support/e2e/pictures.ts';
import { useE2eFixture } from '../support/e2e/useE2eFixture.ts';
import type { Workbench } from '../support/e2e/workbench.ts';

/** Types an answer into a step of a dialog and accepts the row that then has the focus. */
async function answer(window: Workbench, step: RegExp, row: string, text = row): Promise<void> {
  await window.input.step(step);
  await window.page.keyboard.type(text);
  await window.input.focusedRow(row).waitFor();
  await window.press('Enter');
}

describe('From page to done, with the keyboard only', () => {
  const fixture = useE2eFixture({ withoutReviewer: true });
  let mainLoginDigests: Readonly<Record<string, string>>;

  it('a request is asked for', async () => {
    const { window } = fixture().alice;
    mainLoginDigests = folderDigests(fixture().demo.homes['alice']!);
    await window.runCommand('JIT Access: Request Access…');
    await answer(window, /what/, 'kube-admin');
    await window.input.step(/why/);
    await window.page.keyboard.type('INC-4711 by keyboard only');
    await window.input.showsMessage(/of 4096 bytes/);
    await window.press('Enter');
    await answer(window, /how long/, '30 min', '30');
    await window.input.step(/who/);
    await window.press('ArrowDown');
    await window.input.focusedRow('rita').waitFor();
    await window.press('Space');
    await window.input.row('rita').locator('.checked, input:checked').first().waitFor({ state: 'attached' });
    await window.press('Enter');
    await window.input.step(/send/);
    await window.press('Enter');
    await window.waitForStatus(statusItemId, /kube-admin 0 of 1/);
    assert.deepEqual(
      clusterRequests(fixture()).map(({ reason, suggestedReviewers }) => ({ reason, suggestedReviewers })),
      [{ reason: 'INC-4711 by keyboard only', suggestedReviewers: ['rita'] }],
    );
  });

  it('the notification is answered', async () => {
    const { window } = fixture().alice;
    await decide(fixture(), clusterRequests(fixture())[0]?.id ?? '', 'approve');
    await window.notification('approved by rita');
    await window.runCommand('Notifications: Focus Notification Toast');
    await window.pressUntilFocused('Tab', /^Open Elevated Terminal$/);
    await takeScreenshot(window, '21-answered-by-keyboard');
    await window.press('Enter');
    await window.waitForStatus(statusItemId, /kube-admin \d+ min/);
  });

  it('the keyboard is in the elevated terminal', async () => {
    const { window } = fixture().alice;
    await window.terminal.prompt();
    assert.match(await window.focused(), /kube-admin/);
    await window.page.keyboard.type('clear; tsh status | grep Roles\n');
    await window.terminal.shows(/Roles:.*kube-admin/);
  });

  it('the status bar leads to what can be done now', async () => {
    const { window } = fixture().alice;
    await window.runCommand('JIT Access: Show Actions');
    await window.input.row('Drop Access').waitFor();
    assert.deepEqual((await window.input.labels()).slice(0, 6), [
      'Open Elevated Terminal',
      'Continue Access',
      'Drop Access',
      'Open Request',
      'Run in Elevated Terminal…',
      'Copy Environment',
    ]);
    await takeScreenshot(window, '22-actions');
    await window.press('Escape');
    await window.input.waitUntilClosed();
  });

  it('a row is reached and pressed', async () => {
    const { window } = fixture().alice;
    await window.runCommand('View: Show JIT Access');
    await window.accessRow(/in use until/).waitUntilShown();
    await window.runCommand('JIT Access: Focus on My Access View');
    await window.view('My Access').pane.locator('.monaco-list:focus').waitFor();
    await window.pressUntilFocused('ArrowDown', /Elevated: kube-admin, in use until/);
    await window.press('Enter');
    await window.editorTab(/^Request/).waitFor();
  });

  it('access is given back', async () => {
    const { window, person } = fixture().alice;
    await window.runCommand('JIT Access: Drop Access');
    // Enter gives back the only elevation: that harms nobody.
    await window.input.focusedRow('kube-admin').waitFor();
    await window.press('Enter');
    await window.notification(/given back here/);
    assert.deepEqual(privateHomes(person), []);
    assert.deepEqual(folderDigests(fixture().demo.homes['alice']!), mainLoginDigests);
  });
});
