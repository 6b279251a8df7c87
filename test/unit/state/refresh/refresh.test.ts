import assert from 'node:assert/strict';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { hour, id, minute, now, profile, request, review, second } from '../../../support/samples.ts';
import { countQuestions, MemoryFiles, TestWindow, ScriptedTsh } from '../../../support/state/testWindow.ts';
import { settle, HandClock } from '../../../support/state/handClock.ts';

describe('how often tsh is asked', () => {
  it('never while nobody looks, waits or is elevated', async () => {
    const stage = new TestWindow();
    stage.refresh.setAttention({ focused: true, viewing: false });
    await stage.clock.advance(24 * hour);
    assert.deepEqual(stage.tsh.takeQuestions(), []);
    assert.equal(stage.clock.secondsToNext, undefined);
  });

  it('once when a view is opened; the list twice, since lists lag', async () => {
    const stage = new TestWindow();
    stage.refresh.setAttention({ focused: true, viewing: true });
    await stage.clock.advance(3 * second);
    assert.deepEqual(stage.tsh.takeQuestions(), ['version', 'status', 'list', 'list']);
  });

  it('once a minute while a view is visible, and who is signed in not again', async () => {
    const stage = await TestWindow.openViewed();
    await stage.clock.advance(10 * minute);
    assert.deepEqual(new Set(stage.tsh.questions), new Set(['list']));
    assert.equal(countQuestions(stage.tsh.takeQuestions(), 'list'), 10);
  });

  it('never again once the views are hidden', async () => {
    const stage = await TestWindow.openViewed();
    stage.refresh.setAttention({ focused: true, viewing: false });
    await stage.clock.advance(24 * hour);
    assert.ok(countQuestions(stage.tsh.takeQuestions(), 'list') <= 1);
  });

  it('a request that waits: every 2 s for two minutes, then every 5 s', async () => {
    const stage = await TestWindow.openViewed();
    stage.refresh.setAttention({ focused: true, viewing: false });
    await stage.addRequest(request({ decideBy: now + hour, grantEnds: now + hour }));
    await stage.clock.advance(2 * minute);
    const early = countQuestions(stage.tsh.takeQuestions(), 'show');
    assert.ok(early >= 58 && early <= 62, String(early));
    await stage.clock.advance(10 * minute);
    const late = countQuestions(stage.tsh.takeQuestions(), 'show');
    assert.ok(late >= 118 && late <= 122, String(late));
  });

  it('a request that waits in a window that is not looked at: every 15 s', async () => {
    const stage = await TestWindow.openViewed();
    stage.refresh.setAttention({ focused: false, viewing: false });
    await stage.addRequest(request({ decideBy: now + hour, grantEnds: now + hour }));
    await stage.clock.advance(10 * minute);
    const shows = countQuestions(stage.tsh.takeQuestions(), 'show');
    assert.ok(shows >= 39 && shows <= 41, String(shows));
  });

  it('coming back to the window asks at once what was due', async () => {
    const stage = await TestWindow.openViewed();
    stage.refresh.setAttention({ focused: false, viewing: false });
    await stage.addRequest(request());
    await stage.clock.advance(16 * second);
    stage.tsh.takeQuestions();
    await stage.clock.advance(10 * second);
    stage.refresh.setAttention({ focused: true, viewing: false });
    await stage.clock.advance(0);
    assert.equal(countQuestions(stage.tsh.takeQuestions(), 'show'), 1);
  });

  it('less and less while the cluster is down, at most once a minute; one answer ends that', async () => {
    const stage = await TestWindow.openViewed();
    await stage.addRequest(request({ decideBy: now + 5 * hour, grantEnds: now + 5 * hour }));
    stage.tsh.takeQuestions();
    stage.tsh.failures = { show: 'unreachable', list: 'unreachable' };
    await stage.clock.advance(minute);
    const first = stage.tsh.takeQuestions().length;
    assert.ok(first >= 3 && first <= 8, String(first));
    await stage.clock.advance(10 * minute);
    const later = stage.tsh.takeQuestions().length;
    assert.ok(later >= 9 && later <= 12, String(later));
    assert.equal(stage.store.snapshot.stale?.kind, 'unreachable');
    stage.tsh.failures = {};
    await stage.clock.advance(minute);
    assert.equal(stage.store.snapshot.stale, undefined);
    stage.tsh.takeQuestions();
    await stage.clock.advance(minute);
    assert.ok(countQuestions(stage.tsh.takeQuestions(), 'show') >= 11);
  });

  it('a clock that is set back stops nothing', async () => {
    const stage = await TestWindow.openViewed();
    await stage.addRequest(request({ decideBy: now + 5 * hour, grantEnds: now + 5 * hour }));
    await stage.clock.advance(10 * second);
    stage.clock.jump(-3 * hour);
    stage.tsh.takeQuestions();
    await stage.clock.advance(2 * minute);
    const asked = stage.tsh.takeQuestions();
    assert.ok(countQuestions(asked, 'show') >= 20, `show: ${String(countQuestions(asked, 'show'))}`);
    assert.ok(countQuestions(asked, 'list') >= 1, 'list');
  });

  it('who is signed in, when the profile folder has changed, also while nobody looks; the list is not', async () => {
    const stage = new TestWindow();
    stage.tsh.login = { kind: 'signedIn', profile: profile('alice', { assumed: [id(1)] }) };
    stage.tsh.requests = [request({ state: 'approved' })];
    stage.refresh.loginMayHaveChanged();
    await stage.clock.advance(second);
    assert.deepEqual(stage.tsh.takeQuestions(), ['version', 'status', 'show 1']);
    const [elevated] = stage.store.snapshot.elevations;
    assert.deepEqual([elevated?.requestId, elevated?.where.kind], [id(1), 'mainLogin']);
    await stage.clock.advance(20 * minute);
    assert.deepEqual(stage.tsh.takeQuestions(), []);
  });

  it('a tsh that changes the folder whenever it is asked is asked less and less', async () => {
    const stage = await TestWindow.openViewed();
    stage.refresh.setAttention({ focused: false, viewing: false });
    const asked = stage.tsh.questions;
    stage.tsh.status = () => {
      asked.push('status');
      stage.clock.later(300, () => stage.refresh.loginMayHaveChanged());
      return Promise.resolve(stage.tsh.login);
    };
    stage.refresh.loginMayHaveChanged();
    await stage.clock.advance(10 * minute);
    assert.ok(countQuestions(asked, 'status') > 2 && countQuestions(asked, 'status') < 20, String(countQuestions(asked, 'status')));
  });

  it('at once after a quiet minute, however often the folder changed for nothing before', async () => {
    const stage = await TestWindow.openViewed();
    stage.refresh.setAttention({ focused: false, viewing: false });
    for (let times = 0; times < 8; times += 1) {
      stage.refresh.loginMayHaveChanged();
      await stage.clock.advance(second);
    }
    await stage.clock.advance(2 * minute);
    stage.tsh.takeQuestions();
    stage.refresh.loginMayHaveChanged();
    await stage.clock.advance(0);
    assert.deepEqual(stage.tsh.takeQuestions(), ['status']);
  });

  it('a folder that changed while tsh did not answer is asked about a few times, then no more', async () => {
    const stage = new TestWindow();
    stage.tsh.failures = { status: 'unreadable' };
    stage.refresh.loginMayHaveChanged();
    await stage.clock.advance(hour);
    assert.equal(countQuestions(stage.tsh.takeQuestions(), 'status'), 3);
  });

  it('nothing after it was stopped', async () => {
    const stage = await TestWindow.openViewed();
    stage.refresh.dispose();
    stage.refresh.setAttention({ focused: true, viewing: true });
    await stage.clock.advance(hour);
    assert.deepEqual(stage.tsh.takeQuestions(), []);
  });
});

