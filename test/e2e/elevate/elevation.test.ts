import assert from 'node:assert/strict';
import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import {
  folderDigests,
  clearNotifications,
  decide,
  forgetRequests,
  homesFolder,
  statusItemId,
  minutes,
  openViews,
  privateHomes,
  clusterRequests,
  runAndRead,
  tctl,
  tsh,
  until,
  withdrawApproval,
} from '../../support/e2e/course.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';
import type { Workbench } from '../../support/e2e/workbench.ts';

describe('An elevation one can trust', () => {
  const fixture = useE2eFixture({ withoutReviewer: true });
  const mainLoginDigests = (): Readonly<Record<string, string>> =>
    folderDigests(fixture().demo.homes['alice']!);
  const currentGeneration = (): string => {
    const { person } = fixture().alice;
    return readlinkSync(join(homesFolder(person), privateHomes(person)[0]!, 'current'));
  };

  /** Elevates with a new request whose grant lasts `grantMinutes`. @returns the id of the request */
  async function elevateFor(window: Workbench, grantMinutes: number): Promise<string> {
    forgetRequests(fixture());
    await openViews(window);
    await clearNotifications(window);
    const args = [
      '--roles=kube-admin',
      '--reason=INC-7 to be trusted',
      `--max-duration=${grantMinutes}m`,
      '--nowait',
    ];
    const { stdout } = await tsh(fixture(), 'alice', 'request', 'create', ...args);
    const id = /Request ID:\s+(\S+)/.exec(stdout)?.[1] ?? assert.fail(stdout);
    await decide(fixture(), id, 'approve');
    const ends = clusterRequests(fixture()).find((request) => request.id === id)?.expires ?? 0;
    const endTime = new Date(ends).toLocaleTimeString('en', {
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    await window.runCommand('JIT Access: Refresh');
    // The row of an earlier test may still be visible.
    await window.accessRow(new RegExp(`ready until ${endTime}`)).button('Open Elevated Terminal');
    await window.waitForStatus(statusItemId, /kube-admin \d/);
    await window.terminal.prompt();
    return id;
  }

  const shellPid = (window: Workbench): Promise<string> =>
    runAndRead(window, 'clear; echo "pid=$$;"', /pid=\d+;/);

  async function dropAccess(window: Workbench): Promise<void> {
    await window.accessRow(/in use/).button('Drop Access');
    await window.notification('given back here');
    await until('no private home is left', () => privateHomes(fixture().alice.person).length === 0);
  }

  it('is renewed in place without an approval while the grant lives; its shell goes on', async () => {
    const { window } = fixture().alice;
    await elevateFor(window, 180);
    const [shell, before] = [await shellPid(window), mainLoginDigests()];
    await fixture().moveClock(minutes(50));
    const notification = await window.notification('kube-admin ends at');
    assert.match(
      await notification.text(),
      /^kube-admin ends at \d\d:\d\d\. It can be continued without a new approval\.$/,
    );
    await window.waitForStatus(statusItemId, /kube-admin \d+:\d\d/);
    await takeScreenshot(window, '70-before-the-end');
    await notification.press('Continue');
    assert.match(
      await (await window.notification('goes on until')).text(),
      /^kube-admin goes on until \d\d:\d\d\.$/,
    );
    // The notification blocks nothing, so the row returns to its normal state at once.
    await window.accessRow(/in use, certificate until/).waitUntilShown();
    await window.waitForStatus(statusItemId, /kube-admin (59 min|1 h)/);
    assert.equal(await shellPid(window), shell);
    await runAndRead(window, 'clear; tsh status | grep -E "Roles|Valid"', /valid for (1h0m|59m)/);
    assert.equal(currentGeneration(), 'gen-2');
    assert.deepEqual(mainLoginDigests(), before);
    await takeScreenshot(window, '71-renewed');
  });

  it('at its very end it is said once more, then it is over', async () => {
    const { window } = fixture().alice;
    await clearNotifications(window);
    await fixture().moveClock(minutes(59.5));
    const notification = await window.notification('ends in a minute');
    assert.equal(
      await notification.text(),
      'kube-admin ends in a minute; what runs in its terminal is ended then.',
    );
    await takeScreenshot(window, '72-last-minute');
    await fixture().moveClock(minutes(1));
    await window.notification('The time of kube-admin is over');
    await until('no private home is left', () => privateHomes(fixture().alice.person).length === 0);
  });

  it('is continued by a successor, which takes over in the open terminal when it is approved', async () => {
    const { window } = fixture().alice;
    await elevateFor(window, 60);
    const shell = await shellPid(window);
    await fixture().moveClock(minutes(30));
    await window.accessRow(/in use/).button('Continue Access');
    await window.input.step('Continue kube-admin');
    assert.match(await window.input.value(), /^INC-7 to be trusted \(continues [0-9a-f-]{36}\)$/);
    await takeScreenshot(window, '73-successor-asked');
    await window.input.accept();
    await window.notification('Request for kube-admin sent');
    await window.accessRow(/successor 0 of 1/).waitUntilShown();
    await window.waitForStatus(statusItemId, /kube-admin .* · successor 0 of 1/);
    assert.equal(await window.notifications(/Nobody decided/).count(), 0);
    await takeScreenshot(window, '74-successor-waits');
    const successorId = clusterRequests(fixture()).at(-1)?.id ?? '';
    await clearNotifications(window);
    await decide(fixture(), successorId, 'approve');
    const notification = await window.notification('goes on until');
    assert.match(await notification.text(), /^kube-admin goes on until \d\d:\d\d, approved by rita\.$/);
    assert.equal(await window.notifications(/approved by rita, until/).count(), 0);
    assert.equal(await shellPid(window), shell);
    await window.waitForStatus(statusItemId, /kube-admin (59 min|1 h)/);
    await takeScreenshot(window, '75-taken-over');
  });

  it('a successor that is denied leaves the time that is left, and says so', async () => {
    const { window } = fixture().alice;
    await clearNotifications(window);
    await window.accessRow(/in use/).button('Continue Access');
    await window.input.step('Continue kube-admin');
    await window.input.accept();
    await window.accessRow(/successor 0 of 1/).waitUntilShown();
    await decide(fixture(), clusterRequests(fixture()).at(-1)?.id ?? '', 'deny');
    const notification = await window.notification('Continuing kube-admin was denied');
    assert.match(
      await notification.text(),
      /^Continuing kube-admin was denied by rita; what runs now ends at \d\d:\d\d\.$/,
    );
    await window.accessRow(/in use .* successor denied/).waitUntilShown();
    await takeScreenshot(window, '76-successor-denied');
    await dropAccess(window);
  });

  it('locked while the terminal is open: said, given back, and the main login goes on', async () => {
    const { window } = fixture().alice;
    const id = await elevateFor(window, 120);
    const before = mainLoginDigests();
    await tctl(fixture(), 'eve', 'lock', `--access-request=${id}`, '--message=INC-9 stop now', '--ttl=2h');
    await fixture().moveClock(31_000);
    const notification = await window.notification('was locked on the cluster');
    assert.match(
      await notification.text(),
      /^kube-admin was locked on the cluster; your main login is not affected: given back here \d\d:\d\d\.$/,
    );
    await window.terminal.tab('kube-admin').waitFor({ state: 'detached' });
    await until('no private home is left', () => privateHomes(fixture().alice.person).length === 0);
    assert.deepEqual(mainLoginDigests(), before);
    await window.accessRow(/^Ended/).locator.click();
    await window.accessRow(/locked \d\d:\d\d · .*INC-9 stop now/).waitUntilShown();
    await takeScreenshot(window, '77-locked');
  });

  it('withdrawn on the cluster: said, running access goes on, and nothing continues it', async () => {
    const { window } = fixture().alice;
    const id = await elevateFor(window, 180);
    withdrawApproval(fixture(), id);
    await fixture().moveClock(31_000);
    const notification = await window.notification('was withdrawn');
    assert.match(
      await notification.text(),
      /^The approval of kube-admin was withdrawn; running access continues until \d\d:\d\d\.$/,
    );
    await window.accessRow(/withdrawn · in use/).waitUntilShown();
    await takeScreenshot(window, '78-withdrawn');
    await dropAccess(window);
  });

  it('a sign-out in a plain terminal gives back what is elevated here, and says so', async () => {
    const { window } = fixture().alice;
    await elevateFor(window, 60);
    await tsh(fixture(), 'alice', 'logout');
    const notification = await window.notification('was signed out');
    assert.match(
      await notification.text(),
      /^The login behind kube-admin was signed out, or is another person now: given back here/,
    );
    await until('no private home is left', () => privateHomes(fixture().alice.person).length === 0);
    await takeScreenshot(window, '79-signed-out');
  });
});
