import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { hour, id, minute, now, profile, request, second } from '../../../support/samples.ts';
import { countCalls, TestWindow } from '../../../support/state/testWindow.ts';

describe('who is signed in', () => {
  it('signed out is believed only after a second look', async () => {
    const testWindow = await TestWindow.openViewed();
    testWindow.tsh.login = { kind: 'signedOut' };
    testWindow.refresh.loginMayHaveChanged();
    await testWindow.clock.advance(second);
    assert.equal(testWindow.store.snapshot.login.kind, 'signedIn');
    await testWindow.clock.advance(2 * second);
    assert.equal(testWindow.store.snapshot.login.kind, 'signedOut');
  });

  it('signed out for a moment, because another program writes, is not believed', async () => {
    const testWindow = await TestWindow.openViewed();
    const { login } = testWindow.tsh;
    testWindow.tsh.login = { kind: 'signedOut' };
    const seen: string[] = [];
    testWindow.store.onDidChange(({ after }) => seen.push(after.login.kind));
    testWindow.refresh.loginMayHaveChanged();
    await testWindow.clock.advance(second);
    testWindow.tsh.login = login;
    await testWindow.clock.advance(5 * second);
    assert.ok(!seen.includes('signedOut'));
  });

  it('a tsh that says so while asked something else leads to the same doubt', async () => {
    const testWindow = await TestWindow.openViewed();
    testWindow.tsh.failures = { list: 'signedOut' };
    await testWindow.clock.advance(70 * second);
    assert.equal(testWindow.store.snapshot.login.kind, 'signedIn');
    assert.ok(countCalls(testWindow.tsh.takeCalls(), 'status') >= 1);
  });

  it('the end of the login is seen at its moment, without asking the cluster', async () => {
    const testWindow = new TestWindow();
    testWindow.tsh.login = { kind: 'signedIn', profile: profile('alice', { validUntil: now + minute }) };
    testWindow.refresh.setAttention({ focused: true, viewing: true });
    await testWindow.clock.advance(59 * second);
    assert.equal(testWindow.store.snapshot.login.kind, 'signedIn');
    await testWindow.clock.advance(2 * second);
    assert.equal(testWindow.store.snapshot.login.kind, 'expired');
  });

  it('a new login is seen when the profile folder changes', async () => {
    const testWindow = new TestWindow();
    testWindow.tsh.login = { kind: 'signedOut' };
    testWindow.refresh.setAttention({ focused: true, viewing: true });
    await testWindow.clock.advance(5 * second);
    assert.equal(testWindow.store.snapshot.login.kind, 'signedOut');
    testWindow.tsh.login = { kind: 'signedIn', profile: profile() };
    testWindow.refresh.loginMayHaveChanged();
    await testWindow.clock.advance(second);
    assert.equal(testWindow.store.snapshot.login.kind, 'signedIn');
    assert.deepEqual(testWindow.store.snapshot.requests, []);
  });

  it('when another person signs in, nothing of the former one stays', async () => {
    const testWindow = await TestWindow.openViewed();
    await testWindow.addRequest(request());
    await testWindow.addRequest(request({ id: id(2), state: 'denied', decideBy: now + 2 * hour }));
    await testWindow.watched.hide(profile(), id(1));
    await testWindow.watched.markReviewer(profile());
    await testWindow.clock.advance(3 * second);
    const aliceRequests = testWindow.tsh.requests;
    testWindow.tsh.login = { kind: 'signedIn', profile: profile('bob') };
    testWindow.tsh.requests = [];
    testWindow.refresh.loginMayHaveChanged();
    await testWindow.clock.advance(second);
    const { requests, waiting, hidden, isReviewer, ended } = testWindow.store.snapshot;
    assert.deepEqual(
      { requests, waiting, hidden, isReviewer },
      { requests: [], waiting: [], hidden: [], isReviewer: false },
    );
    assert.deepEqual(ended, []);
    testWindow.tsh.login = { kind: 'signedIn', profile: profile() };
    testWindow.tsh.requests = aliceRequests;
    testWindow.refresh.loginMayHaveChanged();
    await testWindow.clock.advance(second);
    assert.deepEqual(testWindow.store.snapshot.hidden, [id(1)], 'and it is there again when she comes back');
    assert.equal(testWindow.store.snapshot.ended.length, 1);
  });

  it('another cluster is another login', async () => {
    const testWindow = await TestWindow.openViewed();
    await testWindow.addRequest(request());
    const cluster = untrusted('other.test');
    testWindow.tsh.login = { kind: 'signedIn', profile: profile('alice', { cluster }) };
    testWindow.tsh.requests = [];
    testWindow.refresh.loginMayHaveChanged();
    await testWindow.clock.advance(second);
    assert.deepEqual(testWindow.store.snapshot.waiting, []);
  });
});

describe('a tsh that cannot help', () => {
  it('is missing: said at once, and found again by itself', async () => {
    const testWindow = new TestWindow();
    testWindow.isProgramMissing = true;
    testWindow.refresh.setAttention({ focused: true, viewing: true });
    await testWindow.clock.advance(second);
    assert.equal(testWindow.store.snapshot.login.kind, 'tshMissing');
    testWindow.isProgramMissing = false;
    await testWindow.clock.advance(2 * minute);
    assert.equal(testWindow.store.snapshot.login.kind, 'signedIn');
  });

  it('is too old: said with its version, and noticed when it was updated', async () => {
    const testWindow = new TestWindow();
    for (const version of ['13.4.2', 'v9.0.0', 'unknown']) {
      testWindow.tsh.installedVersion = version;
      await testWindow.refresh.refreshNow();
      assert.deepEqual(testWindow.store.snapshot.login, { kind: 'tooOld', version });
    }
    testWindow.tsh.takeCalls();
    testWindow.tsh.installedVersion = '14.0.0';
    await testWindow.refresh.refreshNow();
    assert.equal(testWindow.store.snapshot.login.kind, 'signedIn');
    testWindow.tsh.takeCalls();
    await testWindow.refresh.refreshNow();
    assert.equal(countCalls(testWindow.tsh.takeCalls(), 'version'), 0, 'the same file is not asked twice');
    testWindow.program = { ...testWindow.program, stamp: 'b' };
    await testWindow.refresh.refreshNow();
    assert.equal(countCalls(testWindow.tsh.takeCalls(), 'version'), 1);
  });

  it('answers garbage or not at all: what is known stays, and is said to be old', async () => {
    for (const kind of ['unreadable', 'timedOut', 'refused'] as const) {
      const testWindow = await TestWindow.openViewed();
      testWindow.tsh.requests = [request()];
      await testWindow.refresh.refreshNow();
      testWindow.tsh.failures = { list: kind };
      await testWindow.refresh.refreshNow();
      const { stale, requests, login } = testWindow.store.snapshot;
      assert.deepEqual([stale?.kind, requests?.length, login.kind], [kind, 1, 'signedIn']);
    }
  });
});
