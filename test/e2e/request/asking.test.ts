import assert from 'node:assert/strict';
import {
  createRequest,
  beginRequest,
  clearNotifications,
  decide,
  answerForm,
  continueDraft,
  statusItemId,
  minutes,
  newRequest,
  openViews,
  sendRequest,
  clusterRequests,
  setFaults,
  typePassword,
} from '../../support/e2e/course.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';

describe('What was typed is never lost, and never sent twice', () => {
  const fixture = useE2eFixture({ withoutReviewer: true });
  const reasons = (): string[] => clusterRequests(fixture()).map(({ reason }) => reason);

  it('Back keeps the reason', async () => {
    const { window } = fixture().alice;
    await openViews(window);
    await beginRequest(window);
    await window.input.type('INC-1 kept by Back');
    await window.input.showsMessage(/of 4096 bytes/);
    await window.input.button('Back');
    await window.input.step(/what/);
    await window.input.pick('prod-dba');
    await window.input.step(/why/);
    assert.equal(await window.input.value(), 'INC-1 kept by Back');
  });

  it('Escape keeps it', async () => {
    const { window } = fixture().alice;
    await window.input.type('INC-2 kept by Escape');
    await window.input.showsMessage(/of 4096 bytes/);
    await window.press('Escape');
    await window.input.waitUntilClosed();
    await continueDraft(window, 'prod-dba');
    assert.equal(await window.input.value(), 'INC-2 kept by Escape');
  });

  it('a reload in the middle keeps it', async () => {
    const { window } = fixture().alice;
    await window.input.type('INC-3 kept by a reload');
    await window.input.showsMessage(/of 4096 bytes/);
    await window.reload();
    await openViews(window);
    await continueDraft(window, 'prod-dba');
    assert.equal(await window.input.value(), 'INC-3 kept by a reload');
    await window.press('Escape');
  });

  it('5,000 bytes are refused before anything is sent, and a leading @ or - goes through as typed', async () => {
    const { window } = fixture().alice;
    await beginRequest(window);
    await window.input.type('é'.repeat(2500));
    await window.input.showsMessage('904 bytes too many: the cluster takes 4,096.');
    await window.input.accept();
    await window.input.step(/why/);
    await window.press('Escape');
    for (const reason of ['@/etc/passwd "quoted" $HOME --roles=x', "-INC-4711 `id` $(id) 'single'"]) {
      await sendRequest(window, reason);
      await window.notification('sent').then((notification) => notification.clear());
    }
    await window.waitForStatus(statusItemId, /0 of 1/);
    assert.deepEqual(reasons(), ['@/etc/passwd "quoted" $HOME --roles=x', "-INC-4711 `id` $(id) 'single'"]);
  });

  it('a role nobody may ask for is named as that, and the form comes back filled in', async () => {
    const { window } = fixture().alice;
    const before = reasons();
    await newRequest(window);
    await window.input.type('no-such-role');
    await window.input.pick('no-such-role');
    await answerForm(window, 'INC-5 a role that is not there');
    await window.input.pick('Send Request');
    const notification = await window.notification('You may not request this role.');
    await takeScreenshot(window, '30-not-requestable');
    await notification.press('Change Request…');
    await window.input.step(/what/);
    await window.input.pick('kube-admin');
    await window.input.pick('Ask for kube-admin all the same');
    await window.input.step(/why/);
    assert.equal(await window.input.value(), 'INC-5 a role that is not there');
    await window.press('Escape');
    assert.deepEqual(reasons(), before);
  });

  it('an offline cluster is named, and Try Again sends the same request', async () => {
    const { window } = fixture().alice;
    await clearNotifications(window);
    setFaults(fixture(), { match: 'request create', do: 'offline', times: 1 });
    await sendRequest(window, 'INC-6 while offline');
    const notification = await window.notification('cannot be reached');
    await takeScreenshot(window, '31-offline');
    await notification.press('Try Again');
    await window.notification('Request for kube-admin sent');
    assert.equal(reasons().filter((reason) => reason === 'INC-6 while offline').length, 1);
    await clearNotifications(window);
  });

  for (const fault of ['stop-after', 'half', 'garbage'] as const) {
    it(`tsh that does "${fault}" while sending: one request is there, once`, async () => {
      const { window } = fixture().alice;
      const reason = `INC-7 tsh did ${fault}`;
      setFaults(fixture(), { match: 'request create', do: fault, times: 1 });
      await sendRequest(window, reason);
      // With this fault tsh sends no request, so the extension finds none and the user sends again.
      if (fault === 'garbage') await (await window.notification(/Try again/)).press('Try Again');
      await window.notification('Request for kube-admin sent');
      assert.equal(reasons().filter((each) => each === reason).length, 1);
      await clearNotifications(window);
    });
  }

  it('a cluster that refuses is quoted, and the form comes back filled in', async () => {
    const { window } = fixture().alice;
    const reason = 'INC-7 refused';
    setFaults(fixture(), { match: 'request create', do: 'fail', times: 1 });
    await sendRequest(window, reason);
    assert.match(await window.modalText(), /Teleport refused.*tsh said: .*internal server error/s);
    await takeScreenshot(window, '32-refused');
    await window.pressModal('Try Again');
    await window.input.step(/what/);
    await window.press('Enter');
    await window.input.pick('Ask for kube-admin all the same');
    await answerForm(window, reason);
    await window.input.pick('Send Request');
    await window.notification('Request for kube-admin sent');
    assert.equal(reasons().filter((each) => each === reason).length, 1);
    await clearNotifications(window);
  });

  it('a reload while a request is sent, which got through: it is waited for, and not asked for again', async () => {
    const { window } = fixture().alice;
    const reason = 'INC-8 got through';
    setFaults(fixture(), { match: 'request create', do: 'hang', times: 1 });
    await sendRequest(window, reason);
    await window.page.locator('.statusbar').getByText('Sending the request…').waitFor();
    await createRequest(fixture(), { reason });
    await window.reload();
    await openViews(window);
    await window.notification('Request for kube-admin sent');
    await beginRequest(window);
    assert.equal(await window.input.value(), '');
    await window.press('Escape');
    assert.equal(reasons().filter((each) => each === reason).length, 1);
    await clearNotifications(window);
  });

  it('a reload while a request is sent, which did not get through: everything typed is still there', async () => {
    const { window } = fixture().alice;
    const reason = 'INC-8 did not get through';
    setFaults(fixture(), { match: 'request create', do: 'hang', times: 1 });
    await sendRequest(window, reason);
    await window.page.locator('.statusbar').getByText('Sending the request…').waitFor();
    await window.reload();
    await openViews(window);
    await continueDraft(window);
    assert.equal(await window.input.value(), reason);
    await window.press('Escape');
    assert.equal(reasons().filter((each) => each === reason).length, 0);
  });

  it('a denial is told once, with its words on the page, and Ask Again starts from the same words', async () => {
    const { window } = fixture().alice;
    await sendRequest(window, 'INC-9 will be denied');
    await window.notification('Request for kube-admin sent');
    const id = clusterRequests(fixture()).find(({ reason }) => reason === 'INC-9 will be denied')?.id ?? '';
    await decide(fixture(), id, 'deny', 'rita', 'freeze until Monday');
    const notification = await window.notification('denied by rita');
    assert.equal(await notification.text(), 'kube-admin denied by rita.');
    assert.deepEqual(await notification.buttons(), ['Open Request', 'Ask Again…', "Don't Show Again"]);
    await takeScreenshot(window, '33-denied');
    await notification.press('Open Request');
    const page = window.page.locator('.editor-instance .view-lines');
    await page.getByText('freeze until Monday').waitFor();
    await window.accessRow('Ended').expand();
    const row = await window.accessRow(/denied by rita/).waitUntilShown();
    assert.match(await row.text(), /freeze until Monday/);
    await takeScreenshot(window, '34-denied-page');
    await row.menu('Ask Again…');
    await window.input.pick('Ask for kube-admin all the same');
    await window.input.step(/why/);
    assert.equal(await window.input.value(), 'INC-9 will be denied');
    await window.press('Escape');
    assert.equal(await window.notifications('denied by rita').count(), 0);
  });

  it('resources are found by name, ticked and asked for; the request says which', async () => {
    const { window } = fixture().alice;
    await clearNotifications(window);
    await newRequest(window);
    await window.input.pick('Resources by name…');
    await window.input.pick('Servers');
    await window.input.showsMessage(/other resources are hidden/);
    await window.input.accept();
    await window.input.row('node-ent').waitFor();
    await takeScreenshot(window, '63-resources');
    await window.input.pick('node-ent');
    await window.input.accept();
    await answerForm(window, 'INC-11 the disk of node-ent is full');
    await takeScreenshot(window, '64-resource-summary');
    await window.input.pick('Send Request');
    await window.accessRow(/node-admin.*0 of 1/).waitUntilShown();
    await takeScreenshot(window, '65-resource-row');
  });

  it('one is never asked to review oneself', async () => {
    const { window } = fixture().alice;
    await createRequest(fixture(), { role: 'prod-dba', reason: 'INC-12 my own' });
    await window.runCommand('JIT Access: Refresh');
    await window.accessRow(/prod-dba.*0 of 1/).waitUntilShown();
    assert.deepEqual(await window.view('To Review').rows(), []);
  });

  it('an expired login leads to a sign-in, and then the same request goes on by itself', async () => {
    const { window } = fixture().alice;
    await clearNotifications(window);
    await beginRequest(window);
    await answerForm(window, 'INC-10 the login has expired');
    await fixture().moveClock(minutes(13 * 60));
    await window.input.pick('Send Request');
    const notification = await window.notification('Your Teleport login has expired.');
    await takeScreenshot(window, '35-expired');
    await notification.press('Sign In');
    await window.terminal.shows(/Enter password/);
    await takeScreenshot(window, '36-sign-in');
    await typePassword(window, 'demo');
    await window.notification('Request for kube-admin sent');
    assert.deepEqual(reasons().slice(-1), ['INC-10 the login has expired']);
    assert.equal(reasons().filter((each) => each === 'INC-10 the login has expired').length, 1);
    await window.accessRow(/0 of 1/).waitUntilShown();
  });
});
