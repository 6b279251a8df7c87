import assert from 'node:assert/strict';
import {
  createRequest,
  clearNotifications,
  openViews,
  sendRequest,
  clusterRequests,
} from '../support/e2e/course.ts';
import { takeScreenshot } from '../support/e2e/pictures.ts';
import { useE2eFixture } from '../support/e2e/useE2eFixture.ts';

describe('On Community Edition, where nobody reviews', () => {
  const fixture = useE2eFixture({ edition: 'community' });

  it('a request is approved through tctl, after it was said that this decides alone', async () => {
    const { alice, rita: ana } = fixture();
    await openViews(alice.window);
    await openViews(ana.window);
    await sendRequest(alice.window, 'INC-4711 the pods of XYZ crash');
    await ana.window.runCommand('JIT Access: Refresh');
    await ana.window.reviewRow(/Visible to me/).waitUntilShown();
    await ana.window.runCommand('JIT Access: Approve…');
    await ana.window.input.chooseFirst();
    await ana.window.input.pick('No reason');
    await ana.window.modalText();
    await ana.window.pressModal('Approve');
    // The review was refused. Deciding with tctl is a different decision, so the extension asks again.
    const question = await ana.window.modalText(/you decide alone/);
    assert.match(question, /^Approve kube-admin for alice alone, with tctl\?/);
    await takeScreenshot(ana.window, '60-community-question');
    await ana.window.pressModal('Approve');
    await ana.window.notification('Approved. alice can use it now.');
    const notification = await alice.window.notification('kube-admin approved, says ana, until');
    assert.ok(await notification.text());
    await takeScreenshot(alice.window, '61-community-approved');
    assert.deepEqual(
      clusterRequests(fixture()).map(({ state, reviews }) => [state, reviews.length]),
      [[2, 0]],
    );
  });

  it('the second time the right question is asked at once, and denying reaches the one who asked', async () => {
    const { rita: ana, alice } = fixture();
    await clearNotifications(ana.window);
    await createRequest(fixture(), { reason: 'INC-2 one more' });
    await ana.window.runCommand('JIT Access: Refresh');
    await ana.window.reviewRow(/INC-2/).button('Deny…');
    await ana.window.input.typeAndEnter('use the read replica');
    assert.match(await ana.window.modalText(), /you decide alone/);
    await ana.window.pressModal('Deny');
    await ana.window.notification('Denied. alice can read your words.');
    await alice.window.runCommand('JIT Access: Refresh');
    const [denied] = clusterRequests(fixture()).filter(({ reason }) => reason === 'INC-2 one more');
    assert.equal(denied?.resolveReason, 'use the read replica');
    assert.deepEqual(denied.resolveAnnotations, { reviewer: ['ana'] });
  });
});
