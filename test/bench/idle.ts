import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { root } from '../../scripts/build.ts';
import { freshFolder, removeFolder } from '../../scripts/hosts/people.ts';
import type { RequestId } from '../../src/access/text/untrusted.ts';
import type { Attention } from '../../src/state/refresh/pollingIntervals.ts';
import { Elevations } from '../../src/state/elevation/elevations.ts';
import { StorageFiles } from '../../src/state/storageFiles.ts';
import { HomeRecords, type HomeRecord } from '../../src/state/elevation/homeRecords.ts';
import { Journal } from '../../src/state/memory/journal.ts';
import { LastLogin } from '../../src/state/memory/lastLogin.ts';
import { WindowHeartbeat } from '../../src/state/windows/windowHeartbeat.ts';
import { Refresh } from '../../src/state/refresh/refresh.ts';
import { WindowSync } from '../../src/state/windows/windowSync.ts';
import { ServerCheck } from '../../src/state/elevation/serverCheck.ts';
import { Store } from '../../src/state/store.ts';
import { WatchedRequests } from '../../src/state/memory/watchedRequests.ts';
import { WindowElection } from '../../src/state/windows/windowElection.ts';
import { Client } from '../../src/teleport/commands/client.ts';
import { Home } from '../../src/teleport/home/home.ts';
import type { Run } from '../../src/teleport/process/outcome.ts';
import type { Profile } from '../../src/teleport/output/requestSchema.ts';
import { Tsh } from '../../src/teleport/commands/tsh.ts';
import type { Figure } from '../support/bench/figure.ts';

const hour = 3_600_000;
const begin = Date.parse('2026-11-22T13:50:00Z');
const pending = '01a20383-2e62-7614-88ee-43a05f7b60d1' as RequestId;

/** Standard output of a recording of the real tsh. */
async function recorded(name: string): Promise<string> {
  const file = join(root, 'test', 'fixtures', 'real-teleport', `${name}.json`);
  return (JSON.parse(await readFile(file, 'utf8')) as { stdout: string }).stdout;
}

/** Time that passes when nothing is left to do at this moment, and what is set for later. */
class FakeTime {
  now = begin;
  readonly #set = new Map<object, { at: number; task: () => void }>();

  readonly later = (ms: number, task: () => void): (() => void) => {
    const key = {};
    this.#set.set(key, { at: this.now + ms, task });
    return () => this.#set.delete(key);
  };

