import assert from 'node:assert/strict';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { hour, id, minute, now, profile, request, review, second } from '../../../support/samples.ts';
import { countCalls, MemoryFiles, TestWindow, ScriptedTsh } from '../../../support/state/testWindow.ts';
import { settle, HandClock } from '../../../support/state/handClock.ts';

describe('how often tsh is asked', () => {
  it('never while nobody looks, waits or is elevated', async () => {
    const testWindow = new TestWindow();
    testWindow.refresh.setAttention({ focused: true, viewing: false });
    await testWindow.clock.advance(24 * hour);
    assert.deepEqual(testWindow.tsh.takeCalls(), []);
    assert.equal(testWindow.clock.secondsToNext, undefined);
  });

  it('once when a view is opened; the list twice, since lists lag', async () => {
    const testWindow = new TestWindow();
    testWindow.refresh.setAttention({ focused: true, viewing: true });
    await testWindow.clock.advance(3 * second);
    assert.deepEqual(testWindow.tsh.takeCalls(), ['version', 'status', 'list', 'list']);
  });

  it('once a minute while a view is visible, and who is signed in not again', async () => {
    const testWindow = await TestWindow.openViewed();
    await testWindow.clock.advance(10 * minute);
    assert.deepEqual(new Set(testWindow.tsh.calls), new Set(['list']));
    assert.equal(countCalls(testWindow.tsh.takeCalls(), 'list'), 10);
  });

  it('never again once the views are hidden', async () => {
    const testWindow = await TestWindow.openViewed();
    testWindow.refresh.setAttention({ focused: true, viewing: false });
    await testWindow.clock.advance(24 * hour);
    assert.ok(countCalls(testWindow.tsh.takeCalls(), 'list') <= 1);
  });

  it('a request that waits: every 2 s for two minutes, then every 5 s', async () => {
    const testWindow = await TestWindow.openViewed();
    testWindow.refresh.setAttention({ focused: true, viewing: false });
    await testWindow.addRequest(request({ decideBy: now + hour, grantEnds: now + hour }));
    await testWindow.clock.advance(2 * minute);
    const early = countCalls(testWindow.tsh.takeCalls(), 'show');
    assert.ok(early >= 58 && early <= 62, String(early));
    await testWindow.clock.advance(10 * minute);
    const late = countCalls(testWindow.tsh.takeCalls(), 'show');
    assert.ok(late >= 118 && late <= 122, String(late));
  });

  it('a request that waits in a window that is not looked at: every 15 s', async () => {
    const testWindow = await TestWindow.openViewed();
    testWindow.refresh.setAttention({ focused: false, viewing: false });
    await testWindow.addRequest(request({ decideBy: now + hour, grantEnds: now + hour }));
    testWindow.tsh.takeCalls();
    await testWindow.clock.advance(10 * minute);
    const shows = countCalls(testWindow.tsh.takeCalls(), 'show');
    assert.ok(shows >= 39 && shows <= 41, String(shows));
  });

  it('a request that waits since before the start, with every view hidden from the start', async () => {
    const testWindow = new TestWindow();
    const waiting = request({ decideBy: now + hour, grantEnds: now + hour });
    testWindow.tsh.requests.push(waiting);
    await testWindow.watched.startWaiting(profile(), waiting.id, testWindow.clock.now());
    testWindow.refresh.setAttention({ focused: true, viewing: false });
    await testWindow.clock.advance(10 * second);
    assert.ok(countCalls(testWindow.tsh.takeCalls(), 'show') >= 3);
    testWindow.tsh.requests = [{ ...waiting, state: 'approved', revision: 'r2' }];
    await testWindow.clock.advance(10 * second);
    assert.equal(testWindow.announced.length, 1);
  });

  it('coming back to the window asks at once what was due', async () => {
    const testWindow = await TestWindow.openViewed();
    testWindow.refresh.setAttention({ focused: false, viewing: false });
    await testWindow.addRequest(request());
    await testWindow.clock.advance(16 * second);
    testWindow.tsh.takeCalls();
    await testWindow.clock.advance(10 * second);
    testWindow.refresh.setAttention({ focused: true, viewing: false });
    await testWindow.clock.advance(0);
    assert.equal(countCalls(testWindow.tsh.takeCalls(), 'show'), 1);
  });

  it('less and less while the cluster is down, at most once a minute; one answer ends that', async () => {
    const testWindow = await TestWindow.openViewed();
    await testWindow.addRequest(request({ decideBy: now + 5 * hour, grantEnds: now + 5 * hour }));
    testWindow.tsh.takeCalls();
    testWindow.tsh.failures = { show: 'unreachable', list: 'unreachable' };
    await testWindow.clock.advance(minute);
    const first = testWindow.tsh.takeCalls().length;
    assert.ok(first >= 3 && first <= 8, String(first));
    await testWindow.clock.advance(10 * minute);
    const later = testWindow.tsh.takeCalls().length;
    assert.ok(later >= 9 && later <= 12, String(later));
    assert.equal(testWindow.store.snapshot.stale?.kind, 'unreachable');
    testWindow.tsh.failures = {};
    await testWindow.clock.advance(minute);
    assert.equal(testWindow.store.snapshot.stale, undefined);
    testWindow.tsh.takeCalls();
    await testWindow.clock.advance(minute);
    assert.ok(countCalls(testWindow.tsh.takeCalls(), 'show') >= 11);
  });

  it('a clock that is set back stops nothing', async () => {
    const testWindow = await TestWindow.openViewed();
    await testWindow.addRequest(request({ decideBy: now + 5 * hour, grantEnds: now + 5 * hour }));
    await testWindow.clock.advance(10 * second);
    testWindow.clock.jump(-3 * hour);
    testWindow.tsh.takeCalls();
    await testWindow.clock.advance(2 * minute);
    const asked = testWindow.tsh.takeCalls();
    assert.ok(countCalls(asked, 'show') >= 20, `show: ${String(countCalls(asked, 'show'))}`);
    assert.ok(countCalls(asked, 'list') >= 1, 'list');
  });

  it('who is signed in, when the profile folder has changed, also while nobody looks; the list is not', async () => {
    const testWindow = new TestWindow();
    testWindow.tsh.login = { kind: 'signedIn', profile: profile('alice', { assumed: [id(1)] }) };
    testWindow.tsh.requests = [request({ state: 'approved' })];
    testWindow.refresh.loginMayHaveChanged();
    await testWindow.clock.advance(second);
    assert.deepEqual(testWindow.tsh.takeCalls(), ['version', 'status', 'show 1']);
    const [elevated] = testWindow.store.snapshot.elevations;
    assert.deepEqual([elevated?.requestId, elevated?.where.kind], [id(1), 'mainLogin']);
    await testWindow.clock.advance(20 * minute);
    assert.deepEqual(testWindow.tsh.takeCalls(), []);
  });

  it('a tsh that changes the folder whenever it is asked is asked less and less', async () => {
    const testWindow = await TestWindow.openViewed();
    testWindow.refresh.setAttention({ focused: false, viewing: false });
    const asked = testWindow.tsh.calls;
    testWindow.tsh.status = () => {
      asked.push('status');
      testWindow.clock.later(300, () => testWindow.refresh.loginMayHaveChanged());
      return Promise.resolve(testWindow.tsh.login);
    };
    testWindow.refresh.loginMayHaveChanged();
    await testWindow.clock.advance(10 * minute);
    assert.ok(
      countCalls(asked, 'status') > 2 && countCalls(asked, 'status') < 20,
      String(countCalls(asked, 'status')),
    );
  });

  it('at once after a quiet minute, however often the folder changed for nothing before', async () => {
    const testWindow = await TestWindow.openViewed();
    testWindow.refresh.setAttention({ focused: false, viewing: false });
    for (let times = 0; times < 8; times += 1) {
      testWindow.refresh.loginMayHaveChanged();
      await testWindow.clock.advance(second);
    }
    await testWindow.clock.advance(2 * minute);
    testWindow.tsh.takeCalls();
    testWindow.refresh.loginMayHaveChanged();
    await testWindow.clock.advance(0);
    assert.deepEqual(testWindow.tsh.takeCalls(), ['status']);
  });

  it('a folder that changed while tsh did not answer is asked about a few times, then no more', async () => {
    const testWindow = new TestWindow();
    testWindow.tsh.failures = { status: 'unreadable' };
    testWindow.refresh.loginMayHaveChanged();
    await testWindow.clock.advance(hour);
    assert.equal(countCalls(testWindow.tsh.takeCalls(), 'status'), 3);
  });

  it('nothing after it was stopped', async () => {
    const testWindow = await TestWindow.openViewed();
    testWindow.refresh.dispose();
    testWindow.refresh.setAttention({ focused: true, viewing: true });
    await testWindow.clock.advance(hour);
    assert.deepEqual(testWindow.tsh.takeCalls(), []);
  });
});

