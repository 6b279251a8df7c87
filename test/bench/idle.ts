import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { root } from '../../scripts/build.ts';
import { freshFolder, removeFolder } from '../../scripts/hosts/people.ts';
import type { RequestId } from '../../src/access/text.ts';
import type { Attention } from '../../src/state/attention.ts';
import { Elevations } from '../../src/state/elevations.ts';
import { Files } from '../../src/state/files.ts';
import { HomeRecords } from '../../src/state/homes.ts';
import { Journal } from '../../src/state/journal.ts';
import { LastLogin } from '../../src/state/lastLogin.ts';
import { Refresh } from '../../src/state/refresh.ts';
import { Store } from '../../src/state/store.ts';
import { Waiting } from '../../src/state/waiting.ts';
import { Client } from '../../src/teleport/client.ts';
import { Home } from '../../src/teleport/home.ts';
import { Tsh } from '../../src/teleport/tsh.ts';
import type { Figure } from './figure.ts';

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
      this.#set.delete(next[0]);
      this.now = Math.max(this.now, next[1].at);
      next[1].task();
      // Whatever is through with its work sets the next time; what wants nothing more sets none.
      const patience = performance.now() + 200;
      while (this.#set.size === 0 && performance.now() < patience) await setImmediate();
    }
    this.now = end;
  }
}

/** How many processes the second of two hours starts, with a tsh that answers as recorded; the first is the start. */
async function processesInAnHour(attention: Attention, waits: boolean): Promise<number> {
  const folder = await freshFolder();
  try {
    const list = (await recorded('ent-ls-pending')).replaceAll('2026-11-22T14', '2026-11-22T20');
    const answers: readonly (readonly [RegExp, string])[] = [
      [/^version/, '{"version":"18.0.0"}'],
      [/^status/, (await recorded('ent-status-base')).replace('2026-11-23T01', '2026-11-24T01')],
      [/^request ls/, waits ? list : '[]'],
      [/^request show/, list.trim().slice(1, -1)],
    ];
    const time = new FakeTime();
    const clock = { now: () => time.now };
    let started = 0;
    const run = async (_: string, args: readonly string[]) => {
      started += 1;
      const stdout = answers.find(([command]) => command.test(args.join(' ')))?.[1] ?? '';
      return Promise.resolve({ kind: 'exited', code: 0, stdout, stderr: '' } as const);
    };
    const client = new Client({
      loadRun: () => Promise.resolve(run),
      env: {},
      places: () => ({ setting: process.execPath, env: {}, without: [] }),
      log: () => undefined,
      elapsed: () => time.now,
    });
    const [tsh, store, everyday] = [new Tsh(client), new Store(), new Home(folder)];
    const files = new Files(join(folder, 'storage'), () => undefined);
    const [journal, waiting] = [new Journal(files, store, clock), new Waiting(files, store)];
    const records = new HomeRecords(files);
    const boot = () => Promise.resolve('boot');
    const elevations = new Elevations({ tsh, everyday, records, store, journal, clock, env: {}, boot });
    const lastLogin = new LastLogin(files);
    const asking = { client, tsh, everyday, store, waiting, elevations, journal, files, lastLogin, clock };
    const report = (error: unknown): never => {
      throw error;
    };
    const refresh = new Refresh({ ...asking, later: time.later, tell: () => undefined, report });
    if (waits) {
      await refresh.now();
      const { login } = store.snapshot;
      if (login.kind === 'signedIn') await waiting.begin(login.profile, pending, time.now + hour);
    }
    refresh.attend(attention);
    await time.until(begin + hour);
    const before = started;
    await time.until(begin + 2 * hour);
    return started - before;
  } finally {
    await removeFolder(folder);
  }
}

/** What is asked by itself in an hour in which nothing happens. */
export async function idle(): Promise<readonly Figure[]> {
  const name = (what: string): string => `tsh processes in an hour, ${what}`;
  const [hidden, seen] = [
    { focused: false, viewing: false },
    { focused: true, viewing: true },
  ];
  const note = 'fake clock, the second hour';
  return [
    { name: name('idle and hidden'), value: await processesInAnHour(hidden, false), unit: '', aim: 0, note },
    { name: name('visible'), value: await processesInAnHour(seen, false), unit: '', aim: 60, note },
    {
      name: name('visible, one pending'),
      value: await processesInAnHour(seen, true),
      unit: '',
      aim: 900,
      note,
    },
  ];
}
