import assert from 'node:assert/strict';
import {
  createApprovedRequest,
  clearNotifications,
  decide,
  statusItemId,
  openViews,
  sendRequest,
  clusterRequests,
  tsh,
  until,
} from '../../support/e2e/course.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';
import type { Workbench } from '../../support/e2e/workbench.ts';

describe('Two windows of one person', () => {
  const fixture = useE2eFixture({ withoutReviewer: true });
  let first: Workbench;
  let second: Workbench;

  before('alice opens another window', async () => {
    first = fixture().alice.window;
    second = await fixture().alice.openWindow();
  });

  /** Simulates that a window gets or loses the focus, because in a test every page has it. */
  const setFocus = (window: Workbench, focused: boolean): Promise<unknown> =>
    window.page.evaluate(
      `document.hasFocus = () => ${String(focused)}; window.dispatchEvent(new Event('${focused ? 'focus' : 'blur'}'));`,
    );

  /** Waits until the cluster has a request that nobody has decided. @returns its id */
  async function pendingRequest(): Promise<string> {
    const find = () => clusterRequests(fixture()).find(({ state }) => state === 1)?.id;
    await until('the cluster has it', () => find() !== undefined);
    return find() ?? '';
  }

  it('an elevation made in a plain terminal is seen in both, with no view open', async () => {
    for (const window of [first, second]) await window.status(statusItemId).waitFor();
    const id = await createApprovedRequest(fixture());
    const login = await tsh(fixture(), 'alice', 'login', `--request-id=${id}`);
    assert.equal(login.exitCode, 0, login.stderr);
    const start = performance.now();
    await Promise.all(
      [first, second].map((window) => window.waitForStatus(statusItemId, /kube-admin (\d+ min|1 h)/)),
    );
    console.log(`        seen in both after ${Math.round(performance.now() - start)} ms`);
    await takeScreenshot(second, '70-from-elsewhere');
  });

  it('dropped in one window it is gone in the other at once', async () => {
    await Promise.all([first, second].map(openViews));
    await first.accessRow(/main login until/).waitUntilShown();
    await second.accessRow(/main login until/).button('Drop Access');
    await second.notification('given back here');
    await Promise.all(
      [first, second].map((window) => window.accessRow(/ready until|usable again/).waitUntilShown()),
    );
    await takeScreenshot(first, '71-dropped-in-the-other');
    const { stdout } = await tsh(fixture(), 'alice', 'status');
    assert.doesNotMatch(stdout, /kube-admin/);
  });

  it('a decision is told once, in the window that has the focus', async () => {
    await Promise.all([first, second].map(clearNotifications));
    await sendRequest(first, 'INC-7 told where the person is');
    await first.notification('sent');
    await clearNotifications(first);
    await setFocus(first, false);
    await second.accessRow(/0 of 1/).waitUntilShown();
    await decide(fixture(), await pendingRequest(), 'approve');
    const start = performance.now();
    await second.notification('approved by rita');
    console.log(`        told after ${Math.round(performance.now() - start)} ms`);
    await Promise.all([first, second].map((window) => window.accessRow(/0 of 1/).waitUntilGone()));
    assert.equal(await first.notifications(/approved/).count(), 0);
    await takeScreenshot(second, '72-told-here');
    await takeScreenshot(first, '73-not-told-here');
  });

  it('told once, a reload does not tell it again', async () => {
    await clearNotifications(second);
    await second.reload();
    await openViews(second);
    await second.accessRow(/ready until/).waitUntilShown();
    assert.equal(await second.notifications(/approved/).count(), 0);
    assert.equal(await first.notifications(/approved/).count(), 0);
  });

  it('when one window is closed, whichever led, the other goes on', async () => {
    await setFocus(first, true);
    await sendRequest(first, 'INC-8 the other goes on');
    await first.notification('sent');
    await first.close();
    fixture().alice.window = second;
    await decide(fixture(), await pendingRequest(), 'deny', 'rita', 'not now');
    await second.notification('denied by rita');
    await takeScreenshot(second, '74-goes-on');
  });
});
