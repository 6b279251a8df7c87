import { tmpdir } from 'node:os';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Elevations } from '../../src/state/elevations.ts';
import { Files } from '../../src/state/files.ts';
import { GiveBack } from '../../src/state/giveBack.ts';
import { HomeRecords } from '../../src/state/homes.ts';
import { Journal } from '../../src/state/journal.ts';
import { systemClock } from '../../src/state/clock.ts';
import { Store } from '../../src/state/store.ts';
import { Client } from '../../src/teleport/client.ts';
import { tshEnvironment } from '../../src/teleport/environment.ts';
import { Home } from '../../src/teleport/home.ts';
import { run } from '../../src/teleport/process.ts';
import { bootId } from '../../src/teleport/processes.ts';
import { Tsh } from '../../src/teleport/tsh.ts';
import { Turns } from '../../src/teleport/turns.ts';
import type { Demo } from '../../scripts/hosts/people.ts';

type Environment = Readonly<Record<string, string>>;

/** The working parts below VS Code, for one person of a demo cluster; built as core.ts builds them. */
export function partsFor(demo: Demo, name: string, env: Environment, storage: string) {
  const loadRun = () => Promise.resolve(run);
  const everyday = new Home(demo.homes[name]!, undefined, new Turns(env, loadRun));
  const client = new Client({
    loadRun,
    env,
    places: (program) => ({ setting: demo[program], env, without: [] }),
    log: () => undefined,
    elapsed: () => performance.now(),
  });
  const tsh = new Tsh(client);
  const [store, clock] = [new Store(), systemClock];
  const files = new Files(storage, () => undefined);
  const journal = new Journal(files, store, clock);
  const boot = (): Promise<string> => bootId((ms) => clock.now() - ms);
  const records = new HomeRecords(files);
  const elevations = new Elevations({ tsh, everyday, records, store, journal, clock, env, boot });
  const giveBack = new GiveBack({ tsh, elevations, everyday, store, journal, clock, loadRun });
  return { client, tsh, everyday, store, clock, files, journal, elevations, giveBack };
}

const execute = promisify(execFile);

/** The same program with the same environment, run by plain Node: what our layer is compared with. */
export function bareTsh(demo: Demo, env: Environment, home: string) {
  const options = { env: tshEnvironment(env, home, home), cwd: tmpdir() };
  return async (...args: readonly string[]): Promise<string> =>
    (await execute(demo.tsh, args, options)).stdout;
}
