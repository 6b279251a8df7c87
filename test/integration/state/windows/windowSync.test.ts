import assert from 'node:assert/strict';
import type { Elevation } from '../../../../src/access/elevation.ts';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { hour, id, minute, names, now, profile, request, review, second } from '../../../support/samples.ts';
import { until } from '../../../support/temporaryFolder.ts';
import { OtherProcess } from '../../../support/processes/otherProcess.ts';
import { WindowGroup } from '../../../support/state/windowGroup.ts';
import { countCalls, type TestWindow } from '../../../support/state/testWindow.ts';

const attentive = { focused: true, viewing: true };
const away = { focused: false, viewing: false };

describe('one truth over windows', () => {
  let windowGroup: WindowGroup;
  beforeEach(async () => {
    windowGroup = await WindowGroup.open();
  });
  afterEach(() => windowGroup.close());

  /** Opens windows that all know the requests. The user looks at the first follower. */
  async function open(windows = 2): Promise<{ leader: TestWindow; follower: TestWindow; all: TestWindow[] }> {
    const all = await windowGroup.openWindows(windows);
    const [leader, follower] = all;
    assert.ok(leader && follower);
    follower.windowSync.setAttention(attentive);
    await until(() => windowGroup.clock.secondsToNext === 0);
    await windowGroup.clock.advance(3 * second);
    await everywhere(all, ({ snapshot }) => snapshot.requests !== undefined);
    windowGroup.tsh.takeCalls();
    return { leader, follower, all };
  }

  /** Waits until the condition holds in every window. */
  const everywhere = (
    all: readonly TestWindow[],
    condition: (store: TestWindow['store']) => boolean,
  ): Promise<void> => until(() => all.every(({ store }) => condition(store)));

  const mainLogin = ({ store }: TestWindow): Elevation[] =>
    store.snapshot.elevations.filter(({ where }) => where.kind === 'mainLogin');

  /** The number of calls of tsh, by kind, from the start until ten quiet minutes have passed. */
  async function callsIn(windows: number): Promise<Record<string, number>> {
    const all = await windowGroup.openWindows(windows);
    for (const window of all) window.windowSync.setAttention(attentive);
    await until(() => windowGroup.clock.secondsToNext === 0);
    await windowGroup.clock.advance(3 * second);
    await all[0]?.addRequest(request({ decideBy: now + 5 * hour, grantEnds: now + 5 * hour }));
    await everywhere(all, ({ snapshot }) => snapshot.waiting.length === 1);
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
    await everywhere(all, ({ snapshot }) => snapshot.requests?.length === 2);
    const [first, ...followers] = all.map(({ store }) => store.snapshot);
    for (const { login, requests, asOf, stale } of followers) {
      assert.deepEqual(
        { login, requests, asOf, stale },
        { login: first?.login, requests: first?.requests, asOf: first?.asOf, stale: first?.stale },
      );
    }
    assert.deepEqual(windowGroup.tsh.takeCalls(), ['list']);
  });

  it('nobody looks any more in the window that follows: nothing is asked', async () => {
    const { leader, follower } = await open();
    follower.windowSync.setAttention(away);
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
    await everywhere(all, ({ snapshot }) => snapshot.requests?.length === 1);
    windowGroup.tsh.requests = [request({ revision: 'r2', state: 'approved' })];
    windowGroup.tsh.laggingList = [request()];
    await follower.refresh.show(id(1));
    const states: unknown[] = [];
    follower.store.onDidChange(({ after: { requests } }) => states.push(requests?.[0]?.state));
    await everywhere(all, ({ snapshot }) => snapshot.requests?.[0]?.state === 'approved');
    await windowGroup.clock.advance(minute);
    await everywhere(all, ({ snapshot }) => (snapshot.asOf ?? 0) > now + minute);
    assert.ok(!states.includes('pending'), 'It flipped back.');
    windowGroup.tsh.requests = [];
    windowGroup.tsh.laggingList = undefined;
    await follower.refresh.show(id(1)).catch(() => undefined);
    await everywhere(all, ({ snapshot }) => snapshot.requests?.length === 0);
  });

  it('a drop in one window is seen in all, and never flips back', async () => {
    const granted = request({ state: 'approved', revision: 'r2' });
    windowGroup.tsh.requests = [granted];
    windowGroup.tsh.login = { kind: 'signedIn', profile: profile('alice', { assumed: [id(1)] }) };
    const { all, follower, leader } = await open(4);
    await until(() => all.every((window) => mainLogin(window).length === 1));
    assert.deepEqual(mainLogin(follower)[0]?.roles, granted.roles);
    // The follower knows the profile after the drop. No window has noticed yet that the files changed.
    const after = profile();
    follower.store.update({ login: { kind: 'signedIn', profile: after } });
    await follower.elevations.updateMainLogin(after);
    const counts: number[] = [];
    for (const window of all) window.store.onDidChange(() => counts.push(mainLogin(window).length));
    await until(() => all.every((window) => mainLogin(window).length === 0));
    counts.length = 0;
    windowGroup.tsh.login = { kind: 'signedIn', profile: after };
    await windowGroup.clock.advance(minute);
    await everywhere(all, ({ snapshot }) => (snapshot.asOf ?? 0) > now + minute);
    assert.ok(!counts.includes(1), 'It flipped back.');
    assert.deepEqual(
      [leader, follower].map(({ store }) => store.snapshot.login),
      [1, 2].map(() => ({ kind: 'signedIn', profile: after })),
    );
  });

  it('what was done while no window led is heard by the next that does', async () => {
    const { leader, follower, all } = await open(3);
    windowGroup.tsh.requests = [request()];
    leader.windows.dispose();
    leader.refresh.dispose();
    await until(() => follower.windows.leader === undefined);
    await follower.refresh.show(id(1));
    const rest = all.slice(1);
    await until(() => rest.some(({ windows }) => windows.leads));
    await everywhere(rest, ({ snapshot }) => snapshot.requests?.length === 1);
  });

  it('when another person signs in, nothing of the former one stays in any window', async () => {
    const { all, leader, follower } = await open(3);
    windowGroup.tsh.requests = [request()];
    await follower.addRequest(request());
    await follower.watched.markReviewer(profile());
    await everywhere(all, ({ snapshot }) => snapshot.waiting.length === 1 && snapshot.isReviewer);
    windowGroup.tsh.login = { kind: 'signedIn', profile: profile('bob') };
    windowGroup.tsh.requests = [];
    follower.refresh.loginMayHaveChanged();
    await until(() => windowGroup.clock.secondsToNext === 0);
    await windowGroup.clock.advance(second);
    await everywhere(
      all,
      ({ snapshot }) => snapshot.login.kind === 'signedIn' && snapshot.waiting.length === 0,
    );
    await everywhere(all, ({ snapshot }) => snapshot.requests?.length === 0);
    assert.deepEqual(
      all.map(({ store }) => store.snapshot.isReviewer),
      [false, false, false],
    );
    assert.ok(leader.windows.leads);
  });

  it('signed out in one window, no window says signed in again', async () => {
    const { all, follower } = await open(3);
    windowGroup.tsh.login = { kind: 'signedOut' };
    follower.store.forgetLogin();
    follower.store.update({ login: { kind: 'signedOut' } });
    const kinds: string[] = [];
    for (const { store } of all.slice(1)) store.onDidChange(({ after: { login } }) => kinds.push(login.kind));
    await follower.refresh.refreshNow();
    await everywhere(all, ({ snapshot }) => snapshot.login.kind === 'signedOut');
    assert.ok(!kinds.includes('signedIn'));
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

  it('where the one that leads hangs, a window asks for itself', async () => {
    const hangingLeader = new OtherProcess('leadingWindow.ts', windowGroup.lockPath);
    try {
      await hangingLeader.waitForLine('leads');
      const window = windowGroup.addWindow({ patience: 300 });
      window.windows.start();
      await until(() => window.windows.leader !== undefined);
      process.kill(hangingLeader.pid, 'SIGSTOP');
      windowGroup.tsh.requests = [request()];
      await window.refresh.refreshNow();
      assert.equal(window.store.snapshot.requests?.length, 1);
      assert.equal(window.store.snapshot.login.kind, 'signedIn');
    } finally {
      await hangingLeader.kill();
    }
  });

  describe('what is told', () => {
    const decided = request({ revision: 'r2', state: 'approved', reviews: [review('rita')] });
    const announcedCounts = (all: readonly TestWindow[]): number[] =>
      all.map((window) => window.announced.length);

    /** Sends a request in a window and approves it. */
    async function approve(requester: TestWindow): Promise<void> {
      await requester.addRequest(request());
      const { leader } = windowGroup;
      await until(() => leader?.watched.waitingSince(id(1)) !== undefined);
      await windowGroup.clock.advance(5 * second);
      windowGroup.tsh.requests = [decided];
      await windowGroup.clock.advance(3 * second);
    }

    it('is told within three seconds, once, in the window that has the focus', async () => {
      const { all, leader } = await open(3);
      all[1]?.windowSync.setAttention(away);
      all[2]?.windowSync.setAttention({ focused: true, viewing: false });
      await until(() => windowGroup.clock.secondsToNext !== 0);
      await approve(all[1]!);
      await until(() => all[2]?.announced.length === 1);
      await windowGroup.clock.advance(10 * minute);
      assert.deepEqual(announcedCounts(all), [0, 0, 1]);
      await everywhere(all, ({ snapshot }) => snapshot.waiting.length === 0);
      assert.deepEqual(leader.store.snapshot.waiting, []);
      assert.equal((leader.files.texts.get('journal.jsonl') ?? '').match(/"approved"/g)?.length, 1);
    });

    it('is told in the one that leads when no window has the focus', async () => {
      const { all } = await open(3);
      all[1]?.windowSync.setAttention(away);
      await until(() => windowGroup.clock.secondsToNext === undefined);
      await all[1]?.addRequest(request());
      await until(() => windowGroup.clock.secondsToNext !== undefined);
      windowGroup.tsh.requests = [decided];
      await windowGroup.clock.advance(16 * second);
      await until(() => all[0]?.announced.length === 1);
      assert.deepEqual(announcedCounts(all), [1, 0, 0]);
    });

    it('is told elsewhere when the window that has the focus does not answer', async () => {
      const { all, follower } = await open(3);
      await follower.addRequest(request());
      await until(() => windowGroup.leader?.watched.waitingSince(id(1)) !== undefined);
      follower.isVisible = false;
      windowGroup.tsh.requests = [decided];
      await windowGroup.clock.advance(3 * second);
      await until(() => announcedCounts(all).includes(1));
      follower.isVisible = true;
      await until(() => follower.heartbeat.alive);
      await windowGroup.clock.advance(10 * minute);
      assert.deepEqual(announcedCounts(all), [1, 0, 0]);
    });

    it('waits while nobody can see any window, and is told then', async () => {
      const { all, follower, leader } = await open();
      await follower.addRequest(request());
      await until(() => leader.watched.waitingSince(id(1)) !== undefined);
      windowGroup.tsh.requests = [decided];
      for (const window of all) window.isVisible = false;
      await until(() => all.every(({ windows }) => !windows.leads));
      await windowGroup.clock.advance(10 * minute);
      assert.deepEqual(announcedCounts(all), [0, 0]);
      for (const window of all) window.isVisible = true;
      await until(() => all.some(({ windows }) => windows.leads));
      await until(() => windowGroup.clock.secondsToNext === 0);
      await windowGroup.clock.advance(20 * second);
      await until(() => announcedCounts(all).includes(1));
      assert.equal(
        announcedCounts(all).reduce((sum, count) => sum + count, 0),
        1,
      );
    });

    it('and noted is in every window', async () => {
      const { all, follower } = await open(3);
      await follower.addRequest(request());
      windowGroup.tsh.requests = [
        request({ revision: 'r2', state: 'denied', reviews: [review('rita', 'denied')] }),
      ];
      await until(() => windowGroup.leader?.watched.waitingSince(id(1)) !== undefined);
      await windowGroup.clock.advance(3 * second);
      await everywhere(all, ({ snapshot }) => snapshot.ended.length === 1);
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
      await everywhere(all, ({ snapshot }) => snapshot.isReviewer);
      follower.windowSync.setAttention({ focused: true, viewing: false });
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
      follower.windowSync.setAttention({ focused: true, viewing: false });
      await until(() => windowGroup.clock.secondsToNext === undefined);
      windowGroup.tsh.takeCalls();
      follower.windowSync.setAttention(attentive);
      await until(() => windowGroup.clock.secondsToNext !== undefined);
      windowGroup.tsh.requests = [bobsRequest(2, 'alice')];
      await windowGroup.clock.advance(minute);
      await until(() => follower.announced.length === 1);
      follower.windowSync.setAttention({ focused: true, viewing: false });
      await windowGroup.clock.advance(second);
      windowGroup.tsh.takeCalls();
      await windowGroup.clock.advance(10 * minute);
      assert.equal(countCalls(windowGroup.tsh.takeCalls(), 'list'), 10);
      leader.notifyReviewers = false;
      leader.refresh.schedule();
      await windowGroup.clock.advance(hour);
      assert.deepEqual(windowGroup.tsh.takeCalls(), []);
    });
  });
});