describe('what becomes of a request', () => {
  const decided = request({ revision: 'r2', state: 'approved', reviews: [review('rita')] });

  it('is told once, within seconds, and noted', async () => {
    const testWindow = await TestWindow.openViewed();
    await testWindow.addRequest(request());
    await testWindow.clock.advance(3 * second);
    assert.deepEqual(testWindow.announced, []);
    testWindow.tsh.requests = [decided];
    await testWindow.clock.advance(3 * second);
    assert.deepEqual(
      testWindow.announced.map(({ kind }) => kind),
      ['approved'],
    );
    await testWindow.clock.advance(5 * minute);
    assert.equal(testWindow.announced.length, 1);
    assert.deepEqual(testWindow.store.snapshot.waiting, []);
    assert.match(testWindow.files.texts.get('journal.jsonl') ?? '', /"kind":"approved".*"by":"rita"/);
  });

  it('is told by one of two windows only', async () => {
    const [clock, tsh, texts] = [new HandClock(), new ScriptedTsh(), new Map<string, string>()];
    const windows = await Promise.all(
      [1, 2].map(() => TestWindow.openViewed({ clock, tsh, files: new MemoryFiles(texts) })),
    );
    for (const window of windows) await window.watched.startWaiting(profile(), id(1), clock.now());
    tsh.requests = [decided];
    await clock.advance(2 * minute);
    assert.equal(windows.flatMap(({ announced }) => announced).length, 1);
    for (const { store } of windows) assert.deepEqual(store.snapshot.waiting, []);
  });

  it('is told also when it came while no window was open', async () => {
    const files = new MemoryFiles();
    const firstWindow = await TestWindow.openViewed({ files });
    await firstWindow.addRequest(request());
    firstWindow.refresh.dispose();
    const nextWindow = new TestWindow({ files });
    nextWindow.tsh.requests = [decided];
    await nextWindow.watched.load();
    nextWindow.refresh.setAttention({ focused: true, viewing: false });
    await nextWindow.clock.advance(5 * second);
    assert.deepEqual(
      nextWindow.announced.map(({ kind }) => kind),
      ['approved'],
    );
  });

  it('is a lapse when nobody decided, or when it vanished', async () => {
    const testWindow = await TestWindow.openViewed();
    await testWindow.addRequest(request({ decideBy: now + minute }));
    await testWindow.addRequest(request({ id: id(2) }));
    testWindow.tsh.requests = testWindow.tsh.requests.filter((each) => each.id !== id(2));
    await testWindow.clock.advance(2 * minute);
    assert.deepEqual(testWindow.announced.map(({ kind }) => kind).sort(), ['lapsed', 'lapsed']);
    assert.deepEqual(testWindow.store.snapshot.waiting, []);
  });
});

