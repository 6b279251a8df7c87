import assert from 'node:assert/strict';
import type { Elevation } from '../../../../src/access/elevation.ts';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import type { Snapshot } from '../../../../src/state/store.ts';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { hour, id, minute, names, now, profile, request, review, second } from '../../../support/samples.ts';
import { gate, until } from '../../../support/temporaryFolder.ts';
import { OtherProcess } from '../../../support/processes/otherProcess.ts';
import { WindowGroup } from '../../../support/state/windowGroup.ts';
import { countCalls, type TestWindow } from '../../../support/state/testWindow.ts';

const attentive = { focused: true, viewing: true };
const hidden = { focused: true, viewing: false };
const away = { focused: false, viewing: false };
const approved = request({ revision: 'r2', state: 'approved', reviews: [review('rita')] });

describe('one truth over windows', () => {
  let windowGroup: WindowGroup;
  beforeEach(async () => {
    windowGroup = await WindowGroup.open();
  });
  afterEach(async () => {
    const ownWrites = windowGroup.windows.flatMap(({ store }) => store.ownWrites);
    await windowGroup.close();
    assert.deepEqual(ownWrites, [], 'A follower wrote its own store.');
  });

  /** Opens windows that all know the requests. The user looks at the first follower. */
  async function open(count = 2): Promise<{ leader: TestWindow; follower: TestWindow; all: TestWindow[] }> {
    const all = await windowGroup.openWindows(count);
    const [leader, follower] = all;
    assert.ok(leader && follower);
    follower.refresh.setAttention(attentive);
    await until(() => windowGroup.clock.secondsToNext === 0);
    await windowGroup.clock.advance(3 * second);
    await everywhere(all, ({ requests }) => requests !== undefined);
    windowGroup.tsh.takeCalls();
    return { leader, follower, all };
  }

  /** Waits until the condition holds in every window. */
  const everywhere = (
    all: readonly TestWindow[],
    condition: (snapshot: Snapshot) => boolean,
  ): Promise<void> => until(() => all.every(({ store }) => condition(store.snapshot)));

  /** Lets a minute pass, and waits until every window knows the list that was read then. */
  async function nextList(all: readonly TestWindow[]): Promise<void> {
    const before = windowGroup.clock.now();
    await windowGroup.clock.advance(minute);
    await everywhere(all, ({ asOf = 0 }) => asOf > before);
  }

  /** Records a value of every window at each change of its state. */
  function record<T>(all: readonly TestWindow[], value: (snapshot: Snapshot) => T): T[] {
    const values: T[] = [];
    for (const { store } of all) store.onDidChange(() => values.push(value(store.snapshot)));
    return values;
  }

  const firstState = ({ requests }: Snapshot) => requests?.[0]?.state;
  const mainLogin = ({ elevations }: Snapshot): Elevation[] =>
    elevations.filter(({ where }) => where.kind === 'mainLogin');

  /** The number of calls of tsh, by kind, from the start until ten quiet minutes have passed. */
  async function callsIn(windows: number): Promise<Record<string, number>> {
    const all = await windowGroup.openWindows(windows);
    for (const { refresh } of all) refresh.setAttention(attentive);
    await until(() => windowGroup.clock.secondsToNext === 0);
    await windowGroup.clock.advance(3 * second);
    await all[0]?.addRequest(request({ decideBy: now + 5 * hour, grantEnds: now + 5 * hour }));
    await everywhere(all, ({ waiting }) => waiting.length === 1);
    await windowGroup.clock.advance(10 * minute);
    const calls = windowGroup.tsh.takeCalls();
    return Object.fromEntries(
      ['version', 'status', 'list', 'show'].map((word) => [word, countCalls(calls, word)]),
    );
  }

  it('ten windows ask what one asks, from the start on', async () => {
    const oneWindow = await callsIn(1);
    await windowGroup.close();
    windowGroup = await WindowGroup.open();
    const tenWindows = await callsIn(10);
    assert.deepEqual(tenWindows, oneWindow);
    assert.ok((oneWindow['show'] ?? 0) > 100);
  });

  it('what one asked all know, also one that comes later', async () => {
    const { all } = await open(3);
    windowGroup.tsh.requests = [request(), request({ id: id(2), user: untrusted('bob') })];
    await windowGroup.clock.advance(minute);
    all.push(...(await windowGroup.openWindows(1)));
    await everywhere(all, ({ requests }) => requests?.length === 2);
    const [first, ...others] = all.map(({ store: { snapshot } }) => ({ ...snapshot, busy: undefined }));
    for (const other of others) assert.deepEqual(other, first);
    assert.deepEqual(windowGroup.tsh.takeCalls(), ['list']);
  });

  it('nobody looks any more in the window that follows: nothing is asked', async () => {
    const { leader, follower } = await open();
    follower.refresh.setAttention(away);
    await until(() => windowGroup.clock.secondsToNext === undefined);
    await windowGroup.clock.advance(hour);
    assert.deepEqual(windowGroup.tsh.takeCalls(), []);
    assert.equal(leader.windows.leads, true);
  });

  it('a window in which somebody looked, and which no longer answers, does not count', async () => {
    const { follower } = await open();
    follower.isVisible = false;
    await until(() => windowGroup.clock.secondsToNext === undefined);
  });

  it('Refresh in a window that follows is done when that window knows', async () => {
    const { follower } = await open();
    windowGroup.tsh.requests = [request()];
    await follower.refresh.refreshNow();
    assert.equal(follower.store.snapshot.requests?.length, 1);
    assert.deepEqual(windowGroup.tsh.takeCalls(), ['status', 'list']);
    await follower.refresh.ensureLogin();
    assert.deepEqual(windowGroup.tsh.takeCalls(), []);
  });

  it('what one learned by an action all know; and what is gone is gone in all', async () => {
    const { all, follower } = await open(3);
    windowGroup.tsh.requests = [request()];
    await follower.refresh.show(id(1));
    assert.equal(firstState(follower.store.snapshot), 'pending');
    windowGroup.tsh.requests = [approved];
    windowGroup.tsh.laggingList = [request()];
    await follower.refresh.show(id(1));
    assert.equal(firstState(follower.store.snapshot), 'approved');
    await everywhere(all, (snapshot) => firstState(snapshot) === 'approved');
    const states = record(all, firstState);
    await nextList(all);
    assert.deepEqual(new Set(states), new Set(['approved']), 'It flipped back.');
    windowGroup.tsh.requests = [];
    windowGroup.tsh.laggingList = undefined;
    await assert.rejects(follower.refresh.show(id(1)), (error) => failureOf(error)?.kind === 'gone');
    await everywhere(all, ({ requests }) => requests?.length === 0);
  });

  it('why tsh failed is known to the window that asked', async () => {
    const { follower } = await open();
    for (const kind of ['unreachable', 'signedOut', 'timedOut'] as const) {
      windowGroup.tsh.failures = { show: kind, list: kind };
      await assert.rejects(follower.refresh.show(id(1)), (error) => failureOf(error)?.kind === kind);
      await follower.refresh.refreshNow();
      if (kind !== 'signedOut') assert.equal(follower.store.snapshot.stale?.kind, kind);
    }
  });

  it('a window that acted is not given what was read before, however many ask at the same time', async () => {
    const { all, follower } = await open(4);
    windowGroup.tsh.requests = [request()];
    const { opened, open: answerAll } = gate();
    windowGroup.tsh.held = { list: opened, show: opened };
    for (const { refresh } of all) void Promise.all([refresh.refreshNow(), refresh.show(id(1))]);
    await until(() => countCalls(windowGroup.tsh.calls, 'show') === all.length);
    await until(() => windowGroup.tsh.calls.includes('list'));
    windowGroup.tsh.requests = [approved];
    windowGroup.tsh.laggingList = [request(), request({ id: id(2) })];
    const after = [follower.refresh.show(id(1)), follower.refresh.refreshNow()];
    await until(() => countCalls(windowGroup.tsh.calls, 'show') > all.length);
    answerAll();
    const [shown] = await Promise.all(after);
    assert.equal(shown?.state, 'approved');
    assert.equal(follower.store.snapshot.requests?.length, 2);
    await everywhere(all, (snapshot) => firstState(snapshot) === 'approved');
  });

  it('a drop in one window is seen in all, and never flips back', async () => {
    windowGroup.tsh.requests = [approved];
    const { all, follower } = await open(4);
    const assumed = profile('alice', { assumed: [id(1)] });
    windowGroup.tsh.login = { kind: 'signedIn', profile: assumed };
    await follower.refresh.readLogin(id(1));
    const since = windowGroup.clock.now();
    assert.deepEqual(
      mainLogin(follower.store.snapshot).map((elevation) => [elevation.since, elevation.roles]),
      [[since, approved.roles]],
    );
    await everywhere(all, (snapshot) => mainLogin(snapshot)[0]?.since === since);
    windowGroup.tsh.login = { kind: 'signedIn', profile: profile() };
    await follower.refresh.readLogin();
    assert.deepEqual(mainLogin(follower.store.snapshot), []);
    await everywhere(all, (snapshot) => mainLogin(snapshot).length === 0);
    const counts = record(all, (snapshot) => mainLogin(snapshot).length);
    await nextList(all);
    assert.deepEqual(new Set(counts), new Set([0]), 'It flipped back.');
    for (const { store } of all) assert.deepEqual(store.snapshot.login, windowGroup.tsh.login);
  });

  it('what was done while no window led is heard by the next that does', async () => {
    const { leader, follower, all } = await open(3);
    windowGroup.tsh.requests = [request()];
    windowGroup.end(leader);
    await until(() => follower.windows.leader === undefined);
    await follower.refresh.show(id(1));
    const rest = all.slice(1);
    await until(() => rest.some(({ windows }) => windows.leads));
    await everywhere(rest, ({ requests }) => requests?.length === 1);
  });

  for (const asking of [1, 2])
    it(`what window ${asking} asked the next one answers when the one that leads ends; no list that lags undoes it`, async () => {
      const { leader, all } = await open(3);
      const rest = all.slice(1);
      const { opened, open: answerAll } = gate();
      [windowGroup.tsh.requests, windowGroup.tsh.laggingList] = [[approved], [request()]];
      windowGroup.tsh.held = { show: opened };
      const shown = all[asking]?.refresh.show(id(1));
      await until(() => windowGroup.tsh.calls.includes('show 1'));
      windowGroup.end(leader);
      await until(() => countCalls(windowGroup.tsh.calls, 'show') === 2);
      const states = record(rest, firstState);
      answerAll();
      assert.equal((await shown)?.state, 'approved');
      await everywhere(rest, (snapshot) => firstState(snapshot) === 'approved');
      assert.equal(countCalls(windowGroup.tsh.calls, 'show'), 2);
      // The last window has heard the answer from a leader only.
      const [nextLeader] = rest.filter(({ windows }) => windows.leads);
      assert.ok(nextLeader);
      windowGroup.end(nextLeader);
      const [last] = rest.filter((window) => window !== nextLeader);
      assert.ok(last);
      await until(() => last.windows.leads);
      last.refresh.setAttention(attentive);
      await nextList([last]);
      assert.ok(!states.slice(states.indexOf('approved')).includes('pending'), 'It flipped back.');
    });

  it('when another person signs in, nothing of the former one stays in any window', async () => {
    const { all, leader, follower } = await open(3);
    await follower.addRequest(request());
    await follower.watched.markReviewer(profile());
    await everywhere(all, ({ waiting, isReviewer }) => waiting.length === 1 && isReviewer);
    windowGroup.tsh.login = { kind: 'signedIn', profile: profile('bob') };
    windowGroup.tsh.requests = [];
    follower.refresh.loginMayHaveChanged();
    await until(() => windowGroup.clock.secondsToNext === 0);
    await windowGroup.clock.advance(second);
    await everywhere(
      all,
      ({ login, waiting, requests, isReviewer }) =>
        login.kind === 'signedIn' && waiting.length + (requests?.length ?? 1) === 0 && !isReviewer,
    );
    assert.ok(leader.windows.leads);
  });

  it('signed out in one window, no window says signed in again', async () => {
    const { all, follower } = await open(3);
    windowGroup.tsh.login = { kind: 'signedOut' };
    const kinds = record(all, ({ login }) => login.kind);
    await follower.refresh.signedOut();
    await everywhere(all, ({ login, requests }) => login.kind === 'signedOut' && requests === undefined);
    assert.ok(!kinds.includes('signedIn'));
    assert.deepEqual(windowGroup.tsh.takeCalls(), ['status']);
  });

  it('ten thousand requests reach the others, and after one change only that one', async () => {
    const allRequests = Array.from({ length: 10_000 }, (_, n) => request({ id: id(n + 1) }));
    windowGroup.tsh.requests = allRequests;
    const { follower, leader } = await open();
    assert.equal(follower.store.snapshot.requests?.length, 10_000);
    const sent: string[] = [];
    const [channel] = leader.windows.followers;
    assert.ok(channel);
    const send = channel.send.bind(channel);
    channel.send = (message) => {
      sent.push(JSON.stringify(message));
      send(message);
    };
    const changed = request({ id: id(77), revision: 'r2', state: 'approved' });
    windowGroup.tsh.requests = allRequests.map((each) => (each.id === changed.id ? changed : each));
    await windowGroup.clock.advance(minute);
    await until(() => follower.store.snapshot.requests?.[76]?.state === 'approved');
    assert.ok(sent.join('').length < 5_000, `${sent.join('').length} characters`);
  });

  for (const [how, patience, signal] of [
    ['hangs', 300, 'SIGSTOP'],
    ['is killed', 60_000, 'SIGKILL'],
  ] as const)
    it(`where the one that leads ${how}, a window asks for itself`, async () => {
      const otherLeader = new OtherProcess('leadingWindow.ts', windowGroup.lockPath);
      try {
        await otherLeader.waitForLine('leads');
        const window = windowGroup.addWindow({ patience });
        window.windows.start();
        await until(() => window.windows.leader !== undefined);
        windowGroup.tsh.requests = [request()];
        const asked = [window.refresh.refreshNow(), window.refresh.show(id(1))];
        process.kill(otherLeader.pid, signal);
        await Promise.all(asked);
        assert.equal(window.store.snapshot.requests?.length, 1);
        assert.equal(window.store.snapshot.login.kind, 'signedIn');
      } finally {
        await otherLeader.kill();
      }
    });

  describe('what is told', () => {
    const announcedCounts = (all: readonly TestWindow[]): number[] =>
      all.map((window) => window.announced.length);

    /** Sends a request in a window, and waits until the window that leads watches it. */
    async function send(requester: TestWindow): Promise<void> {
      await requester.addRequest(request());
      await until(() => windowGroup.leader?.watched.waitingSince(id(1)) !== undefined);
    }

    it('is told within three seconds, once, in the window that has the focus', async () => {
      const { all, leader, follower } = await open(3);
      all[2]?.refresh.setAttention(hidden);
      follower.refresh.setAttention(attentive);
      follower.refresh.setAttention(away);
      await until(() => windowGroup.clock.secondsToNext !== 0);
      await send(follower);
      await windowGroup.clock.advance(5 * second);
      windowGroup.tsh.requests = [approved];
      await windowGroup.clock.advance(3 * second);
      await until(() => all[2]?.announced.length === 1);
      await windowGroup.clock.advance(10 * minute);
      assert.deepEqual(announcedCounts(all), [0, 0, 1]);
      await everywhere(all, ({ waiting }) => waiting.length === 0);
      assert.equal((leader.files.texts.get('journal.jsonl') ?? '').match(/"approved"/g)?.length, 1);
    });

    it('is told in the window that was used last when no window has the focus', async () => {
      const { all, follower } = await open(3);
      follower.refresh.setAttention(away);
      await until(() => windowGroup.clock.secondsToNext === undefined);
      await send(all[2]!);
      await until(() => windowGroup.clock.secondsToNext !== undefined);
      windowGroup.tsh.requests = [approved];
      await windowGroup.clock.advance(16 * second);
      await until(() => follower.announced.length === 1);
      assert.deepEqual(announcedCounts(all), [0, 1, 0]);
    });

    for (const [what, leave] of [
      ['does not answer', (window: TestWindow) => void (window.isVisible = false)],
      ['is gone', (window: TestWindow) => windowGroup.end(window)],
    ] as const)
      it(`is told elsewhere when the window that has the focus ${what}`, async () => {
        const { all, follower } = await open(3);
        await send(follower);
        leave(follower);
        windowGroup.tsh.requests = [approved];
        await windowGroup.clock.advance(16 * second);
        await until(() => announcedCounts(all).includes(1));
        follower.isVisible = true;
        await until(() => what === 'is gone' || follower.heartbeat.alive);
        await windowGroup.clock.advance(10 * minute);
        assert.deepEqual(announcedCounts(all), [1, 0, 0]);
      });

    it('waits while nobody can see any window, and is told then', async () => {
      const { all, follower } = await open();
      await send(follower);
      windowGroup.tsh.requests = [approved];
      for (const window of all) window.isVisible = false;
      await until(() => all.every(({ windows }) => !windows.leads));
      await windowGroup.clock.advance(10 * minute);
      assert.deepEqual(announcedCounts(all), [0, 0]);
      for (const window of all) window.isVisible = true;
      await until(() => all.some(({ windows }) => windows.leads));
      await until(() => windowGroup.clock.secondsToNext === 0);
      await windowGroup.clock.advance(20 * second);
      await until(() => announcedCounts(all).includes(1));
      assert.deepEqual(announcedCounts(all).sort(), [0, 1]);
    });

    it('and noted is in every window', async () => {
      const { all, follower } = await open(3);
      await send(follower);
      windowGroup.tsh.requests = [
        request({ revision: 'r2', state: 'denied', reviews: [review('rita', 'denied')] }),
      ];
      await windowGroup.clock.advance(3 * second);
      await everywhere(all, ({ ended }) => ended.length === 1);
    });
  });

  describe('who reviews', () => {
    const bobsRequest = (n: number, reviewers = 'rita') =>
      request({
        id: id(n),
        user: untrusted('bob'),
        suggestedReviewers: names(reviewers),
        decideBy: now + 5 * hour,
        grantEnds: now + 5 * hour,
      });

    it('is told of each request once, over windows, also with every view hidden', async () => {
      const { all, follower } = await open();
      await follower.watched.markReviewer(profile());
      await everywhere(all, ({ isReviewer }) => isReviewer);
      follower.refresh.setAttention(hidden);
      await windowGroup.clock.advance(2 * minute);
      assert.equal(countCalls(windowGroup.tsh.takeCalls(), 'list'), 2);
      windowGroup.tsh.requests = [bobsRequest(1, 'omar'), request({ id: id(9) })];
      await windowGroup.clock.advance(minute);
      await until(() => follower.announced.length === 1);
      windowGroup.tsh.requests = [bobsRequest(1), bobsRequest(2), bobsRequest(3)];
      await windowGroup.clock.advance(10 * minute);
      await until(() => follower.announced.length === 2);
      assert.deepEqual(
        follower.announced.map(
          (change) => change.kind === 'toReview' && change.requests.map((each) => each.id),
        ),
        [[id(1)], [id(2), id(3)]],
      );
    });

    it('is whoever was named once; nobody else is asked for', async () => {
      const { follower, leader } = await open();
      windowGroup.tsh.requests = [bobsRequest(1, 'omar')];
      await windowGroup.clock.advance(minute);
      follower.refresh.setAttention(hidden);
      await until(() => windowGroup.clock.secondsToNext === undefined);
      follower.refresh.setAttention(attentive);
      await until(() => windowGroup.clock.secondsToNext !== undefined);
      windowGroup.tsh.requests = [bobsRequest(2, 'alice')];
      await windowGroup.clock.advance(minute);
      await until(() => follower.announced.length === 1);
      follower.refresh.setAttention(hidden);
      await windowGroup.clock.advance(second);
      windowGroup.tsh.takeCalls();
      await windowGroup.clock.advance(10 * minute);
      assert.equal(countCalls(windowGroup.tsh.takeCalls(), 'list'), 10);
      leader.notifyReviewers = false;
      leader.refresh.setAttention(away);
      await windowGroup.clock.advance(hour);
      assert.deepEqual(windowGroup.tsh.takeCalls(), []);
    });
  });
});
