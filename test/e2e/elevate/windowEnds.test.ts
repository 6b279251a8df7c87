import assert from 'node:assert/strict';
import { execa } from 'execa';
import { launchChromium } from '../../../scripts/hosts/chromium.ts';
import {
  createApprovedRequest,
  folderDigests,
  clearNotifications,
  elevate,
  statusItemId,
  openViews,
  privateHomes,
  runAndRead,
  clusterRequests,
  setFaults,
  until,
} from '../../support/e2e/course.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import type { ViewRow } from '../../support/e2e/view.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';
import { openWorkbench, type Workbench } from '../../support/e2e/workbench.ts';

/**
 * The time that a private home outlives its window in these tests, in ms. It is long enough for a window that
 * is elevated and busy, and no test here reloads one.
 */
const grace = 10_000;

describe('However a window ends, nothing stays elevated', () => {
  const fixture = useE2eFixture({
    withoutReviewer: true,
    prepare: (person) => ({ ...person, env: { ...person.env, JIT_ACCESS_GRACE: String(grace) } }),
  });
  const mainLoginDigests = (): Readonly<Record<string, string>> =>
    folderDigests(fixture().demo.homes['alice']!);

  /** Shows the row of an approved request that is not in use: of an existing one, otherwise of a new one. */
  async function showUsableRow(window: Workbench): Promise<ViewRow> {
    await openViews(window);
    await clearNotifications(window);
    if (clusterRequests(fixture()).length === 0) await createApprovedRequest(fixture());
    await window.runCommand('JIT Access: Refresh');
    return window.accessRow(/kube-admin.*(ready|usable again)/).waitUntilShown();
  }

  /** Elevates in the window and starts a program in the shell. @returns the pid of the shell */
  async function elevateWithProgram(window: Workbench): Promise<string> {
    await showUsableRow(window);
    await elevate(window);
    const output = await runAndRead(window, 'clear; sleep 60123 & echo "pid=$$;"', /pid=\d+;/);
    return /\d+/.exec(output)?.[0] ?? '';
  }

  const isRunning = async (pattern: string): Promise<boolean> =>
    (await execa('pgrep', ['-f', pattern], { reject: false })).exitCode === 0;

  /** Asserts that no private home, shell or program is left and that the main login is unchanged. */
  async function assertNothingLeft(shell: string, before: Readonly<Record<string, string>>): Promise<void> {
    await until('no private home is left', () => privateHomes(fixture().alice.person).length === 0);
    assert.deepEqual(mainLoginDigests(), before);
    assert.equal(await isRunning('^sleep 60123'), false, 'its program runs still');
    await assert.rejects(execa('kill', ['-0', shell]), 'its shell runs still');
  }

  /** Waits until the window says that the access was dropped, and until its status bar shows no access. */
  async function waitForReport(window: Workbench): Promise<void> {
    const notification = await window.notification('left elevated');
    assert.match(
      await notification.text(),
      /^kube-admin was left elevated by a window that closed: given back here \d\d:\d\d/,
    );
    await window
      .status(statusItemId)
      .filter({ hasNotText: /kube-admin \d/ })
      .waitFor();
  }

  it('its page closed: given back by the watchdog, and said by the next window', async () => {
    const { alice } = fixture();
    const shell = await elevateWithProgram(alice.window);
    const before = mainLoginDigests();
    await alice.window.close();
    await assertNothingLeft(shell, before);
    await waitForReport(await alice.openWindow());
    await takeScreenshot(alice.window, '80-page-closed');
  });

  it('its page closed while tsh hangs: nothing is left after the next start', async () => {
    const { alice } = fixture();
    const row = await showUsableRow(alice.window);
    setFaults(fixture(), { match: 'login', do: 'hang', times: 1 });
    await row.button('Open Elevated Terminal');
    await alice.window.accessRow(/being assumed/).waitUntilShown();
    await alice.window.close();
    await showUsableRow(await alice.openWindow());
    await until('no private home is left', () => privateHomes(alice.person).length === 0);
    await until('no tsh is still at it', async () => !(await isRunning(`${fixture().demo.dir}.*request-id`)));
  });

  it('its browser killed: given back although its host lives on for hours, and said in another window', async () => {
    const { alice } = fixture();
    // A separate browser, because all windows of a browser end when it is killed.
    const browser = await launchChromium();
    const window = await openWorkbench(browser, alice.server);
    const shell = await elevateWithProgram(window);
    const before = mainLoginDigests();
    const session = await browser.newBrowserCDPSession();
    const disconnected = new Promise((resolve) => browser.once('disconnected', resolve));
    void session.send('Browser.crash').catch(() => undefined);
    await disconnected;
    await assertNothingLeft(shell, before);
    await waitForReport(alice.window);
  });

  it('its server killed: given back by the watchdog, and said at the next start', async () => {
    const { alice } = fixture();
    const shell = await elevateWithProgram(alice.window);
    const before = mainLoginDigests();
    alice.server.kill('SIGKILL');
    await alice.server.ended;
    await assertNothingLeft(shell, before);
    await alice.window.close();
    await waitForReport(await alice.restart());
  });
});
