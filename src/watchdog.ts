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
import { processSpace, type ProcessSpace } from './teleport/process/processSpace.ts';
import { Tsh } from './teleport/commands/tsh.ts';
import { HomeLocks } from './teleport/lock/homeLocks.ts';

/*
 * The watchdog program. The window that fills a private home starts one watchdog for it. The program is a
 * single file that Node reads completely at the start, because the extension may be replaced while the
 * watchdog runs.
 */

const taskSchema = v.object({
  storage: v.string(),
  home: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  socket: v.string(),
  tsh: v.string(),
  grace: v.pipe(v.number(), v.minValue(0)),
  clock: v.optional(v.string()),
});

async function main(argument: string): Promise<void> {
  const task = v.parse(taskSchema, JSON.parse(argument));
  const { env } = process;
  const clock = task.clock === undefined ? systemClock : offsetClock(task.clock);
  // The watchdog may outlive the storage, which is removed with the extension: it must not create the folder
  // again.
  const files = new StorageFiles(task.storage, () => undefined, false);
  const records = new HomeRecords(files);
  const record = await records.read(task.home);
  if (!record) return;
  const loadRun = () => Promise.resolve(run);
  const mainLogin = new Home(record.mainLogin, undefined, new HomeLocks(env, loadRun));
  const client = new Client({
    loadRun,
    env,
    programSetting: () => task.tsh,
    workspace: () => [],
  });
  const [tsh, store] = [new Tsh(client), new Store()];
  const journal = new Journal(files, store, clock);
  const space = (): Promise<ProcessSpace> => processSpace(env);
  const elevations = new Elevations({ tsh, mainLogin, records, store, journal, clock, env, space });
  const parts = { tsh, elevations, mainLogin, store, journal, files, clock, loadRun };
  const drops = new ElevationDrops({ ...parts, readLogin: () => Promise.resolve() });
  const stop = new AbortController();
  // The watchdog survives the end of its terminal, and drops the elevation when the machine shuts down.
  for (const name of ['SIGHUP', 'SIGINT'] as const) process.on(name, () => undefined);
  process.on('SIGTERM', () => stop.abort());
  await runWatchdog(task, { records, elevations, drops, clock, stop: stop.signal });
}

await main(process.argv[2] ?? '');
process.exit();