describe('what becomes of a request', () => {
  const decided = request({ revision: 'r2', state: 'approved', reviews: [review('rita')] });

  it('is told once, within seconds, and noted', async () => {
    const stage = await TestWindow.openViewed();
    await stage.addRequest(request());
    await stage.clock.advance(3 * second);
    assert.deepEqual(stage.announced, []);
    stage.tsh.requests = [decided];
    await stage.clock.advance(3 * second);
    assert.deepEqual(
      stage.announced.map(({ kind }) => kind),
      ['approved'],
    );
    await stage.clock.advance(5 * minute);
    assert.equal(stage.announced.length, 1);
    assert.deepEqual(stage.store.snapshot.waiting, []);
    assert.match(stage.files.texts.get('journal.jsonl') ?? '', /"kind":"approved".*"by":"rita"/);
  });

  it('is told by one of two windows only', async () => {
    const [time, tsh, kept] = [new HandClock(), new ScriptedTsh(), new Map<string, string>()];
    const windows = await Promise.all(
      [1, 2].map(() => TestWindow.openViewed({ clock: time, tsh, files: new MemoryFiles(kept) })),
    );
    for (const window of windows) await window.watched.startWaiting(profile(), id(1), time.now());
    tsh.requests = [decided];
    await time.advance(2 * minute);
    assert.equal(windows.flatMap(({ announced: told }) => told).length, 1);
    for (const { store } of windows) assert.deepEqual(store.snapshot.waiting, []);
  });

  it('is told also when it came while no window was open', async () => {
    const files = new MemoryFiles();
    const before = await TestWindow.openViewed({ files });
    await before.addRequest(request());
    before.refresh.dispose();
    const after = new TestWindow({ files });
    after.tsh.requests = [decided];
    await after.watched.load();
    after.refresh.setAttention({ focused: true, viewing: false });
    await after.clock.advance(5 * second);
    assert.deepEqual(
      after.announced.map(({ kind }) => kind),
      ['approved'],
    );
  });

  it('is a lapse when nobody decided, or when it vanished', async () => {
    const stage = await TestWindow.openViewed();
    await stage.addRequest(request({ decideBy: now + minute }));
    await stage.addRequest(request({ id: id(2) }));
    stage.tsh.requests = stage.tsh.requests.filter((one) => one.id !== id(2));
    await stage.clock.advance(2 * minute);
    assert.deepEqual(stage.announced.map(({ kind }) => kind).sort(), ['lapsed', 'lapsed']);
    assert.deepEqual(stage.store.snapshot.waiting, []);
  });
});

