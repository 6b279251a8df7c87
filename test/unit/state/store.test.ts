import assert from 'node:assert/strict';
import { untrusted } from '../../../src/access/text/untrusted.ts';
import { meIn, Store } from '../../../src/state/store.ts';
import { hour, id, now, profile, request, second } from '../../support/samples.ts';

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
    const stop = store.onChange((after, before) => seen.push([after.asOf, before.asOf]));
    const before = store.snapshot;
    store.listed([pending], now, now);
    assert.deepEqual(seen, [[now, undefined]]);
    assert.notEqual(store.snapshot, before);
    stop();
    store.listed([], now, now);
    assert.equal(seen.length, 1);
  });

  it('who listens may stop listening while being told', () => {
    const stops: (() => void)[] = [];
    let told = 0;
    for (let n = 0; n < 2; n += 1) {
      stops.push(
        store.onChange(() => {
          told += 1;
          for (const stop of stops) stop();
        }),
      );
    }
    store.forget();
    store.forget();
    assert.equal(told, 2);
  });

  it('a request just made stays, though the list does not have it yet', () => {
    store.learned(pending, now);
    store.listed([], now + second, now + second);
    assert.deepEqual(states(), ['pending']);
  });

  it('a request just decided stays decided, though the list is old', () => {
    store.listed([pending], now, now);
    store.learned(approved, now);
    store.listed([pending], now + second, now + second);
    assert.deepEqual(states(), ['approved']);
  });

  it('once the list has caught up, the list is right', () => {
    store.learned(approved, now);
    store.listed([approved], now + second, now + second);
    const denied = request({ revision: 'r3', state: 'denied' });
    store.listed([denied], now + 2 * second, now + 2 * second);
    assert.deepEqual(states(), ['denied']);
  });

  it('a list that still disagrees after seconds settles nothing: the request is to be shown again', () => {
    store.learned(approved, now);
    assert.deepEqual(store.listed([], now + second, now + second), []);
    assert.deepEqual(store.listed([], now + 6 * second, now + 6 * second), [id(1)]);
    assert.deepEqual(states(), ['approved']);
    store.gone(id(1), now + 6 * second);
    assert.deepEqual(store.listed([], now + 7 * second, now + 7 * second), []);
    assert.deepEqual(states(), []);
  });

  it('a decision never flips back, however long the list lags', () => {
    store.learned(approved, now);
    for (let at = now; at < now + hour; at += 20 * second) {
      store.listed([pending], at, at);
      assert.deepEqual(states(), ['approved']);
    }
  });

  it('when the clock was set back meanwhile, a list is right', () => {
    store.learned(approved, now);
    store.listed([], now - hour, now - hour);
    assert.deepEqual(states(), []);
  });

  it('a list that was asked for before, and answered after, does not win', () => {
    store.learned(approved, now + 10 * second);
    store.listed([pending], now, now + 11 * second);
    assert.deepEqual(states(), ['approved']);
  });

  it('what is gone stays gone, though the list still has it', () => {
    store.listed([pending], now, now);
    store.gone(id(1), now);
    store.listed([pending], now + second, now + second);
    assert.deepEqual(states(), []);
    assert.deepEqual(store.listed([pending], now + 10 * second, now + 10 * second), [id(1)]);
    assert.deepEqual(states(), []);
  });

  it('an answer ends being out of date', () => {
    store.update({ stale: { kind: 'unreachable' } });
    store.listed([], now, now);
    assert.equal(store.snapshot.stale, undefined);
    store.update({ stale: { kind: 'unreachable' } });
    store.learned(pending, now + 1);
    assert.deepEqual([store.snapshot.stale, store.snapshot.asOf], [undefined, now + 1]);
  });

  it('forgets what a former person asked, also what a list might bring back', () => {
    store.learned(pending, now);
    store.update({ waiting: [id(1)], hidden: [id(1)], reviews: true });
    store.forget();
    assert.equal(store.snapshot.requests, undefined);
    store.listed([], now, now);
    const { requests, waiting, hidden, reviews } = store.snapshot;
    assert.deepEqual(
      { requests, waiting, hidden, reviews },
      { requests: [], waiting: [], hidden: [], reviews: false },
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
    assert.equal(meIn(store.snapshot), untrusted('alice'));
    store.update({ login: { kind: 'signedOut' } });
    assert.equal(meIn(store.snapshot), undefined);
  });
});
