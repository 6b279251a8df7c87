import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { root } from '../../scripts/build.ts';
import { freshFolder, removeFolder } from '../../scripts/hosts/people.ts';
import type { RequestId } from '../../src/access/untrusted/untrusted.ts';
import type { Attention } from '../../src/state/refresh/pollingIntervals.ts';
import { Elevations } from '../../src/state/elevation/elevations.ts';
import { StorageFiles } from '../../src/state/storageFiles.ts';
import { HomeRecords, type HomeRecord } from '../../src/state/elevation/homeRecords.ts';
import { Journal } from '../../src/state/memory/journal.ts';
import { LastLogin } from '../../src/state/memory/lastLogin.ts';
import { WindowHeartbeat } from '../../src/state/windows/windowHeartbeat.ts';
import { SharedRefresh } from '../../src/state/windows/sharedRefresh.ts';
import { ServerCheck } from '../../src/state/elevation/serverCheck.ts';
import { Store } from '../../src/state/store.ts';
import { WatchedRequests } from '../../src/state/memory/watchedRequests.ts';
import { WindowElection } from '../../src/state/windows/windowElection.ts';
import { Home } from '../../src/teleport/home/home.ts';
import type { Run } from '../../src/teleport/process/outcome.ts';
import { stampOf } from '../../src/teleport/process/processId.ts';
import { processSpace } from '../../src/teleport/process/processSpace.ts';
import type { Profile } from '../../src/teleport/output/loginSchema.ts';
import { Tsh } from '../../src/teleport/commands/tsh.ts';
import type { Figure } from '../support/bench/figure.ts';
import { testClient } from '../support/testClient.ts';

const hour = 3_600_000;
const begin = Date.parse('2026-11-22T13:50:00Z');
const pending = '01a20383-2e62-7614-88ee-43a05f7b60d1' as RequestId;

/** Returns the standard output of a recording of the real tsh. */
async function recorded(name: string): Promise<string> {
  const file = join(root, 'test', 'fixtures', 'real-teleport', `${name}.json`);
  return (JSON.parse(await readFile(file, 'utf8')) as { stdout: string }).stdout;
}

/** A clock that advances when all work of the current time is done, with its timers. */
class FakeTime {
  now = begin;
  readonly #timers = new Map<object, { at: number; task: () => void }>();

  readonly later = (ms: number, task: () => void): (() => void) => {
    const key = {};
    this.#timers.set(key, { at: this.now + ms, task });
    return () => this.#timers.delete(key);
  };

