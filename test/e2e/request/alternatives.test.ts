import assert from 'node:assert/strict';
import {
  beginRequest,
  clearNotifications,
  decide,
  answerForm,
  continueDraft,
  statusItemId,
  newRequest,
  openViews,
  sendRequest,
  clusterRequests,
} from '../../support/e2e/course.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';

describe('Request Access begins with what exists', () => {
  const fixture = useE2eFixture({ withoutReviewer: true });
  const sentReasons = (): string[] => clusterRequests(fixture()).map(({ reason }) => reason);

  it('with nothing there, it begins with the form', async () => {
    const { window } = fixture().alice;
    await openViews(window);
    await window.runCommand('JIT Access: Request Access…');
    await window.input.step(/: what/);
    await window.press('Escape');
    await window.input.waitUntilClosed();
  });

  it('the last request is three steps away: pick, why, send; how long and who are as they were', async () => {
    const { window } = fixture().alice;
    await newRequest(window);
    await window.input.pick('kube-admin');
    await window.input.step(/why/);
    await window.input.typeAndEnter('INC-1 the first time');
    await window.input.pick('30 min');
    await window.input.step(/who/);
    await window.input.pick('rita');
    await window.input.accept();
    await window.input.pick('Send Request');
    await window.waitForStatus(statusItemId, /0 of 1/);
    await decide(fixture(), clusterRequests(fixture())[0]?.id ?? '', 'deny');
    await window.notification('denied by rita');
    await clearNotifications(window);

    await window.runCommand('JIT Access: Request Access…');
    await window.input.row('Ask for kube-admin again').waitFor();
    assert.deepEqual(await window.input.labels(), ['Ask for kube-admin again', 'New request…']);
    await takeScreenshot(window, 'plan-again');
    await window.input.pick('Ask for kube-admin again');
    await window.input.step(/why/);
    assert.equal(await window.input.value(), 'INC-1 the first time');
    await takeScreenshot(window, 'plan-again-why');
    await window.input.typeAndEnter('INC-2 once more');
    await window.input.step(/send/);
    await takeScreenshot(window, 'plan-again-send');
    await window.input.pick('Send Request');
    await window.waitForStatus(statusItemId, /0 of 1/);
    const last = clusterRequests(fixture()).at(-1);
    assert.deepEqual([last?.reason, last?.suggestedReviewers], ['INC-2 once more', ['rita']]);
    assert.deepEqual(sentReasons(), ['INC-1 the first time', 'INC-2 once more']);
  });

  it('what waits is named with how far it is; choosing it opens its page and offers a nudge', async () => {
    const { window } = fixture().alice;
    await clearNotifications(window);
    await window.runCommand('JIT Access: Request Access…');
    await window.input.row('kube-admin already waits').waitFor();
    assert.deepEqual(await window.input.labels(), ['kube-admin already waits', 'New request…']);
    const row = await window.input.row('kube-admin already waits').innerText();
    assert.match(row, /0 of 1, asked (just now|\d min\. ago)/);
    await takeScreenshot(window, 'plan-waits');
    await window.input.pick('kube-admin already waits');
    await window.editorTab(/^Request/).waitFor();
    const notification = await window.notification('This request already waits: 0 of 1 approvals.');
    await takeScreenshot(window, 'plan-nudge');
    await notification.press('Copy a Nudge');
    await window.notification('A message to your reviewers is on the clipboard.');
    assert.equal(sentReasons().length, 2);
  });

  it('whoever chooses the same role in the form is told, and Back leads to another', async () => {
    const { window } = fixture().alice;
    await clearNotifications(window);
    await newRequest(window);
    await window.input.pick('kube-admin');
    await window.input.step(/already there/);
    assert.deepEqual(await window.input.labels(), [
      'kube-admin already waits',
      'Ask for kube-admin all the same',
    ]);
    await takeScreenshot(window, 'plan-already');
    await window.input.button('Back');
    await window.input.step(/: what/);
    await window.input.pick('prod-dba');
    await window.input.step(/why/);
    await window.input.type('INC-3 begun for prod-dba');
    await window.input.showsMessage(/of 4096 bytes/);
    await window.press('Escape');
    await window.input.waitUntilClosed();
    assert.equal(sentReasons().length, 2);
  });

  it('asking all the same sends a second request; the unfinished one is still there, by name', async () => {
    const { window } = fixture().alice;
    await sendRequest(window, 'INC-4 beside it');
    await window
      .notification('Request for kube-admin sent. It waits until')
      .then((notification) => notification.clear());
    assert.deepEqual(sentReasons().slice(2), ['INC-4 beside it']);
    await window.runCommand('JIT Access: Request Access…');
    await window.input.row('Go on with prod-dba').waitFor();
    await takeScreenshot(window, 'plan-go-on');
    await window.press('Escape');
    await continueDraft(window, 'prod-dba');
    assert.equal(await window.input.value(), 'INC-3 begun for prod-dba');
    await answerForm(window, 'INC-3 begun for prod-dba');
    await window.input.pick('Send Request');
    await window.notification('Request for prod-dba sent').then((notification) => notification.clear());
    await window.runCommand('JIT Access: Request Access…');
    await window.input.row('prod-dba already waits').waitFor();
    assert.ok(!(await window.input.labels()).some((label) => label.startsWith('Go on with')));
    await window.press('Escape');
  });

  it('what was approved while somebody typed is said before a second one is sent', async () => {
    const { window } = fixture().alice;
    await beginRequest(window);
    await answerForm(window, 'INC-5 meanwhile');
    for (const { id, reason } of clusterRequests(fixture()))
      if (/^INC-[24]/.test(reason)) await decide(fixture(), id, 'approve');
    await window.notification('approved by rita');
    await window.waitForStatus(statusItemId, /kube-admin ready/);
    const before = sentReasons();
    await window.input.pick('Send Request');
    await window.input.step(/already there/);
    await takeScreenshot(window, 'plan-meanwhile');
    await window.input.pick('Use kube-admin');
    await window.input.row('In an elevated terminal').waitFor();
    await window.press('Escape');
    assert.deepEqual(sentReasons(), before, 'nothing was sent');
  });

  it('with the keyboard only: what is approved is used from the plan', async () => {
    const { window } = fixture().alice;
    await clearNotifications(window);
    await window.runCommand('JIT Access: Request Access…');
    await window.input.row('Use kube-admin').waitFor();
    // Enter alone takes nothing, here and where it is to be used.
    await window.press('Enter', 'ArrowDown');
    await window.input.focusedRow('Use kube-admin').waitFor();
    assert.match(await window.focused(), /Use kube-admin.*approved, (\d+ min|1 h) left/);
    const labels = await window.input.labels();
    assert.deepEqual(labels.slice(0, 2), ['Use kube-admin', 'prod-dba already waits']);
    await takeScreenshot(window, 'plan');
    await window.press('Enter');
    await window.input.row('In an elevated terminal').waitFor();
    await window.press('Enter', 'ArrowDown');
    await window.input.focusedRow('In an elevated terminal').waitFor();
    await window.press('Enter');
    await window.waitForStatus(statusItemId, /kube-admin \d/);
    await window.terminal.prompt();
  });

  it('what is in use is continued; to ask for the same again is said to be a second one', async () => {
    const { window } = fixture().alice;
    await window.runCommand('JIT Access: Request Access…');
    await window.input.row('Continue kube-admin').waitFor();
    assert.match(
      await window.input.row('Continue kube-admin').innerText(),
      /elevated, ends in (\d+ min|1 h)/,
    );
    await takeScreenshot(window, 'plan-continue');
    await window.page.keyboard.type('New');
    await window.input.focusedRow('New request…').waitFor();
    await window.press('Enter');
    await window.input.step(/: what/);
    await window.page.keyboard.type('kube-admin');
    await window.input.focusedRow('kube-admin').waitFor();
    await window.press('Enter');
    await window.input.step(/already there/);
    await window.input.row('Continue kube-admin').waitFor();
    // Another request for the same role is approved and not in use.
    assert.deepEqual(await window.input.labels(), [
      'Use kube-admin',
      'Continue kube-admin',
      'Ask for kube-admin all the same',
    ]);
    await takeScreenshot(window, 'plan-in-use');
    await window.press('Escape');
    await window.input.waitUntilClosed();
  });
});