  /** Lives through everything up to `end`. */
  async until(end: number): Promise<void> {
    for (;;) {
      const [next] = [...this.#set].sort(([, a], [, b]) => a.at - b.at);
      if (!next || next[1].at > end) break;
      const before = this.#set.size;
      this.#set.delete(next[0]);
      this.now = Math.max(this.now, next[1].at);
      next[1].task();
      // Whatever is through with its work sets the next time; what wants nothing more sets none.
      const patience = performance.now() + 200;
      while (this.#set.size < before && performance.now() < patience) await setImmediate();
    }
    this.now = end;
  }
}

/** What is so during the hour. */
interface Hour {
  readonly attention?: Attention;
  /** A request waits for its decision. */
  readonly waits?: boolean;
  /** The person has reviewed before. */
  readonly reviews?: boolean;
  /** The request is in use in the main login. */
  readonly elevated?: boolean;
  /** In so many elevated terminals requests are in use, all of one window. */
  readonly terminals?: number;
}

const hidden: Attention = { focused: false, viewing: false };
const seen: Attention = { focused: true, viewing: true };

/** Counts what all windows start, with a tsh that answers as recorded. */
class CountedTsh {
  started = 0;
  readonly #answers: readonly (readonly [RegExp, string])[];

  private constructor(answers: readonly (readonly [RegExp, string])[]) {
    this.#answers = answers;
  }

  static async recorded({ waits, elevated }: Hour): Promise<CountedTsh> {
    const list = (await recorded('ent-ls-pending')).replaceAll('2026-11-22T14', '2026-11-22T20');
    const status = (await recorded('ent-status-base')).replace('2026-11-23T01', '2026-11-24T01');
    const assumed = status.replace(/"active":\s*{/, `$&"active_requests":["${pending}"],`);
    return new CountedTsh([
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
 * A window of a person, as `core.ts` builds it but for the editor. Windows of one folder know of each other.
 * @param owner whether elevated terminals are this window's; all windows are one process here
 */
function openWindow(folder: string, time: FakeTime, counted: CountedTsh, owner: boolean) {
  const clock = { now: () => time.now };
  const client = new Client({
    loadRun: () => Promise.resolve(counted.run),
    env: {},
    places: () => ({ setting: process.execPath, env: {}, without: [] }),
    log: () => undefined,
    elapsed: () => time.now,
  });
  const [tsh, store, mainLogin] = [new Tsh(client), new Store(), new Home(folder)];
  const files = new StorageFiles(join(folder, 'storage'), () => undefined);
  const [journal, watched] = [new Journal(files, store, clock), new WatchedRequests(files, store)];
  const records = new HomeRecords(files);
  const boot = () => Promise.resolve('boot');
  const elevations = new Elevations({ tsh, mainLogin, records, store, journal, clock, env: {}, boot });
  const lastLogin = new LastLogin(files);
  const report = (error: unknown): never => {
    throw error;
  };
  const heartbeat = new WindowHeartbeat(() => Promise.resolve());
  const windows = new WindowElection({
    seat: () => Promise.resolve(join(folder, 'seat')),
    heartbeat: heartbeat,
    report,
  });
  const tellHere = () => Promise.resolve(true);
  const shared = { windows, heartbeat, store, elevations, watched, journal, clock, tellHere };
  const sharing = new WindowSync({ ...shared, refresh: () => refresh });
  const refresh: Refresh = new Refresh({
    ...{ client, tsh, mainLogin, store, watched, elevations, journal, lastLogin, clock, report },
    later: time.later,
    asker: sharing,
    tell: (change) => sharing.tell(change),
    tellReviewers: () => true,
  });
  // As `WhileElevated` asks: a window's own terminals, and the main login where it leads.
  const standing = new ServerCheck({
    ...{ tsh, mainLogin, elevations, clock, root: folder, later: time.later },
    ours: () =>
      store.snapshot.elevations.filter(({ where }) => (where.kind === 'private' ? owner : windows.leads)),
    found: () => Promise.resolve(),
  });
  store.onChange(() => standing.schedule());
  return { windows, sharing, refresh, store, watched, records, elevations, standing };
}

/** A private home in use, as the window that filled it has noted it. */
const homeRecord = (folder: string, mainLogin: Profile, number: number): HomeRecord => ({
  name: String(number).padStart(32, '0'),
  state: 'ready',
  boot: 'boot',
  root: folder,
  mainLogin: folder,
  requestId: pending,
  roles: [],
  ...{ user: mainLogin.user, cluster: mainLogin.cluster, proxy: mainLogin.proxy },
  since: begin,
  certificateEnds: begin + 5 * hour,
  grantEnds: begin + 5 * hour,
  window: { pid: process.pid, stamp: '' },
  shells: [],
});

/** How many processes so many windows start in the second of two hours; the first is the start. */
async function processesInAnHour(count: number, what: Hour): Promise<number> {
  const folder = await freshFolder();
  const time = new FakeTime();
  const counted = await CountedTsh.recorded(what);
  const open = Array.from({ length: count }, (_, n) => openWindow(folder, time, counted, n === count - 1));
  try {
    for (const { windows } of open) {
      windows.start();
      await windows.decided(10_000);
    }
    const [first, last] = [open[0], open.at(-1)];
    if (!first || !last) throw new Error('No window was opened.');
    if (what.waits || what.reviews || what.elevated || what.terminals) await last.refresh.now();
    const { login } = last.store.snapshot;
    if (login.kind === 'signedIn') {
      if (what.waits) await last.watched.begin(login.profile, pending, time.now + hour);
      if (what.reviews) await last.watched.reviewed(login.profile);
      for (let n = 0; n < (what.terminals ?? 0); n += 1)
        await last.records.save(homeRecord(folder, login.profile, n));
      if (what.terminals) for (const { elevations } of open) await elevations.load();
    }
    // The person looks at one window only, and that is not the one that leads.
    last.sharing.attend(what.attention ?? hidden);
    for (let turns = 0; turns < 50; turns += 1) await setImmediate();
    await time.until(begin + hour);
    const before = counted.started;
    await time.until(begin + 2 * hour);
    return counted.started - before;
  } finally {
    for (const { windows, refresh, standing, elevations } of open) {
      refresh.stop();
      standing.stop();
      elevations.stop();
      windows.stop();
    }
    await removeFolder(folder);
  }
}

/** What is asked by itself in an hour in which nothing happens, by one window and by ten. */
export async function idle(): Promise<readonly Figure[]> {
  const rows: readonly (readonly [what: string, aim: number, Hour])[] = [
    ['idle and hidden', 0, {}],
    ['visible', 60, { attention: seen }],
    ['hidden, of a reviewer', 60, { reviews: true }],
    ['hidden, elevated in the main login', 120, { elevated: true }],
    ['hidden, elevated in a terminal', 120, { terminals: 1 }],
    ['hidden, elevated in two terminals', 240, { terminals: 2 }],
    ['visible, one pending', 900, { attention: seen, waits: true }],
  ];
  const figures: Figure[] = [];
  for (const [what, aim, during] of rows) {
    for (const windows of [1, 10]) {
      const name = `tsh processes in an hour, ${what}, ${windows === 1 ? '1 window' : '10 windows'}`;
      const value = await processesInAnHour(windows, during);
      figures.push({ name, value, unit: '', aim, note: 'fake clock, the second hour' });
    }
  }
  return figures;
}
