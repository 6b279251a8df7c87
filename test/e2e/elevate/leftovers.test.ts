import assert from 'node:assert/strict';
import { execa } from 'execa';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createApprovedRequest,
  clearNotifications,
  elevate,
  statusItemId,
  minutes,
  openViews,
  privateHomes,
  runAndRead,
  faultsAreUsed,
  setFaults,
  tsh,
  until,
} from '../../support/e2e/course.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';
import type { Workbench } from '../../support/e2e/workbench.ts';

describe('Nothing stays elevated unnoticed', () => {
  const fixture = useE2eFixture({ withoutReviewer: true });

  /** Returns whether a program runs whose command line matches. */
  const isRunning = async (pattern: string): Promise<boolean> =>
    (await execa('pgrep', ['-f', pattern], { reject: false })).exitCode === 0;

  /** Returns the pids of the windows that own a private home, as the extension recorded them. */
  function owners(): readonly number[] {
    const { userData } = fixture().alice.person;
    const folder = join(userData, 'User', 'globalStorage', 'jit-access.jit-access', 'homes');
    const records = readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>);
    return records
      .filter(({ state }) => state !== 'removed')
      .map(({ window }) => (window as { pid: number }).pid);
  }

  /** Asserts that nothing is elevated: on the disk, in the status bar or in the main login. */
  async function assertNothingLeft(window: Workbench): Promise<void> {
    const { person } = fixture().alice;
    await until('no private home is left', () => privateHomes(person).length === 0);
    await until('no tsh is still at it', async () => !(await isRunning(`${fixture().demo.dir}.*request-id`)));
    assert.deepEqual(privateHomes(person), []);
    await window
      .status(statusItemId)
      .filter({ hasNotText: /kube-admin (\d|being)/ })
      .waitFor();
    const { stdout } = await tsh(fixture(), 'alice', 'status');
    assert.doesNotMatch(stdout, /kube-admin/);
  }

  const usableRow = /kube-admin.*(ready|usable again)/;

  /** Provides an approved request that is not in use: an existing one, otherwise a new one. */
  async function prepareUsableRequest(window: Workbench): Promise<void> {
    setFaults(fixture());
    await openViews(window);
    await clearNotifications(window);
    const row = window.accessRow(usableRow);
    if (await row.locator.isVisible()) return;
    await createApprovedRequest(fixture());
    await window.runCommand('JIT Access: Refresh');
    await row.waitUntilShown();
  }

  it('a reload keeps the running shell, and its access', async () => {
    const { window } = fixture().alice;
    await prepareUsableRequest(window);
    await elevate(window);
    const before = await runAndRead(window, 'clear; cd /tmp; echo "pid=$$;"', /pid=\d+;/);
    const [owner] = owners();
    await window.terminalLayout.waitForTerminals(1);
    await window.reload();
    await openViews(window);
    await window.waitForStatus(statusItemId, /kube-admin (\d+ min|1 h)/);
    await window.runCommand('Terminal: Focus on Terminal View');
    await window.terminal.prompt();
    assert.equal(await runAndRead(window, 'clear; echo "pid=$$;"', /pid=\d+;/), before);
    await until('the new window looks after it', () => owners().length === 1 && owners()[0] !== owner);
    await window.accessRow(/in use until/).waitUntilShown();
    await runAndRead(window, 'clear; tsh status | grep Roles', /Roles:.*kube-admin/);
    await takeScreenshot(window, '60-reloaded');
  });

  it('programs that still run are named, and kept when somebody wants that', async () => {
    const { window } = fixture().alice;
    await window.terminal.run('clear; sleep 54321 & nohup sleep 54322 >/dev/null 2>&1 &');
    await until('they run', () => isRunning('^sleep 54322'));
    await window.terminal.run('exit');
    await window.input.shows(/Still running with this access: sleep/);
    await takeScreenshot(window, '61-still-running');
    await window.input.pick('Keep Access');
    await window.accessRow(/in use until/).waitUntilShown();
    assert.ok(await isRunning('^sleep 54322'));
  });

  it('they are ended when it is given back', async () => {
    const { window } = fixture().alice;
    await window.accessRow(/in use until/).button('Drop Access');
    await window.input.shows(/Still running with this access: sleep/);
    await window.input.pick('End and Give Back');
    await window.notification('given back here');
    assert.equal(await isRunning('^sleep 5432'), false);
    await assertNothingLeft(window);
  });

  it('ending the shell gives back', async () => {
    const { window } = fixture().alice;
    await clearNotifications(window);
    await elevate(window);
    await window.terminal.run('exit');
    await window.notification('given back here');
    await assertNothingLeft(window);
  });

  it('closing the terminal gives back', async () => {
    const { window } = fixture().alice;
    await clearNotifications(window);
    await elevate(window);
    await window.runCommand('Terminal: Kill the Active Terminal Instance');
    await window.notification('given back here');
    await assertNothingLeft(window);
  });

  it('the end comes by itself', async () => {
    const { window } = fixture().alice;
    await clearNotifications(window);
    await elevate(window);
    await fixture().moveClock(minutes(61));
    const notification = await window.notification('The time of kube-admin is over');
    assert.match(await notification.text(), /^The time of kube-admin is over: given back here \d\d:\d\d\.$/);
    await window.terminal.tab('kube-admin').waitFor({ state: 'detached' });
    await takeScreenshot(window, '62-over');
    await assertNothingLeft(window);
  });

  it('a window reloaded while a request is assumed leaves nothing', async () => {
    const { window } = fixture().alice;
    await prepareUsableRequest(window);
    setFaults(fixture(), { match: 'login', do: 'slow', ms: 2500, times: 1 });
    await window.accessRow(usableRow).button('Open Elevated Terminal');
    await window.accessRow(/being assumed/).waitUntilShown();
    await takeScreenshot(window, '63-being-assumed');
    await window.reload();
    await openViews(window);
    await window.accessRow(usableRow).waitUntilShown();
    await assertNothingLeft(window);
  });

  it('a window reloaded while access is given back leaves nothing', async () => {
    const { window } = fixture().alice;
    await prepareUsableRequest(window);
    await elevate(window);
    setFaults(fixture(), { match: 'request drop', do: 'slow', ms: 2500, times: 1 });
    await window.accessRow(/in use until/).button('Drop Access');
    await window.accessRow(/being given back/).waitUntilShown();
    await until('tsh drops it', () => faultsAreUsed(fixture()));
    await window.reload();
    await openViews(window);
    await window.accessRow(usableRow).waitUntilShown();
    await assertNothingLeft(window);
  });

  it('what a killed server left is given back at the next start, and that is said', async () => {
    const { alice } = fixture();
    await prepareUsableRequest(alice.window);
    await elevate(alice.window);
    alice.server.kill('SIGKILL');
    await alice.window.close();
    const window = await alice.restart();
    const notification = await window.notification('left elevated');
    assert.match(
      await notification.text(),
      /^kube-admin was left elevated by a window that closed: given back here \d\d:\d\d · connections/,
    );
    await takeScreenshot(window, '64-left');
    await assertNothingLeft(window);
  });
});
