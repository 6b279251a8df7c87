import assert from 'node:assert/strict';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { hour, id, minute, now, profile, request, review, second } from '../../../support/samples.ts';
import { count, RememberedFiles, Stage, ToldTsh } from '../../../support/state/testWindow.ts';
import { settle, Time } from '../../../support/state/handClock.ts';

describe('how often tsh is asked', () => {
  it('never while nobody looks, waits or is elevated', async () => {
    const stage = new Stage();
    stage.refresh.attend({ focused: true, viewing: false });
    await stage.time.pass(24 * hour);
    assert.deepEqual(stage.tsh.taken(), []);
    assert.equal(stage.time.next, undefined);
  });

  it('once when a view is opened; the list twice, since lists lag', async () => {
    const stage = new Stage();
    stage.refresh.attend({ focused: true, viewing: true });
    await stage.time.pass(3 * second);
    assert.deepEqual(stage.tsh.taken(), ['version', 'status', 'list', 'list']);
  });

  it('once a minute while a view is visible, and who is signed in not again', async () => {
    const stage = await Stage.watched();
    await stage.time.pass(10 * minute);
    assert.deepEqual(new Set(stage.tsh.asked), new Set(['list']));
    assert.equal(count(stage.tsh.taken(), 'list'), 10);
  });

  it('never again once the views are hidden', async () => {
    const stage = await Stage.watched();
    stage.refresh.attend({ focused: true, viewing: false });
    await stage.time.pass(24 * hour);
    assert.ok(count(stage.tsh.taken(), 'list') <= 1);
  });

  it('a request that waits: every 2 s for two minutes, then every 5 s', async () => {
    const stage = await Stage.watched();
    stage.refresh.attend({ focused: true, viewing: false });
    await stage.ask(request({ decideBy: now + hour, grantEnds: now + hour }));
    await stage.time.pass(2 * minute);
    const early = count(stage.tsh.taken(), 'show');
    assert.ok(early >= 58 && early <= 62, String(early));
    await stage.time.pass(10 * minute);
    const late = count(stage.tsh.taken(), 'show');
    assert.ok(late >= 118 && late <= 122, String(late));
  });

  it('a request that waits in a window that is not looked at: every 15 s', async () => {
    const stage = await Stage.watched();
    stage.refresh.attend({ focused: false, viewing: false });
    await stage.ask(request({ decideBy: now + hour, grantEnds: now + hour }));
    await stage.time.pass(10 * minute);
    const shows = count(stage.tsh.taken(), 'show');
    assert.ok(shows >= 39 && shows <= 41, String(shows));
  });

  it('coming back to the window asks at once what was due', async () => {
    const stage = await Stage.watched();
    stage.refresh.attend({ focused: false, viewing: false });
    await stage.ask(request());
    await stage.time.pass(16 * second);
    stage.tsh.taken();
    await stage.time.pass(10 * second);
    stage.refresh.attend({ focused: true, viewing: false });
    await stage.time.pass(0);
    assert.equal(count(stage.tsh.taken(), 'show'), 1);
  });

  it('less and less while the cluster is down, at most once a minute; one answer ends that', async () => {
    const stage = await Stage.watched();
    await stage.ask(request({ decideBy: now + 5 * hour, grantEnds: now + 5 * hour }));
    stage.tsh.taken();
    stage.tsh.failing = { show: 'unreachable', list: 'unreachable' };
    await stage.time.pass(minute);
    const first = stage.tsh.taken().length;
    assert.ok(first >= 3 && first <= 8, String(first));
    await stage.time.pass(10 * minute);
    const later = stage.tsh.taken().length;
    assert.ok(later >= 9 && later <= 12, String(later));
    assert.equal(stage.store.snapshot.stale?.kind, 'unreachable');
    stage.tsh.failing = {};
    await stage.time.pass(minute);
    assert.equal(stage.store.snapshot.stale, undefined);
    stage.tsh.taken();
    await stage.time.pass(minute);
    assert.ok(count(stage.tsh.taken(), 'show') >= 11);
  });

  it('a clock that is set back stops nothing', async () => {
    const stage = await Stage.watched();
    await stage.ask(request({ decideBy: now + 5 * hour, grantEnds: now + 5 * hour }));
    await stage.time.pass(10 * second);
    stage.time.jump(-3 * hour);
    stage.tsh.taken();
    await stage.time.pass(2 * minute);
    const asked = stage.tsh.taken();
    assert.ok(count(asked, 'show') >= 20, `show: ${String(count(asked, 'show'))}`);
    assert.ok(count(asked, 'list') >= 1, 'list');
  });

  it('who is signed in, when the profile folder has changed, also while nobody looks; the list is not', async () => {
    const stage = new Stage();
    stage.tsh.login = { kind: 'signedIn', profile: profile('alice', { assumed: [id(1)] }) };
    stage.tsh.requests = [request({ state: 'approved' })];
    stage.refresh.loginMayHaveChanged();
    await stage.time.pass(second);
    assert.deepEqual(stage.tsh.taken(), ['version', 'status', 'show 1']);
    const [elevated] = stage.store.snapshot.elevations;
    assert.deepEqual([elevated?.requestId, elevated?.where.kind], [id(1), 'mainLogin']);
    await stage.time.pass(20 * minute);
    assert.deepEqual(stage.tsh.taken(), []);
  });

  it('a tsh that changes the folder whenever it is asked is asked less and less', async () => {
    const stage = await Stage.watched();
    stage.refresh.attend({ focused: false, viewing: false });
    const asked = stage.tsh.asked;
    stage.tsh.status = () => {
      asked.push('status');
      stage.time.later(300, () => stage.refresh.loginMayHaveChanged());
      return Promise.resolve(stage.tsh.login);
    };
    stage.refresh.loginMayHaveChanged();
    await stage.time.pass(10 * minute);
    assert.ok(count(asked, 'status') > 2 && count(asked, 'status') < 20, String(count(asked, 'status')));
  });

  it('at once after a quiet minute, however often the folder changed for nothing before', async () => {
    const stage = await Stage.watched();
    stage.refresh.attend({ focused: false, viewing: false });
    for (let times = 0; times < 8; times += 1) {
      stage.refresh.loginMayHaveChanged();
      await stage.time.pass(second);
    }
    await stage.time.pass(2 * minute);
    stage.tsh.taken();
    stage.refresh.loginMayHaveChanged();
    await stage.time.pass(0);
    assert.deepEqual(stage.tsh.taken(), ['status']);
  });

  it('a folder that changed while tsh did not answer is asked about a few times, then no more', async () => {
    const stage = new Stage();
    stage.tsh.failing = { status: 'unreadable' };
    stage.refresh.loginMayHaveChanged();
    await stage.time.pass(hour);
    assert.equal(count(stage.tsh.taken(), 'status'), 3);
  });

  it('nothing after it was stopped', async () => {
    const stage = await Stage.watched();
    stage.refresh.stop();
    stage.refresh.attend({ focused: true, viewing: true });
    await stage.time.pass(hour);
    assert.deepEqual(stage.tsh.taken(), []);
  });
});