describe('reading one request', () => {
  it('puts what was said into the store; one that is gone goes', async () => {
    const stage = await TestWindow.openViewed();
    stage.tsh.requests = [request()];
    await stage.refresh.show(id(1));
    assert.equal(stage.store.snapshot.requests?.length, 1);
    stage.tsh.requests = [];
    await assert.rejects(stage.refresh.show(id(1)), (error) => failureOf(error)?.kind === 'gone');
    assert.deepEqual(stage.store.snapshot.requests, []);
    await settle();
  });
});

describe('a list that lags', () => {
  const pending = request({ revision: 'r1' });
  const approved = request({ revision: 'r2', state: 'approved' });
  const states = (stage: TestWindow): unknown[] => (stage.store.snapshot.requests ?? []).map(({ state }) => state);

  it('for minutes never makes a decision flip back; it is shown once more at each list', async () => {
    const stage = await TestWindow.openViewed();
    stage.tsh.requests = [approved];
    stage.tsh.laggingList = [pending];
    await stage.refresh.show(id(1));
    stage.store.onDidChange(() => assert.deepEqual(states(stage), ['approved']));
    stage.tsh.takeQuestions();
    await stage.clock.advance(10 * minute);
    const asked = stage.tsh.takeQuestions();
    assert.equal(countQuestions(asked, 'list'), 10);
    assert.equal(countQuestions(asked, 'show'), 10);
    assert.deepEqual(states(stage), ['approved']);
  });

  it('and catches up is believed again, without another question', async () => {
    const stage = await TestWindow.openViewed();
    stage.tsh.requests = [pending];
    await stage.refresh.show(id(1));
    await stage.clock.advance(minute);
    stage.tsh.takeQuestions();
    stage.tsh.requests = [approved];
    await stage.clock.advance(minute);
    assert.deepEqual(stage.tsh.takeQuestions(), ['list']);
    assert.deepEqual(states(stage), ['approved']);
  });

  it('and still has what was deleted does not bring it back', async () => {
    const stage = await TestWindow.openViewed();
    stage.tsh.requests = [pending];
    await stage.refresh.show(id(1));
    stage.tsh.requests = [];
    stage.tsh.laggingList = [pending];
    await stage.refresh.show(id(1)).catch(() => undefined);
    await stage.clock.advance(5 * minute);
    assert.deepEqual(states(stage), []);
  });
});
