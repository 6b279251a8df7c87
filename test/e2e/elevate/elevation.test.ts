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
import { useE2eFixture } from '../../support/e2e/stage.ts';
import type { Workbench } from '../../support/e2e/workbench.ts';

describe('An elevation one can trust', () => {
  const world = useE2eFixture({ withoutReviewer: true });
  const mainLogin = (): Readonly<Record<string, string>> => folderDigests(world().demo.homes['alice']!);
  const generation = (): string => {
    const { person } = world().alice;
    return readlinkSync(join(homesFolder(person), privateHomes(person)[0]!, 'current'));
  };

  /** Something elevated whose grant lasts so long, in minutes. */
  async function elevated(window: Workbench, lasts: number): Promise<string> {
    forgetRequests(world());
    await openViews(window);
    await clearNotifications(window);
    const args = [
      '--roles=kube-admin',
      '--reason=INC-7 to be trusted',
      `--max-duration=${lasts}m`,
      '--nowait',
    ];
    const { stdout } = await tsh(world(), 'alice', 'request', 'create', ...args);
    const id = /Request ID:\s+(\S+)/.exec(stdout)?.[1] ?? assert.fail(stdout);
    await decide(world(), id, 'approve');
    const ends = clusterRequests(world()).find((request) => request.id === id)?.expires ?? 0;
    const until = new Date(ends).toLocaleTimeString('en', {
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    await window.runCommand('JIT Access: Refresh');
    // What an earlier test left may still be on the screen.
    await row(window, new RegExp(`ready until ${until}`)).button('Open Elevated Terminal');
    await window.waitForStatus(statusItemId, /kube-admin \d/);
    await window.terminal.prompt();
    return id;
  }

  const row = (window: Workbench, saying: RegExp) => window.view('My Access').row(saying);
  const shellPid = (window: Workbench): Promise<string> =>
    runAndRead(window, 'clear; echo "pid=$$;"', /pid=\d+;/);

  async function dropped(window: Workbench): Promise<void> {
    await row(window, /in use/).button('Drop Access');
    await window.notification('given back here');
    await until('no private home is left', () => privateHomes(world().alice.person).length === 0);
  }

  it('is renewed in place without an approval while the grant lives; its shell goes on', async () => {
    const { window } = world().alice;
    await elevated(window, 180);
    const [shell, before] = [await shellPid(window), mainLogin()];
    await world().moveClock(minutes(50));
    const told = await window.notification('kube-admin ends at');
    assert.match(
      await told.text(),
      /^kube-admin ends at \d\d:\d\d\. It can be continued without a new approval\.$/,
    );
    await window.waitForStatus(statusItemId, /kube-admin \d+:\d\d/);
    await takeScreenshot(window, '70-before-the-end');
    await told.press('Continue');
    assert.match(
      await (await window.notification('goes on until')).text(),
      /^kube-admin goes on until \d\d:\d\d\.$/,
    );
    // The message waits for nobody: the row is free again at once.
    await row(window, /in use, certificate until/).waitUntilShown();
    await window.waitForStatus(statusItemId, /kube-admin (59 min|1 h)/);
    assert.equal(await shellPid(window), shell);
    await runAndRead(window, 'clear; tsh status | grep -E "Roles|Valid"', /valid for (1h0m|59m)/);
    assert.equal(generation(), 'gen-2');
    assert.deepEqual(mainLogin(), before);
    await takeScreenshot(window, '71-renewed');
  });

  it('at its very end it is said once more, then it is over', async () => {
    const { window } = world().alice;
    await clearNotifications(window);
    await world().moveClock(minutes(59.5));
    const last = await window.notification('ends in a minute');
    assert.equal(await last.text(), 'kube-admin ends in a minute; what runs in its terminal is ended then.');
    await takeScreenshot(window, '72-last-minute');
    await world().moveClock(minutes(1));
    await window.notification('The time of kube-admin is over');
    await until('no private home is left', () => privateHomes(world().alice.person).length === 0);
  });

  it('is continued by a successor, which takes over in the open terminal when it is approved', async () => {
    const { window } = world().alice;
    await elevated(window, 60);
    const shell = await shellPid(window);
    await world().moveClock(minutes(30));
    await row(window, /in use/).button('Continue Access');
    await window.input.step('Continue kube-admin');
    assert.match(await window.input.value(), /^INC-7 to be trusted \(continues [0-9a-f-]{36}\)$/);
    await takeScreenshot(window, '73-successor-asked');
    await window.input.accept();
    await window.notification('Request for kube-admin sent');
    await row(window, /successor 0 of 1/).waitUntilShown();
    await window.waitForStatus(statusItemId, /kube-admin .* · successor 0 of 1/);
    assert.equal(await window.notifications(/Nobody decided/).count(), 0);
    await takeScreenshot(window, '74-successor-waits');
    const next = clusterRequests(world()).at(-1)?.id ?? '';
    await clearNotifications(window);
    await decide(world(), next, 'approve');
    const said = await window.notification('goes on until');
    assert.match(await said.text(), /^kube-admin goes on until \d\d:\d\d, approved by rita\.$/);
    assert.equal(await window.notifications(/approved by rita, until/).count(), 0);
    assert.equal(await shellPid(window), shell);
    await window.waitForStatus(statusItemId, /kube-admin (59 min|1 h)/);
    await takeScreenshot(window, '75-taken-over');
  });

  it('a successor that is denied leaves the time that is left, and says so', async () => {
    const { window } = world().alice;
    await clearNotifications(window);
    await row(window, /in use/).button('Continue Access');
    await window.input.step('Continue kube-admin');
    await window.input.accept();
    await row(window, /successor 0 of 1/).waitUntilShown();
    await decide(world(), clusterRequests(world()).at(-1)?.id ?? '', 'deny');
    const said = await window.notification('Continuing kube-admin was denied');
    assert.match(
      await said.text(),
      /^Continuing kube-admin was denied by rita; what runs now ends at \d\d:\d\d\.$/,
    );
    await row(window, /in use .* successor denied/).waitUntilShown();
    await takeScreenshot(window, '76-successor-denied');
    await dropped(window);
  });

  it('locked while the terminal is open: said, given back, and the main login goes on', async () => {
    const { window } = world().alice;
    const id = await elevated(window, 120);
    const before = mainLogin();
    await tctl(world(), 'eve', 'lock', `--access-request=${id}`, '--message=INC-9 stop now', '--ttl=2h');
    await world().moveClock(31_000);
    const said = await window.notification('was locked on the cluster');
    assert.match(
      await said.text(),
      /^kube-admin was locked on the cluster; your main login is not affected: given back here \d\d:\d\d\.$/,
    );
    await window.terminal.tab('kube-admin').waitFor({ state: 'detached' });
    await until('no private home is left', () => privateHomes(world().alice.person).length === 0);
    assert.deepEqual(mainLogin(), before);
    await row(window, /^Ended/).locator.click();
    await row(window, /locked \d\d:\d\d · .*INC-9 stop now/).waitUntilShown();
    await takeScreenshot(window, '77-locked');
  });

  it('withdrawn on the cluster: said, running access goes on, and nothing continues it', async () => {
    const { window } = world().alice;
    const id = await elevated(window, 180);
    withdrawApproval(world(), id);
    await world().moveClock(31_000);
    const said = await window.notification('was withdrawn');
    assert.match(
      await said.text(),
      /^The approval of kube-admin was withdrawn; running access continues until \d\d:\d\d\.$/,
    );
    await row(window, /withdrawn · in use/).waitUntilShown();
    await takeScreenshot(window, '78-withdrawn');
    await dropped(window);
  });

  it('a sign-out in a plain terminal gives back what is elevated here, and says so', async () => {
    const { window } = world().alice;
    await elevated(window, 60);
    await tsh(world(), 'alice', 'logout');
    const said = await window.notification('was signed out');
    assert.match(
      await said.text(),
      /^The login behind kube-admin was signed out, or is another person now: given back here/,
    );
    await until('no private home is left', () => privateHomes(world().alice.person).length === 0);
    await takeScreenshot(window, '79-signed-out');
  });
});
