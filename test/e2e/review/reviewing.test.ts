import assert from 'node:assert/strict';
import { changeState } from '../../../demo/server/serverState.ts';
import {
  createRequest,
  clearNotifications,
  decide,
  forgetRequests,
  openViews,
  clusterRequests,
  minutes,
  tsh,
  until,
} from '../../support/e2e/course.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';
import type { Workbench } from '../../support/e2e/workbench.ts';

/** Starts an approval from a row and waits for the question that confirms it. */
async function openApproval(window: Workbench, row: RegExp): Promise<void> {
  await window.reviewRow(row).button('Approve…');
  await window.input.pick('No reason');
  await window.modalText();
}

/**
 * Waits until a row is the only row of To Review. Rows of earlier requests are drawn until then, and a row that
 * is pressed while the view is drawn anew passes nothing to its command, which then asks which request is meant.
 */
async function waitUntilOnlyRow(window: Workbench, row: RegExp): Promise<void> {
  await window.reviewRow(row).waitUntilShown();
  await until('it is the only row', async () => (await window.view('To Review').rows()).length === 1);
}

describe('Only what was read just now is decided', () => {
  const fixture = useE2eFixture({ people: ['rita'], withoutReviewer: true });

  /** Replaces all requests with a new one of alice's and waits until rita's window shows it. */
  async function showNewRequest(
    reason: string,
    whole = reason,
  ): Promise<{ window: Workbench; id: string; row: RegExp }> {
    forgetRequests(fixture());
    const { window } = fixture().rita;
    await openViews(window);
    await clearNotifications(window);
    const id = await createRequest(fixture(), { reason: whole });
    const row = new RegExp(`alice: kube-admin.*${reason}`);
    await window.runCommand('JIT Access: Refresh');
    await waitUntilOnlyRow(window, row);
    return { window, id, row };
  }

  it('a request that a colleague decided in the meantime: it says who was faster', async () => {
    const { window, id, row } = await showNewRequest('INC-1 omar is faster');
    await window.reviewRow(row).button('Approve…');
    await window.input.row('No reason').waitFor();
    await decide(fixture(), id, 'approve', 'omar');
    await window.input.pick('No reason');
    const notification = await window.notification('Already approved');
    assert.match(
      await notification.text(),
      /^Already approved by omar, (just now|1 min\. ago)\. Nothing was sent\.$/,
    );
    await takeScreenshot(window, '40-already');
    await window.reviewRow(row).waitUntilGone();
    assert.deepEqual(
      clusterRequests(fixture()).flatMap(({ reviews }) => reviews.map(({ author }) => author)),
      ['omar'],
    );
  });

  it('the same while the question is open', async () => {
    const { window, id, row } = await showNewRequest('INC-2 faster while asked');
    await openApproval(window, row);
    await decide(fixture(), id, 'deny', 'omar');
    await window.pressModal('Approve');
    await window.notification(/Already denied by omar/);
    assert.equal(clusterRequests(fixture())[0]?.reviews.length, 1);
  });

  it('a request whose reason changed under the question is not decided', async () => {
    const { window, id, row } = await showNewRequest('INC-3 harmless');
    await openApproval(window, row);
    changeState(fixture().demo.dir, (state) => {
      for (const stored of state.requests)
        if (stored.now?.id === id) stored.now = { ...stored.now, reason: 'something else', revision: 'r2' };
    });
    await window.pressModal('Approve');
    await window.notification('This request has changed since you looked at it.');
    assert.equal(clusterRequests(fixture())[0]?.reviews.length, 0);
  });

  it('a request that vanished is named as that, and its row goes', async () => {
    const { window, row } = await showNewRequest('INC-4 vanishes');
    await openApproval(window, row);
    forgetRequests(fixture());
    await window.pressModal('Approve');
    await window.notification('This request is no longer there');
    await takeScreenshot(window, '41-vanished');
    await window.reviewRow(row).waitUntilGone();
  });

  it('denying needs words, and they reach the one who asked', async () => {
    const { window, row } = await showNewRequest('INC-5 to be denied');
    await window.reviewRow(row).button('Deny…');
    await window.input.step('Deny');
    await window.input.accept();
    assert.equal(await window.input.row('No reason').count(), 0);
    await window.input.type('not on a Friday');
    await window.input.pick('not on a Friday');
    const dialogText = await window.modalText();
    assert.match(dialogText, /^Deny kube-admin for alice\?/);
    assert.match(dialogText, /Your words: “not on a Friday”/);
    await takeScreenshot(window, '42-deny');
    await window.pressModal('Deny');
    await window.notification('Denied. alice can read your words.');
    assert.deepEqual(
      clusterRequests(fixture()).map(({ resolveReason }) => resolveReason),
      ['not on a Friday'],
    );
  });

  const windowSizes = [
    { width: 1440, height: 900 },
    { width: 1024, height: 768 },
    { width: 1280, height: 720 },
  ];

  for (const [words, length] of [
    ['the shop is down', 300],
    ['the shop is down', 440],
    ['MAMMOTH WORKFLOWS', 200],
    // Two of these words do not fit in one line.
    ['oooooooooooooooooooooooooo', 320],
  ] as const)
    it(`a reason of ${String(length)} characters such as ${words} is seen without scrolling`, async () => {
      const start = `INC-${String(length)} ${words}`;
      const { window, row } = await showNewRequest(start, start.padEnd(length - 7, ` ${words}`) + 'THE END');
      await openApproval(window, row);
      await window.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Approve' }).waitFor();
      assert.match(await window.modalText(), /THE END”$/);
      for (const size of windowSizes) {
        await window.page.setViewportSize(size);
        assert.equal(await window.modalHiddenHeight(), 0, JSON.stringify(size));
      }
      await window.page.setViewportSize(windowSizes[0]!);
      await window.press('Escape');
    });

  it('a reason that does not fit in the question is read on the page, and decided there', async () => {
    const reason = `INC-7 ${'the shop is down '.repeat(200)}THE END`;
    const { window, row } = await showNewRequest('INC-7 the shop', reason);
    await openApproval(window, row);
    const dialog = window.page.locator('.monaco-dialog-box');
    assert.equal(await dialog.getByRole('button', { name: 'Approve' }).count(), 0);
    await takeScreenshot(window, '43-too-long');
    await window.pressModal('Open Request');
    await window.editorTab(/^Request/).waitFor();
    await takeScreenshot(window, '44-decided-on-the-page');
    assert.equal(clusterRequests(fixture())[0]?.reviews.length, 0);
    const notification = await window.notification('Read the whole request of alice');
    await notification.press('Approve');
    await window.notification('Approved. alice can use it now.');
    await window.runCommand('View: Close All Editors');
  });

  it('a request that needs two says how many are missing', async () => {
    const { window } = fixture().rita;
    forgetRequests(fixture());
    await clearNotifications(window);
    await createRequest(fixture(), { as: 'bob', role: 'two-eyes', reason: 'INC-6 needs two' });
    await window.runCommand('JIT Access: Refresh');
    await waitUntilOnlyRow(window, /bob: two-eyes/);
    assert.match(await window.reviewRow(/bob: two-eyes/).text(), /0 of 2/);
    await openApproval(window, /bob: two-eyes/);
    await window.pressModal('Approve');
    const notification = await window.notification('Counted');
    assert.equal(await notification.text(), 'Counted: 1 of 2 approvals. It still waits for others.');
  });

  it('Enter alone never approves: it opens the request', async () => {
    const { window } = await showNewRequest('INC-8 by keyboard only');
    await window.runCommand('JIT Access: Approve…');
    await window.input.chooseFirst();
    await window.input.row('No reason').waitFor();
    await window.press('Enter');
    await window.modalText();
    await window.press('Enter');
    await window.editorTab(/^Request/).waitFor();
    assert.deepEqual(
      clusterRequests(fixture()).map(({ state, reviews }) => ({ state, reviews })),
      [{ state: 1, reviews: [] }],
    );
    await takeScreenshot(window, '20-enter-opens');
  });

  it('Escape in the question decides nothing', async () => {
    const { window } = fixture().rita;
    await window.runCommand('JIT Access: Approve…');
    await window.input.chooseFirst();
    await window.input.row('No reason').waitFor();
    await window.press('Enter');
    await window.modalText();
    await window.press('Escape');
    await window.page.locator('.monaco-dialog-box').waitFor({ state: 'detached' });
    assert.equal(clusterRequests(fixture())[0]?.reviews.length, 0);
  });

  it('with the keyboard only it is approved with Tab and Enter', async () => {
    const { window } = fixture().rita;
    await window.runCommand('JIT Access: Approve…');
    await window.input.chooseFirst();
    await window.input.row('No reason').waitFor();
    await window.page.keyboard.type('go');
    await window.input.focusedRow('go').waitFor();
    await window.press('Enter');
    await window.modalText();
    await window.pressUntilFocused('Tab', /^Approve$/);
    await window.press('Enter');
    await window.notification(/Approved/);
  });

  it('a reviewer with no view open is told who asks, once they were named, and sees nothing twice', async () => {
    const { window } = fixture().rita;
    forgetRequests(fixture());
    await clearNotifications(window);
    const sendRequestToRita = async (reason: string): Promise<void> => {
      const args = ['--roles=kube-admin', `--reason=${reason}`, '--reviewers=rita', '--nowait'];
      assert.equal((await tsh(fixture(), 'alice', 'request', 'create', ...args)).exitCode, 0);
    };
    await sendRequestToRita('INC-9 the first');
    await window.runCommand('JIT Access: Refresh');
    await window.reviewRow(/kube-admin.*INC-9/).waitUntilShown();
    await window.openContainer('Explorer');
    await window.view('To Review').pane.waitFor({ state: 'hidden' });
    await clearNotifications(window);
    await sendRequestToRita('INC-10 [the second](command:workbench.action.quit)');
    await until('lists have it', async () => {
      const { stdout } = await tsh(fixture(), 'rita', 'request', 'ls', '--format=json');
      return stdout.includes('INC-10');
    });
    await fixture().moveClock(minutes(1));
    const notification = await window.notification('asks for kube-admin');
    assert.equal(await notification.text(), 'alice asks for kube-admin.');
    assert.deepEqual(await notification.buttons(), ['Open Request', "Don't Show Again"]);
    await takeScreenshot(window, '75-asked-to-review');
    await notification.press('Open Request');
    await window.editorTab(/^Request /).waitFor();
    await takeScreenshot(window, '76-asked-and-opened');
    assert.equal(await window.notifications(/asks for/).count(), 0);
  });
});
