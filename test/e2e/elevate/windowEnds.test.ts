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
  until,
} from '../../support/e2e/course.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/stage.ts';
import { openWorkbench, type Workbench } from '../../support/e2e/workbench.ts';

/** How long a private home outlives its window here, in ms: a reload on a busy machine takes a few seconds. */
const grace = 12_000;

describe('However a window ends, nothing stays elevated', () => {
  const world = useE2eFixture({
    withoutReviewer: true,
    prepare: (person) => ({ ...person, env: { ...person.env, JIT_ACCESS_GRACE: String(grace) } }),
  });
  const mainLogin = (): Readonly<Record<string, string>> => folderDigests(world().demo.homes['alice']!);

  /** Something elevated in this window, with a program in its shell; its shell's process number. */
  async function elevated(window: Workbench): Promise<string> {
    await openViews(window);
    await clearNotifications(window);
    const row = window.view('My Access').row(/kube-admin.*(ready|usable again)/);
    if (!(await row.locator.isVisible())) {
      await createApprovedRequest(world());
      await window.runCommand('JIT Access: Refresh');
      await row.waitUntilShown();
    }
    await elevate(window);
    const said = await runAndRead(window, 'clear; sleep 60123 & echo "pid=$$;"', /pid=\d+;/);
    return /\d+/.exec(said)?.[0] ?? '';
  }

  const runs = async (pattern: string): Promise<boolean> =>
    (await execa('pgrep', ['-f', pattern], { reject: false })).exitCode === 0;

  /** Nothing of it is left: no file, no shell, no program, nothing in the main login. */
  async function nothingLeft(shell: string, before: Readonly<Record<string, string>>): Promise<void> {
    await until('no private home is left', () => privateHomes(world().alice.person).length === 0);
    assert.deepEqual(mainLogin(), before);
    assert.equal(await runs('^sleep 60123'), false, 'its program runs still');
    await assert.rejects(execa('kill', ['-0', shell]), 'its shell runs still');
  }

  /** The next window says what became of it, once. */
  async function isSaid(window: Workbench): Promise<void> {
    const said = await window.notification('left elevated');
    assert.match(
      await said.text(),
      /^kube-admin was left elevated by a window that closed: given back here \d\d:\d\d/,
    );
    await window
      .status(statusItemId)
      .filter({ hasNotText: /kube-admin \d/ })
      .waitFor();
  }

  it('reloaded: the shell goes on, and nothing is given back', async () => {
    const { window } = world().alice;
    const shell = await elevated(window);
    await window.terminalLayout.waitForTerminals(1);
    await window.reload();
    await openViews(window);
    await window.waitForStatus(statusItemId, /kube-admin (\d+ min|1 h)/);
    await window
      .view('My Access')
      .row(/in use until/)
      .button('Drop Access');
    await window.input.pick('End and Give Back');
    await window.notification('given back here');
    await nothingLeft(shell, mainLogin());
  });

  it('its page closed: given back by the watchdog, and said by the next window', async () => {
    const { alice } = world();
    const shell = await elevated(alice.window);
    const before = mainLogin();
    await alice.window.close();
    await nothingLeft(shell, before);
    await isSaid(await alice.openWindow());
    await takeScreenshot(alice.window, '80-page-closed');
  });

  it('its browser killed: given back although its host lives on for hours, and said in another window', async () => {
    const { alice } = world();
    // A browser of its own: killed, it would take the others' windows along.
    const browser = await launchChromium();
    const window = await openWorkbench(browser, alice.server);
    const shell = await elevated(window);
    const before = mainLogin();
    const session = await browser.newBrowserCDPSession();
    const gone = new Promise((resolve) => browser.once('disconnected', resolve));
    void session.send('Browser.crash').catch(() => undefined);
    await gone;
    await nothingLeft(shell, before);
    await isSaid(alice.window);
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`its server ended with ${signal}: given back by the watchdog, and said at the next start`, async () => {
      const { alice } = world();
      const shell = await elevated(alice.window);
      const before = mainLogin();
      alice.server.kill(signal);
      await alice.server.ended;
      await nothingLeft(shell, before);
      await alice.window.close();
      await isSaid(await alice.restart());
    });
  }
});