  /** Runs all timers up to `end` and sets the time to it. */
  async runUntil(end: number): Promise<void> {
    for (;;) {
      const [next] = [...this.#timers].sort(([, a], [, b]) => a.at - b.at);
      if (!next || next[1].at > end) break;
      const before = this.#timers.size;
      this.#timers.delete(next[0]);
      this.now = Math.max(this.now, next[1].at);
      next[1].task();
      // A task sets its next timer when its work is done. A task that needs none sets none, hence the time
      // limit.
      const deadline = performance.now() + 200;
      while (this.#timers.size < before && performance.now() < deadline) await setImmediate();
    }
    this.now = end;
  }
}

/** The conditions during the measured hour. */
interface Conditions {
  readonly attention?: Attention;
  /** Whether a request of the person is pending. */
  readonly hasPendingRequest?: boolean;
  /** Whether the person has reviewed requests before. */
  readonly isReviewer?: boolean;
  /** Whether the request is assumed in the main login. */
  readonly elevated?: boolean;
  /** The number of elevated terminals with assumed requests, all in one window. */
  readonly terminals?: number;
}

const hiddenViews: Attention = { focused: false, viewing: false };
const visibleViews: Attention = { focused: true, viewing: true };

/** A tsh that answers as recorded and counts the processes that all windows start. */
class CountingTsh {
  started = 0;
  readonly #answers: readonly (readonly [RegExp, string])[];

  private constructor(answers: readonly (readonly [RegExp, string])[]) {
    this.#answers = answers;
  }

  static async recorded({ hasPendingRequest: waits, elevated }: Conditions): Promise<CountingTsh> {
    const list = (await recorded('ent-ls-pending')).replaceAll('2026-11-22T14', '2026-11-22T20');
    const status = (await recorded('ent-status-base')).replace('2026-11-23T01', '2026-11-24T01');
    const assumed = status.replace(/"active":\s*{/, `$&"active_requests":["${pending}"],`);
    return new CountingTsh([
      [/^version/, '{"version":"18.0.0"}'],
      [/^status/, elevated ? assumed : status],
      [/^request ls/, waits ? list : '[]'],
      [/^request show/, list.trim().slice(1, -1)],
    ]);
  }

  readonly run: Run = (_, args) => {
    this.started += 1;
    const stdout = this.#answers.find(([command]) => command.test(args.join(' ')))?.[1] ?? '';
    return Promise.resolve({ kind: 'exited', code: 0, stdout, stderr: '' });
  };
}

/**
 * Opens a window with the services that `core.ts` makes, without the editor. Windows on the same folder elect
 * a leader.
 * @param owner whether the elevated terminals belong to this window, because all windows run in the same
 * process here
 */
function openWindow(folder: string, time: FakeTime, countingTsh: CountingTsh, owner: boolean) {
  const clock = { now: () => time.now };
  const client = testClient(process.execPath, {
    loadRun: () => Promise.resolve(countingTsh.run),
    env: {},
  });
  const [tsh, store, mainLogin] = [new Tsh(client), new Store(), new Home(folder)];
  const files = new StorageFiles(join(folder, 'storage'), () => undefined);
  const [journal, watched] = [new Journal(files, store, clock), new WatchedRequests(files, store)];
  const records = new HomeRecords(files);
  const space = () => processSpace({});
  const elevations = new Elevations({ tsh, mainLogin, records, store, journal, clock, env: {}, space });
  const lastLogin = new LastLogin(files);
  const reportError = (error: unknown): never => {
    throw error;
  };
  const heartbeat = new WindowHeartbeat(() => Promise.resolve());
  const windows = new WindowElection({
    lockPath: () => Promise.resolve(join(folder, 'leader')),
    heartbeat,
    reportError,
  });
  const refresh = new SharedRefresh({
    ...{ client, tsh, mainLogin, store, watched, elevations, journal, lastLogin, clock, reportError },
    ...{ windows, heartbeat },
    later: time.later,
    announceHere: () => Promise.resolve(true),
    notifyReviewers: () => true,
  });
  // As in `ElevationMonitor`: a window checks its own terminals, and the main login when it leads.
  const serverCheck = new ServerCheck({
    ...{ tsh, mainLogin, elevations, clock, root: folder, later: time.later },
    elevationsToCheck: () =>
      store.snapshot.elevations.filter(({ where }) => (where.kind === 'private' ? owner : windows.leads)),
    onStatus: () => Promise.resolve(),
  });
  store.onDidChange(() => serverCheck.schedule());
  return { windows, refresh, store, watched, records, elevations, standing: serverCheck };
}

/** The record of a private home in use. */
const homeRecord = async (folder: string, mainLogin: Profile, number: number): Promise<HomeRecord> => ({
  name: String(number).padStart(32, '0'),
  state: 'ready',
  boot: '',
  space: await processSpace({}),
  root: folder,
  mainLogin: folder,
  requestId: pending,
  roles: [],
  ...{ user: mainLogin.user, cluster: mainLogin.cluster, proxy: mainLogin.proxy },
  since: begin,
  certificateEnds: begin + 5 * hour,
  grantEnds: begin + 5 * hour,
  window: { pid: process.pid, stamp: (await stampOf(process.pid)) ?? '' },
  shells: [],
});

/**
 * Returns the number of processes that `count` windows start in the second of two hours. The first includes
 * the start.
 */
async function processesInAnHour(count: number, conditions: Conditions): Promise<number> {
  const folder = await freshFolder();
  const time = new FakeTime();
  const countingTsh = await CountingTsh.recorded(conditions);
  const open = Array.from({ length: count }, (_, n) =>
    openWindow(folder, time, countingTsh, n === count - 1),
  );
  try {
    for (const { windows } of open) {
      windows.start();
      await windows.decided(10_000);
    }
    const [first, last] = [open[0], open.at(-1)];
    if (!first || !last) throw new Error('No window was opened.');
    if (conditions.hasPendingRequest || conditions.isReviewer || conditions.elevated || conditions.terminals)
      await last.refresh.refreshNow();
    const { login } = last.store.snapshot;
    if (login.kind === 'signedIn') {
      if (conditions.hasPendingRequest)
        await last.watched.startWaiting(login.profile, pending, time.now + hour);
      if (conditions.isReviewer) await last.watched.markReviewer(login.profile);
      for (let n = 0; n < (conditions.terminals ?? 0); n += 1)
        await last.records.save(await homeRecord(folder, login.profile, n));
      if (conditions.terminals) for (const { elevations } of open) await elevations.load();
    }
    // Only one window is visible, and it is not the leader.
    last.refresh.setAttention(conditions.attention ?? hiddenViews);
    for (let turn = 0; turn < 50; turn += 1) await setImmediate();
    await time.runUntil(begin + hour);
    const before = countingTsh.started;
    await time.runUntil(begin + 2 * hour);
    return countingTsh.started - before;
  } finally {
    for (const { windows, refresh, standing, elevations } of open) {
      refresh.dispose();
      standing.dispose();
      elevations.dispose();
      windows.dispose();
    }
    await removeFolder(folder);
  }
}

/** Counts the tsh processes that one window and ten windows start in an hour without events. */
export async function idle(): Promise<readonly Figure[]> {
  const rows: readonly (readonly [what: string, aim: number, Conditions])[] = [
    ['idle and hidden', 0, {}],
    ['visible', 60, { attention: visibleViews }],
    ['hidden, of a reviewer', 60, { isReviewer: true }],
    ['hidden, elevated in the main login', 120, { elevated: true }],
    ['hidden, elevated in a terminal', 120, { terminals: 1 }],
    ['hidden, elevated in two terminals', 240, { terminals: 2 }],
    ['visible, one pending', 900, { attention: visibleViews, hasPendingRequest: true }],
  ];
  const figures: Figure[] = [];
  for (const [title, target, conditions] of rows) {
    for (const windows of [1, 10]) {
      const name = `tsh processes in an hour, ${title}, ${windows === 1 ? '1 window' : '10 windows'}`;
      const value = await processesInAnHour(windows, conditions);
      figures.push({ name, value, unit: '', target, note: 'fake clock, the second hour' });
    }
  }
  return figures;
}