describe('what becomes of a request', () => {
  const decided = request({ revision: 'r2', state: 'approved', reviews: [review('rita')] });

  it('is told once, within seconds, and noted', async () => {
    const stage = await Stage.watched();
    await stage.ask(request());
    await stage.time.pass(3 * second);
    assert.deepEqual(stage.told, []);
    stage.tsh.requests = [decided];
    await stage.time.pass(3 * second);
    assert.deepEqual(
      stage.told.map(({ kind }) => kind),
      ['approved'],
    );
    await stage.time.pass(5 * minute);
    assert.equal(stage.told.length, 1);
    assert.deepEqual(stage.store.snapshot.waiting, []);
    assert.match(stage.files.kept.get('journal.jsonl') ?? '', /"kind":"approved".*"by":"rita"/);
  });

  it('is told by one of two windows only', async () => {
    const [time, tsh, kept] = [new Time(), new ToldTsh(), new Map<string, string>()];
    const windows = await Promise.all(
      [1, 2].map(() => Stage.watched({ time, tsh, files: new RememberedFiles(kept) })),
    );
    for (const window of windows) await window.watched.begin(profile(), id(1), time.now());
    tsh.requests = [decided];
    await time.pass(2 * minute);
    assert.equal(windows.flatMap(({ told }) => told).length, 1);
    for (const { store } of windows) assert.deepEqual(store.snapshot.waiting, []);
  });

  it('is told also when it came while no window was open', async () => {
    const files = new RememberedFiles();
    const before = await Stage.watched({ files });
    await before.ask(request());
    before.refresh.stop();
    const after = new Stage({ files });
    after.tsh.requests = [decided];
    await after.watched.load();
    after.refresh.attend({ focused: true, viewing: false });
    await after.time.pass(5 * second);
    assert.deepEqual(
      after.told.map(({ kind }) => kind),
      ['approved'],
    );
  });

  it('is a lapse when nobody decided, or when it vanished', async () => {
    const stage = await Stage.watched();
    await stage.ask(request({ decideBy: now + minute }));
    await stage.ask(request({ id: id(2) }));
    stage.tsh.requests = stage.tsh.requests.filter((one) => one.id !== id(2));
    await stage.time.pass(2 * minute);
    assert.deepEqual(stage.told.map(({ kind }) => kind).sort(), ['lapsed', 'lapsed']);
    assert.deepEqual(stage.store.snapshot.waiting, []);
  });
});

describe('reading one request', () => {
  it('puts what was said into the store; one that is gone goes', async () => {
    const stage = await Stage.watched();
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
  const states = (stage: Stage): unknown[] => (stage.store.snapshot.requests ?? []).map(({ state }) => state);

  it('for minutes never makes a decision flip back; it is shown once more at each list', async () => {
    const stage = await Stage.watched();
    stage.tsh.requests = [approved];
    stage.tsh.lagging = [pending];
    await stage.refresh.show(id(1));
    stage.store.onChange(() => assert.deepEqual(states(stage), ['approved']));
    stage.tsh.taken();
    await stage.time.pass(10 * minute);
    const asked = stage.tsh.taken();
    assert.equal(count(asked, 'list'), 10);
    assert.equal(count(asked, 'show'), 10);
    assert.deepEqual(states(stage), ['approved']);
  });

  it('and catches up is believed again, without another question', async () => {
    const stage = await Stage.watched();
    stage.tsh.requests = [pending];
    await stage.refresh.show(id(1));
    await stage.time.pass(minute);
    stage.tsh.taken();
    stage.tsh.requests = [approved];
    await stage.time.pass(minute);
    assert.deepEqual(stage.tsh.taken(), ['list']);
    assert.deepEqual(states(stage), ['approved']);
  });

  it('and still has what was deleted does not bring it back', async () => {
    const stage = await Stage.watched();
    stage.tsh.requests = [pending];
    await stage.refresh.show(id(1));
    stage.tsh.requests = [];
    stage.tsh.lagging = [pending];
    await stage.refresh.show(id(1)).catch(() => undefined);
    await stage.time.pass(5 * minute);
    assert.deepEqual(states(stage), []);
  });
});
