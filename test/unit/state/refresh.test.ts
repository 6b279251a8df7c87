import assert from 'node:assert/strict';
import { foreign } from '../../../src/access/text.ts';
import { failureOf } from '../../../src/teleport/failure.ts';
import { hour, id, minute, now, profile, request, review, second } from '../given.ts';
import { RememberedFiles, Stage, ToldTsh } from './stage.ts';
import { settle, Time } from './time.ts';

const count = (asked: readonly string[], word: string): number =>
  asked.filter((question) => question.startsWith(word)).length;

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
    for (const window of windows) await window.waiting.begin(profile(), id(1), time.now());
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
    await after.waiting.load();
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

describe('who is signed in', () => {
  it('signed out is believed only after a second look', async () => {
    const stage = await Stage.watched();
    stage.tsh.login = { kind: 'signedOut' };
    stage.refresh.loginMayHaveChanged();
    await stage.time.pass(second);
    assert.equal(stage.store.snapshot.login.kind, 'signedIn');
    await stage.time.pass(2 * second);
    assert.equal(stage.store.snapshot.login.kind, 'signedOut');
  });

  it('signed out for a moment, because another program writes, is not believed', async () => {
    const stage = await Stage.watched();
    const { login } = stage.tsh;
    stage.tsh.login = { kind: 'signedOut' };
    const seen: string[] = [];
    stage.store.onChange((after) => seen.push(after.login.kind));
    stage.refresh.loginMayHaveChanged();
    await stage.time.pass(second);
    stage.tsh.login = login;
    await stage.time.pass(5 * second);
    assert.ok(!seen.includes('signedOut'));
  });

  it('a tsh that says so while asked something else leads to the same doubt', async () => {
    const stage = await Stage.watched();
    stage.tsh.failing = { list: 'signedOut' };
    await stage.time.pass(70 * second);
    assert.equal(stage.store.snapshot.login.kind, 'signedIn');
    assert.ok(count(stage.tsh.taken(), 'status') >= 1);
  });

  it('the end of the login is seen at its moment, without asking the cluster', async () => {
    const stage = new Stage();
    stage.tsh.login = { kind: 'signedIn', profile: profile('alice', { validUntil: now + minute }) };
    stage.refresh.attend({ focused: true, viewing: true });
    await stage.time.pass(59 * second);
    assert.equal(stage.store.snapshot.login.kind, 'signedIn');
    await stage.time.pass(2 * second);
    assert.equal(stage.store.snapshot.login.kind, 'expired');
  });

  it('a new login is seen when the profile folder changes', async () => {
    const stage = new Stage();
    stage.tsh.login = { kind: 'signedOut' };
    stage.refresh.attend({ focused: true, viewing: true });
    await stage.time.pass(5 * second);
    assert.equal(stage.store.snapshot.login.kind, 'signedOut');
    stage.tsh.login = { kind: 'signedIn', profile: profile() };
    stage.refresh.loginMayHaveChanged();
    await stage.time.pass(second);
    assert.equal(stage.store.snapshot.login.kind, 'signedIn');
    assert.deepEqual(stage.store.snapshot.requests, []);
  });

  it('when another person signs in, nothing of the former one stays', async () => {
    const stage = await Stage.watched();
    await stage.ask(request());
    await stage.ask(request({ id: id(2), state: 'denied', decideBy: now + 2 * hour }));
    await stage.waiting.hide(profile(), id(1));
    await stage.waiting.reviewed(profile());
    await stage.time.pass(3 * second);
    const hers = stage.tsh.requests;
    stage.tsh.login = { kind: 'signedIn', profile: profile('bob') };
    stage.tsh.requests = [];
    stage.refresh.loginMayHaveChanged();
    await stage.time.pass(second);
    const { requests, waiting, hidden, reviews, ended } = stage.store.snapshot;
    assert.deepEqual(
      { requests, waiting, hidden, reviews },
      { requests: [], waiting: [], hidden: [], reviews: false },
    );
    assert.deepEqual(ended, []);
    stage.tsh.login = { kind: 'signedIn', profile: profile() };
    stage.tsh.requests = hers;
    stage.refresh.loginMayHaveChanged();
    await stage.time.pass(second);
    assert.deepEqual(stage.store.snapshot.hidden, [id(1)], 'and it is there again when she comes back');
    assert.equal(stage.store.snapshot.ended.length, 1);
  });

  it('another cluster is another login', async () => {
    const stage = await Stage.watched();
    await stage.ask(request());
    const cluster = foreign('other.test');
    stage.tsh.login = { kind: 'signedIn', profile: profile('alice', { cluster }) };
    stage.tsh.requests = [];
    stage.refresh.loginMayHaveChanged();
    await stage.time.pass(second);
    assert.deepEqual(stage.store.snapshot.waiting, []);
  });
});

describe('a tsh that cannot help', () => {
  it('is missing: said at once, and found again by itself', async () => {
    const stage = new Stage();
    stage.missing = true;
    stage.refresh.attend({ focused: true, viewing: true });
    await stage.time.pass(second);
    assert.equal(stage.store.snapshot.login.kind, 'tshMissing');
    stage.missing = false;
    await stage.time.pass(2 * minute);
    assert.equal(stage.store.snapshot.login.kind, 'signedIn');
  });

  it('is too old: said with its version, and noticed when it was updated', async () => {
    const stage = new Stage();
    for (const version of ['13.4.2', 'v9.0.0', 'unknown']) {
      stage.tsh.installed = version;
      await stage.refresh.now();
      assert.deepEqual(stage.store.snapshot.login, { kind: 'tooOld', version });
    }
    stage.tsh.taken();
    stage.tsh.installed = '14.0.0';
    await stage.refresh.now();
    assert.equal(stage.store.snapshot.login.kind, 'signedIn');
    stage.tsh.taken();
    await stage.refresh.now();
    assert.equal(count(stage.tsh.taken(), 'version'), 0, 'the same file is not asked twice');
    stage.program = { ...stage.program, stamp: 'b' };
    await stage.refresh.now();
    assert.equal(count(stage.tsh.taken(), 'version'), 1);
  });

  it('answers garbage or not at all: what is known stays, and is said to be old', async () => {
    for (const kind of ['unreadable', 'timedOut', 'refused'] as const) {
      const stage = await Stage.watched();
      stage.tsh.requests = [request()];
      await stage.refresh.now();
      stage.tsh.failing = { list: kind };
      await stage.refresh.now();
      const { stale, requests, login } = stage.store.snapshot;
      assert.deepEqual([stale?.kind, requests?.length, login.kind], [kind, 1, 'signedIn']);
    }
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
