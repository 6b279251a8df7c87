import assert from 'node:assert/strict';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { signedInUser, Store } from '../../../src/state/store.ts';
import { hour, id, now, profile, request, second } from '../../support/samples.ts';
import type { Disposable } from '../../../src/state/emitter.ts';

const pending = request();
const approved = request({ revision: 'r2', state: 'approved' });

describe('the store', () => {
  let store: Store;
  const states = (): string[] => (store.snapshot.requests ?? []).map(({ state }) => state);
  beforeEach(() => {
    store = new Store();
  });

  it('one change, one new snapshot, one event', () => {
    const seen: unknown[] = [];
    const subscription = store.onDidChange(({ after, before }) => seen.push([after.asOf, before.asOf]));
    const before = store.snapshot;
    store.applyList([pending], now, now);
    assert.deepEqual(seen, [[now, undefined]]);
    assert.notEqual(store.snapshot, before);
    subscription.dispose();
    store.applyList([], now, now);
    assert.equal(seen.length, 1);
  });

  it('who listens may stop listening while being told', () => {
    const subscriptions: Disposable[] = [];
    let calls = 0;
    for (let n = 0; n < 2; n += 1) {
      subscriptions.push(
        store.onDidChange(() => {
          calls += 1;
          for (const each of subscriptions) each.dispose();
        }),
      );
    }
    store.forgetLogin();
    store.forgetLogin();
    assert.equal(calls, 2);
  });

  it('a request just made stays, though the list does not have it yet', () => {
    store.applyRequest(pending, now);
    store.applyList([], now + second, now + second);
    assert.deepEqual(states(), ['pending']);
  });

  it('a request just decided stays decided, though the list is old', () => {
    store.applyList([pending], now, now);
    store.applyRequest(approved, now);
    store.applyList([pending], now + second, now + second);
    assert.deepEqual(states(), ['approved']);
  });

  it('once the list has caught up, the list is right', () => {
    store.applyRequest(approved, now);
    store.applyList([approved], now + second, now + second);
    const denied = request({ revision: 'r3', state: 'denied' });
    store.applyList([denied], now + 2 * second, now + 2 * second);
    assert.deepEqual(states(), ['denied']);
  });

  it('a list that still disagrees after seconds settles nothing: the request is to be shown again', () => {
    store.applyRequest(approved, now);
    assert.deepEqual(store.applyList([], now + second, now + second), []);
    assert.deepEqual(store.applyList([], now + 6 * second, now + 6 * second), [id(1)]);
    assert.deepEqual(states(), ['approved']);
    store.applyRequestGone(id(1), now + 6 * second);
    assert.deepEqual(store.applyList([], now + 7 * second, now + 7 * second), []);
    assert.deepEqual(states(), []);
  });

  it('a decision never flips back, however long the list lags', () => {
    store.applyRequest(approved, now);
    for (let at = now; at < now + hour; at += 20 * second) {
      store.applyList([pending], at, at);
      assert.deepEqual(states(), ['approved']);
    }
  });

  it('when the clock was set back meanwhile, a list is right', () => {
    store.applyRequest(approved, now);
    store.applyList([], now - hour, now - hour);
    assert.deepEqual(states(), []);
  });

  it('a list that was asked for before, and answered after, does not win', () => {
    store.applyRequest(approved, now + 10 * second);
    store.applyList([pending], now, now + 11 * second);
    assert.deepEqual(states(), ['approved']);
  });

  it('what is gone stays gone, though the list still has it', () => {
    store.applyList([pending], now, now);
    store.applyRequestGone(id(1), now);
    store.applyList([pending], now + second, now + second);
    assert.deepEqual(states(), []);
    assert.deepEqual(store.applyList([pending], now + 10 * second, now + 10 * second), [id(1)]);
    assert.deepEqual(states(), []);
  });

  it('an answer ends being out of date', () => {
    store.update({ stale: { kind: 'unreachable' } });
    store.applyList([], now, now);
    assert.equal(store.snapshot.stale, undefined);
    store.update({ stale: { kind: 'unreachable' } });
    store.applyRequest(pending, now + 1);
    assert.deepEqual([store.snapshot.stale, store.snapshot.asOf], [undefined, now + 1]);
  });

  it('forgets what a former person asked, also what a list might bring back', () => {
    store.applyRequest(pending, now);
    store.update({ waiting: [id(1)], hidden: [id(1)], isReviewer: true });
    store.forgetLogin();
    assert.equal(store.snapshot.requests, undefined);
    store.applyList([], now, now);
    const { requests, waiting, hidden, isReviewer } = store.snapshot;
    assert.deepEqual(
      { requests, waiting, hidden, isReviewer },
      { requests: [], waiting: [], hidden: [], isReviewer: false },
    );
  });

  it('remembers what is being done to which request', () => {
    store.setBusy(id(1), 'assuming');
    store.setBusy(id(2), 'deciding');
    const before = store.snapshot.busy;
    store.setBusy(id(1), undefined);
    assert.deepEqual([...store.snapshot.busy], [[id(2), 'deciding']]);
    assert.equal(before.size, 2, 'a snapshot is never changed');
  });

  it('knows who is signed in, also when the login has expired', () => {
    store.update({ login: { kind: 'expired', profile: profile() } });
    assert.equal(signedInUser(store.snapshot), untrusted('alice'));
    store.update({ login: { kind: 'signedOut' } });
    assert.equal(signedInUser(store.snapshot), undefined);
  });
});
