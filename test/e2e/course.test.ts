import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  folderDigests,
  clearNotifications,
  homesFolder,
  statusItemId,
  minutes,
  openViews,
  privateHomes,
  clusterRequests,
  runAndRead,
} from '../support/e2e/course.ts';
import { accessibilityFindings, takeScreenshot } from '../support/e2e/pictures.ts';
import { useE2eFixture } from '../support/e2e/useE2eFixture.ts';

const reason = 'INC-4711 debugging production for client XYZ';

describe('From page to done, by mouse', () => {
  const fixture = useE2eFixture();
  let mainLoginDigests: Readonly<Record<string, string>>;

  it('an empty view says that nothing is elevated and offers to ask', async () => {
    const { window } = fixture().alice;
    mainLoginDigests = folderDigests(fixture().demo.homes['alice']!);
    await openViews(window);
    const { welcome } = window.view('My Access');
    await welcome.getByText('Nothing is elevated, and nothing waits.').waitFor();
    await window.view('To Review').welcome.getByText('Nothing waits for your review.').waitFor();
    await takeScreenshot(window, '00-nothing');
    await welcome.getByRole('button', { name: 'Request Access' }).click();
  });

  it('asking takes a role, a reason, a duration, reviewers and one look at the whole', async () => {
    const { window } = fixture().alice;
    const { input } = window;
    await input.step(/what/);
    await input.row('kube-admin').waitFor();
    await takeScreenshot(window, '01-request-what');
    await input.pick('kube-admin');
    await input.step(/why/);
    await input.type('debug');
    await input.showsMessage('5 more characters, please.');
    await input.accept();
    await input.type(reason);
    await input.showsMessage(`${reason.length} of 4096 bytes`);
    await takeScreenshot(window, '02-request-why');
    await input.accept();
    await input.step(/how long/);
    await takeScreenshot(window, '03-request-how-long');
    await input.pick('1 h');
    await input.step(/who/);
    await input.pick('rita');
    await takeScreenshot(window, '04-request-who');
    await input.accept();
    await input.step(/send/);
    await input.row('Send Request').waitFor();
    const summary = await input.widget.innerText();
    for (const part of ['kube-admin for 1 h, counted from now', reason, 'rita'])
      assert.ok(summary.includes(part), `The summary does not say "${part}":\n${summary}`);
    await takeScreenshot(window, 'request');
    await input.pick('Send Request');
  });

  it('what was asked for is a row and in the status bar at once', async () => {
    const { window } = fixture().alice;
    await window.waitForStatus(statusItemId, /^\s*kube-admin 0 of 1/);
    const row = await window.accessRow(/kube-admin/).waitUntilShown();
    assert.match(await row.text(), /^kube-admin 0 of 1, waits until \d\d:\d\d$/);
    assert.match(await row.label(), /^kube-admin, 0 of 1, waits until/);
    await takeScreenshot(window, '05-waiting');
    assert.equal(clusterRequests(fixture()).length, 1);
  });

  it('the reviewer sees who, what, why and how long, and a 1 on the icon', async () => {
    const { window } = fixture().rita;
    await openViews(window);
    const row = await window.reviewRow(/alice: kube-admin/).waitUntilShown();
    assert.match(await row.text(), /^alice: kube-admin 1 h · “INC-4711 debugging .*” · decide by \d\d:\d\d$/);
    const badge = window.page.locator(
      '.activitybar .action-item:has([aria-label^="JIT Access"]) .badge-content',
    );
    await badge.filter({ hasText: /^1$/ }).waitFor();
    await row.hover();
    await takeScreenshot(window, 'review');
  });

  it('approving shows exactly what is decided, and Open Request is what Enter would press', async () => {
    const { window } = fixture().rita;
    const [request] = clusterRequests(fixture());
    await window.reviewRow(/alice/).button('Approve…');
    await window.input.row('No reason').waitFor();
    await takeScreenshot(window, '06-approve-words');
    await window.input.type('go, INC-4711');
    await window.input.pick('go, INC-4711');
    const dialogText = await window.modalText();
    const [head, ...lines] = dialogText.split('\n').filter((line) => line.trim() !== '');
    assert.equal(head, 'Approve kube-admin for alice?');
    assert.deepEqual(
      lines.map((line) => line.replace(/, until .*/, ', until …').replace(/\d\d:\d\d$/, 'hh:mm')),
      [
        'Who: “alice”',
        'What: “kube-admin”',
        'How long: 1 h, until …',
        'Decide by: hh:mm',
        'Look at: first time this person asks for it · what the role contains is not known here',
        'Approvals so far: 0 of 1',
        'Your words: “go, INC-4711”',
        `Request: ${request?.id ?? ''}`,
        'What is approved is the name of a role; an administrator can change what it contains.',
        `Why, in the words of the one who asks: “${reason}”`,
      ],
    );
    assert.match(await window.focused(), /Open Request/);
    await takeScreenshot(window, '07-approve-modal');
    await window.pressModal('Approve');
    const notification = await window.notification(/Approved/);
    assert.equal(await notification.text(), 'Approved. alice can use it now.');
    await window.reviewRow(/alice/).waitUntilGone();
    await takeScreenshot(window, '08-reviewed');
  });

  it('the one who asked is told once, with the terminal as the next step', async () => {
    const { window } = fixture().alice;
    const notification = await window.notification('approved by rita');
    assert.match(await notification.text(), /^kube-admin approved by rita, until \d\d:\d\d\.$/);
    assert.deepEqual(await notification.buttons(), [
      'Open Request',
      'Open Elevated Terminal',
      'Use in Main Login',
    ]);
    await window.waitForStatus(statusItemId, /kube-admin ready/);
    await window.accessRow(/ready until/).waitUntilShown();
    await takeScreenshot(window, 'approved');
    assert.deepEqual(
      privateHomes(fixture().alice.person),
      [],
      'Nothing is assumed before somebody wants it.',
    );
    await notification.press('Open Elevated Terminal');
    await notification.waitUntilGone();
    assert.equal(await window.notifications('approved by rita').count(), 0);
  });

  it('the elevated terminal is elevated, and has a home of its own', async () => {
    const { window, person } = fixture().alice;
    await window.waitForStatus(statusItemId, /kube-admin \d+ min|kube-admin 1 h/);
    await runAndRead(window, 'clear; tsh status | grep Roles', /Roles:.*kube-admin/);
    const home = await runAndRead(window, 'clear; echo "home=$TELEPORT_HOME;"', /home=\/.*;/);
    const kube = await runAndRead(window, 'clear; echo "kube=$KUBECONFIG;"', /kube=\/.*;/);
    const [name] = privateHomes(person);
    const folder = join(homesFolder(person), name ?? '');
    assert.equal(home, `home=${join(folder, 'current')};`);
    assert.equal(kube, `kube=${join(folder, 'kubeconfig')};`);
    for (const path of [folder, join(folder, 'gen-1'), homesFolder(person)])
      assert.equal(statSync(path).mode & 0o777, 0o700, path);
    await window.terminal.run('clear; tsh status');
    await window.terminal.shows(/kube-admin/);
    await clearNotifications(window);
    await takeScreenshot(window, 'elevated');
  });

  it('a terminal beside it is not elevated', async () => {
    const { window } = fixture().alice;
    await window.runCommand('Terminal: Create New Terminal');
    const roles = await runAndRead(window, 'tsh status | grep Roles', /Roles:.*/);
    assert.doesNotMatch(roles, /kube-admin/);
    await takeScreenshot(window, '09-beside');
    await window.terminal.run('exit');
    await window.terminal.shows(/kube-admin/);
  });

  it('the request page says who, why, and when what ends', async () => {
    const { window } = fixture().alice;
    await window.accessRow(/kube-admin/).click();
    await window.editorTab(/^Request [0-9a-f]{4}/).waitFor();
    const page = window.page.locator('.editor-instance .view-lines');
    await page.getByText('Certificate:').waitFor();
    const text = (await page.innerText()).replaceAll('\u00a0', ' ');
    assert.match(text, /State:\s+in use/);
    assert.match(text, /Why:\s+│ INC-4711 debugging/);
    assert.match(text, /approved by rita/);
    assert.doesNotMatch(text, /ends first/, 'certificate and grant end together here');
    await takeScreenshot(window, '10-page');
  });

  it('what is ours can be used with a screen reader', async () => {
    const { window } = fixture().alice;
    const findings = await accessibilityFindings(
      window,
      '.pane-body',
      `.statusbar-item[id$="${statusItemId}"]`,
    );
    assert.deepEqual(findings, []);
    assert.deepEqual(await accessibilityFindings(fixture().rita.window, '.pane-body'), []);
  });

  it('the time left is in the status bar, louder towards the end', async () => {
    const { window } = fixture().alice;
    const bar = window.page.locator(`.statusbar-item[id$="${statusItemId}"]`);
    await fixture().moveClock(minutes(17));
    await window.waitForStatus(statusItemId, /kube-admin 4\d min/);
    assert.doesNotMatch((await bar.getAttribute('class')) ?? '', /warning-kind|error-kind/);
    await fixture().moveClock(minutes(35));
    await window.waitForStatus(statusItemId, /kube-admin [4-8]:\d\d/);
    assert.match((await bar.getAttribute('class')) ?? '', /warning-kind/);
    assert.match(
      (await window.status(statusItemId).getAttribute('aria-label')) ?? '',
      /elevated until \d\d:\d\d/,
    );
    await takeScreenshot(window, '11-last-part');
  });

  it('giving back says exactly what that means and leaves nothing', async () => {
    const { window, person } = fixture().alice;
    await window.accessRow(/kube-admin/).button('Drop Access');
    const notification = await window.notification('given back');
    assert.match(
      await notification.text(),
      /^kube-admin: given back here \d\d:\d\d · connections already open may last until \d\d:\d\d · the approval can be used again until \d\d:\d\d\.$/,
    );
    await window.accessRow(/usable again until/).waitUntilShown();
    await window.terminal.tab('kube-admin').waitFor({ state: 'detached' });
    assert.deepEqual(privateHomes(person), []);
    assert.deepEqual(folderDigests(fixture().demo.homes['alice']!), mainLoginDigests);
    await takeScreenshot(window, 'given-back');
  });

  it('the last minute is red', async () => {
    const { window } = fixture().alice;
    await window.accessRow(/usable again/).button('Open Elevated Terminal');
    // The time left is short, so the status bar shows seconds only in its last third.
    const text = await window.waitForStatus(statusItemId, /kube-admin \d+ min/);
    await fixture().moveClock(minutes(Number(/\d+/.exec(text)?.[0])) - 65_000);
    await window.waitForStatus(statusItemId, /kube-admin 0:\d\d/);
    const bar = window.page.locator(`.statusbar-item[id$="${statusItemId}"]`);
    assert.match((await bar.getAttribute('class')) ?? '', /error-kind/);
    await takeScreenshot(window, '12-last-minute');
  });
});
