import * as v from 'valibot';
import { offsetClock, systemClock } from './state/clock.ts';
import { Elevations } from './state/elevation/elevations.ts';
import { StorageFiles } from './state/storageFiles.ts';
import { ElevationDrops } from './state/elevation/drops.ts';
import { HomeRecords } from './state/elevation/homeRecords.ts';
import { Journal } from './state/memory/journal.ts';
import { Store } from './state/store.ts';
import { runWatchdog } from './state/elevation/watchdogLoop.ts';
import { Client } from './teleport/commands/client.ts';
import { Home } from './teleport/home/home.ts';
import { run } from './teleport/process/runProcess.ts';
import { bootId } from './teleport/process/processes.ts';
import { Tsh } from './teleport/commands/tsh.ts';
import { HomeLocks } from './teleport/lock/homeLocks.ts';

/*
 * The watchdog: a small program of its own, started for each private home by the window that fills it. One file, read
 * whole at its start: the extension may be replaced while it runs.
 */

const told = v.object({
  storage: v.string(),
  home: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  socket: v.string(),
  tsh: v.string(),
  grace: v.pipe(v.number(), v.minValue(0)),
  clock: v.optional(v.string()),
});

async function main(argument: string): Promise<void> {
  const watch = v.parse(told, JSON.parse(argument));
  const { env } = process;
  const clock = watch.clock === undefined ? systemClock : offsetClock(watch.clock);
  // It may outlive the storage: removed with the extension, that is not to come back.
  const files = new StorageFiles(watch.storage, () => undefined, false);
  const records = new HomeRecords(files);
  const record = await records.one(watch.home);
  if (!record) return;
  const loadRun = () => Promise.resolve(run);
  const mainLogin = new Home(record.mainLogin, undefined, new HomeLocks(env, loadRun));
  const client = new Client({
    loadRun,
    env,
    places: () => ({ setting: watch.tsh, env: {}, without: [] }),
    log: () => undefined,
    elapsed: () => performance.now(),
  });
  const [tsh, store] = [new Tsh(client), new Store()];
  const journal = new Journal(files, store, clock);
  const boot = (): Promise<string> => bootId((ms) => clock.now() - ms);
  const elevations = new Elevations({ tsh, mainLogin, records, store, journal, clock, env, boot });
  const giveBack = new ElevationDrops({ tsh, elevations, mainLogin, store, journal, clock, loadRun });
  const stop = new AbortController();
  // A terminal's end is none of its business; the machine's is.
  for (const name of ['SIGHUP', 'SIGINT'] as const) process.on(name, () => undefined);
  process.on('SIGTERM', () => stop.abort());
  await runWatchdog(watch, { records, elevations, giveBack, clock, stop: stop.signal });
}

await main(process.argv[2] ?? '');
process.exit();
