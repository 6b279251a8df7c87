import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/text/untrusted.ts';
import { hour, id, minute, now, profile, request, second } from '../../../support/samples.ts';
import { countQuestions, TestWindow } from '../../../support/state/testWindow.ts';

describe('who is signed in', () => {
  it('signed out is believed only after a second look', async () => {
    const stage = await TestWindow.openViewed();
    stage.tsh.login = { kind: 'signedOut' };
    stage.refresh.loginMayHaveChanged();
    await stage.clock.advance(second);
    assert.equal(stage.store.snapshot.login.kind, 'signedIn');
    await stage.clock.advance(2 * second);
    assert.equal(stage.store.snapshot.login.kind, 'signedOut');
  });

  it('signed out for a moment, because another program writes, is not believed', async () => {
    const stage = await TestWindow.openViewed();
    const { login } = stage.tsh;
    stage.tsh.login = { kind: 'signedOut' };
    const seen: string[] = [];
    stage.store.onDidChange(({ after }) => seen.push(after.login.kind));
    stage.refresh.loginMayHaveChanged();
    await stage.clock.advance(second);
    stage.tsh.login = login;
    await stage.clock.advance(5 * second);
    assert.ok(!seen.includes('signedOut'));
  });

  it('a tsh that says so while asked something else leads to the same doubt', async () => {
    const stage = await TestWindow.openViewed();
    stage.tsh.failures = { list: 'signedOut' };
    await stage.clock.advance(70 * second);
    assert.equal(stage.store.snapshot.login.kind, 'signedIn');
    assert.ok(countQuestions(stage.tsh.takeQuestions(), 'status') >= 1);
  });

  it('the end of the login is seen at its moment, without asking the cluster', async () => {
    const stage = new TestWindow();
    stage.tsh.login = { kind: 'signedIn', profile: profile('alice', { validUntil: now + minute }) };
    stage.refresh.setAttention({ focused: true, viewing: true });
    await stage.clock.advance(59 * second);
    assert.equal(stage.store.snapshot.login.kind, 'signedIn');
    await stage.clock.advance(2 * second);
    assert.equal(stage.store.snapshot.login.kind, 'expired');
  });

  it('a new login is seen when the profile folder changes', async () => {
    const stage = new TestWindow();
    stage.tsh.login = { kind: 'signedOut' };
    stage.refresh.setAttention({ focused: true, viewing: true });
    await stage.clock.advance(5 * second);
    assert.equal(stage.store.snapshot.login.kind, 'signedOut');
    stage.tsh.login = { kind: 'signedIn', profile: profile() };
    stage.refresh.loginMayHaveChanged();
    await stage.clock.advance(second);
    assert.equal(stage.store.snapshot.login.kind, 'signedIn');
    assert.deepEqual(stage.store.snapshot.requests, []);
  });

  it('when another person signs in, nothing of the former one stays', async () => {
    const stage = await TestWindow.openViewed();
    await stage.addRequest(request());
    await stage.addRequest(request({ id: id(2), state: 'denied', decideBy: now + 2 * hour }));
    await stage.watched.hide(profile(), id(1));
    await stage.watched.markReviewer(profile());
    await stage.clock.advance(3 * second);
    const hers = stage.tsh.requests;
    stage.tsh.login = { kind: 'signedIn', profile: profile('bob') };
    stage.tsh.requests = [];
    stage.refresh.loginMayHaveChanged();
    await stage.clock.advance(second);
    const { requests, waiting, hidden, isReviewer: reviews, ended } = stage.store.snapshot;
    assert.deepEqual(
      { requests, waiting, hidden, reviews },
      { requests: [], waiting: [], hidden: [], reviews: false },
    );
    assert.deepEqual(ended, []);
    stage.tsh.login = { kind: 'signedIn', profile: profile() };
    stage.tsh.requests = hers;
    stage.refresh.loginMayHaveChanged();
    await stage.clock.advance(second);
    assert.deepEqual(stage.store.snapshot.hidden, [id(1)], 'and it is there again when she comes back');
    assert.equal(stage.store.snapshot.ended.length, 1);
  });

  it('another cluster is another login', async () => {
    const stage = await TestWindow.openViewed();
    await stage.addRequest(request());
    const cluster = untrusted('other.test');
    stage.tsh.login = { kind: 'signedIn', profile: profile('alice', { cluster }) };
    stage.tsh.requests = [];
    stage.refresh.loginMayHaveChanged();
    await stage.clock.advance(second);
    assert.deepEqual(stage.store.snapshot.waiting, []);
  });
});

describe('a tsh that cannot help', () => {
  it('is missing: said at once, and found again by itself', async () => {
    const stage = new TestWindow();
    stage.isProgramMissing = true;
    stage.refresh.setAttention({ focused: true, viewing: true });
    await stage.clock.advance(second);
    assert.equal(stage.store.snapshot.login.kind, 'tshMissing');
    stage.isProgramMissing = false;
    await stage.clock.advance(2 * minute);
    assert.equal(stage.store.snapshot.login.kind, 'signedIn');
  });

  it('is too old: said with its version, and noticed when it was updated', async () => {
    const stage = new TestWindow();
    for (const version of ['13.4.2', 'v9.0.0', 'unknown']) {
      stage.tsh.installedVersion = version;
      await stage.refresh.refreshNow();
      assert.deepEqual(stage.store.snapshot.login, { kind: 'tooOld', version });
    }
    stage.tsh.takeQuestions();
    stage.tsh.installedVersion = '14.0.0';
    await stage.refresh.refreshNow();
    assert.equal(stage.store.snapshot.login.kind, 'signedIn');
    stage.tsh.takeQuestions();
    await stage.refresh.refreshNow();
    assert.equal(countQuestions(stage.tsh.takeQuestions(), 'version'), 0, 'the same file is not asked twice');
    stage.program = { ...stage.program, stamp: 'b' };
    await stage.refresh.refreshNow();
    assert.equal(countQuestions(stage.tsh.takeQuestions(), 'version'), 1);
  });

  it('answers garbage or not at all: what is known stays, and is said to be old', async () => {
    for (const kind of ['unreadable', 'timedOut', 'refused'] as const) {
      const stage = await TestWindow.openViewed();
      stage.tsh.requests = [request()];
      await stage.refresh.refreshNow();
      stage.tsh.failures = { list: kind };
      await stage.refresh.refreshNow();
      const { stale, requests, login } = stage.store.snapshot;
      assert.deepEqual([stale?.kind, requests?.length, login.kind], [kind, 1, 'signedIn']);
    }
  });
});