describe('reading one request', () => {
  it('puts what was said into the store; one that is gone goes', async () => {
    const testWindow = await TestWindow.openViewed();
    testWindow.tsh.requests = [request()];
    await testWindow.refresh.show(id(1));
    assert.equal(testWindow.store.snapshot.requests?.length, 1);
    testWindow.tsh.requests = [];
    await assert.rejects(testWindow.refresh.show(id(1)), (error) => failureOf(error)?.kind === 'gone');
    assert.deepEqual(testWindow.store.snapshot.requests, []);
    await settle();
  });
});

describe('a list that lags', () => {
  const pending = request({ revision: 'r1' });
  const approved = request({ revision: 'r2', state: 'approved' });
  const states = (testWindow: TestWindow): unknown[] =>
    (testWindow.store.snapshot.requests ?? []).map(({ state }) => state);

  it('for minutes never makes a decision flip back; it is shown once more at each list', async () => {
    const testWindow = await TestWindow.openViewed();
    testWindow.tsh.requests = [approved];
    testWindow.tsh.laggingList = [pending];
    await testWindow.refresh.show(id(1));
    testWindow.store.onDidChange(() => assert.deepEqual(states(testWindow), ['approved']));
    testWindow.tsh.takeCalls();
    await testWindow.clock.advance(10 * minute);
    const asked = testWindow.tsh.takeCalls();
    assert.equal(countCalls(asked, 'list'), 10);
    assert.equal(countCalls(asked, 'show'), 10);
    assert.deepEqual(states(testWindow), ['approved']);
  });

  it('and catches up is believed again, without another question', async () => {
    const testWindow = await TestWindow.openViewed();
    testWindow.tsh.requests = [pending];
    await testWindow.refresh.show(id(1));
    await testWindow.clock.advance(minute);
    testWindow.tsh.takeCalls();
    testWindow.tsh.requests = [approved];
    await testWindow.clock.advance(minute);
    assert.deepEqual(testWindow.tsh.takeCalls(), ['list']);
    assert.deepEqual(states(testWindow), ['approved']);
  });

  it('and still has what was deleted does not bring it back', async () => {
    const testWindow = await TestWindow.openViewed();
    testWindow.tsh.requests = [pending];
    await testWindow.refresh.show(id(1));
    testWindow.tsh.requests = [];
    testWindow.tsh.laggingList = [pending];
    await testWindow.refresh.show(id(1)).catch(() => undefined);
    await testWindow.clock.advance(5 * minute);
    assert.deepEqual(states(testWindow), []);
  });
});
