// A person at a window on a demo cluster: real processes, real private homes, in folders of their own.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DemoCluster } from '../../../demo/createCluster.ts';
import type { Elevation } from '../../../src/access/elevation.ts';
import type { AccessRequest } from '../../../src/access/request.ts';
import { isRequestId, type RequestId } from '../../../src/access/text/untrusted.ts';
import { offsetClock, type Clock } from '../../../src/state/clock.ts';
import { Renewal } from '../../../src/state/elevation/renewal.ts';
import { Elevations } from '../../../src/state/elevation/elevations.ts';
import { StorageFiles } from '../../../src/state/storageFiles.ts';
import { ElevationDrops } from '../../../src/state/elevation/drops.ts';
import { HomeRecords } from '../../../src/state/elevation/homeRecords.ts';
import { Journal } from '../../../src/state/memory/journal.ts';
import type { WatchdogClient } from '../../../src/state/elevation/watchdogClient.ts';
import { Store } from '../../../src/state/store.ts';
import { Client } from '../../../src/teleport/commands/client.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import { run } from '../../../src/teleport/process/runProcess.ts';
import { runtimeFolder } from '../../../src/teleport/home/privateHome.ts';
import { stampOf } from '../../../src/teleport/process/processes.ts';
import type { Profile } from '../../../src/teleport/output/requestSchema.ts';
import { Tsh } from '../../../src/teleport/commands/tsh.ts';
import { HomeLocks } from '../../../src/teleport/lock/homeLocks.ts';
import type { Demo } from '../demo/demoCluster.ts';
import { until, type Folder } from '../temporaryFolder.ts';

const approved = new WeakMap<DeskCluster, AccessRequest>();

/** A tsh that tells the test when something is given back. */
class NotedTsh extends Tsh {
  beforeDrop: () => void | Promise<void> = () => undefined;
  drops = 0;

  override async drop(...args: Parameters<Tsh['drop']>): Promise<Profile> {
    this.drops += 1;
    await this.beforeDrop();
    return super.drop(...args);
  }
}

/** What a desk needs of a demo cluster. A window in a process of its own knows no more. */
export interface DeskCluster {
  readonly cluster: Pick<DemoCluster, 'tsh' | 'tctl' | 'clock'>;
  granted(home: string, ...flags: readonly string[]): Promise<string>;
}

/** What a test wants different. */
export interface DeskParts {
  /** XDG_RUNTIME_DIR; made, and the same for every window of the folder, otherwise. */
  readonly runtime?: string | undefined;
  readonly storage?: string;
  /** This machine's time; the cluster's otherwise. */
  readonly clock?: Clock;
  readonly watchdogs?: WatchdogClient;
}

export class Desk {
  readonly tsh: NotedTsh;
  readonly mainLogin: Home;
  readonly store = new Store();
  readonly elevations: Elevations;
  readonly giveBack: ElevationDrops;
  readonly continuing: Renewal;
  readonly records: HomeRecords;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly files: StorageFiles;
  readonly #demo: DeskCluster;
  readonly #root: string;

  private constructor(demo: DeskCluster, storage: string, mainLogin: string, parts: DeskParts) {
    this.#demo = demo;
    const env = { ...process.env, XDG_RUNTIME_DIR: parts.runtime };
    this.#root = runtimeFolder(env);
    const loadRun = () => Promise.resolve(run);
    this.mainLogin = new Home(mainLogin, undefined, new HomeLocks(env, loadRun));
    this.tsh = new NotedTsh(
      new Client({
        loadRun,
        env,
        places: (name) => ({ setting: demo.cluster[name], env: {}, without: [] }),
        log: () => undefined,
        elapsed: () => performance.now(),
      }),
    );
    const clock = (this.clock = parts.clock ?? offsetClock(demo.cluster.clock));
    this.files = new StorageFiles(storage, () => undefined);
    const { tsh, store } = this;
    const journal = (this.journal = new Journal(this.files, store, clock));
    const records = (this.records = new HomeRecords(this.files));
    this.elevations = new Elevations({
      tsh,
      mainLogin: this.mainLogin,
      records,
      store,
      journal,
      clock,
      env,
      boot: () => Promise.resolve('this boot'),
      ...(parts.watchdogs ? { watchdogs: parts.watchdogs } : {}),
    });
    const { elevations } = this;
    this.giveBack = new ElevationDrops({
      tsh,
      elevations,
      mainLogin: this.mainLogin,
      store,
      journal,
      clock,
      loadRun,
    });
    this.continuing = new Renewal({
      tsh,
      elevations,
      mainLogin: this.mainLogin,
      journal,
      clock,
      loadRun,
    });
  }

  /** A window of alice's whose login lasts twelve hours, whatever tests before did to the clock. */
  static async fresh(demo: Demo, folder: Folder): Promise<Desk> {
    await demo.signIn('alice', 'fresh');
    return Desk.open(demo, folder, demo.home('fresh'));
  }

  /**
   * A window of alice's, signed in. Another window is another desk in the same folder.
   * @param folder where the runtime folder and the storage of all windows lie
   */
  static async open(demo: Demo, folder: Folder, mainLogin = demo.home('alice')): Promise<Desk> {
    return Desk.with(demo, folder, { mainLogin });
  }

  static async with(
    demo: DeskCluster,
    folder: Pick<Folder, 'at'>,
    parts: DeskParts & { readonly mainLogin: string },
  ): Promise<Desk> {
    await mkdir(folder.at('run'), { recursive: true, mode: 0o700 });
    const { storage = folder.at('storage'), mainLogin } = parts;
    const desk = new Desk(demo, storage, mainLogin, { runtime: folder.at('run'), ...parts });
    await desk.elevations.start();
    desk.store.update({ login: { kind: 'signedIn', profile: await desk.profile() } });
    return desk;
  }

  async profile(): Promise<Profile> {
    const login = await this.tsh.status(this.mainLogin);
    if (login.kind !== 'signedIn') throw new Error(login.kind);
    return login.profile;
  }

  /** A request that was approved just now, as the cluster says it. */
  async granted(): Promise<AccessRequest> {
    const id = await this.#demo.granted('alice', '--max-duration=3h');
    if (!isRequestId(id)) throw new Error(id);
    return this.show(id);
  }

  /** An approved request of this cluster; an approval can be used any number of times. */
  async approved(): Promise<AccessRequest> {
    const request = approved.get(this.#demo) ?? (await this.granted());
    approved.set(this.#demo, request);
    this.store.learned(request, request.created);
    return request;
  }

  async show(id: RequestId): Promise<AccessRequest> {
    const request = await this.tsh.show(this.mainLogin, id);
    this.store.learned(request, request.created);
    return request;
  }

  async elevate(request?: AccessRequest, signal?: AbortSignal): Promise<Elevation> {
    const { login } = this.store.snapshot;
    if (login.kind !== 'signedIn') throw new Error(login.kind);
    const wanted = request ?? (await this.approved());
    return this.elevations.assumePrivately(wanted, login.profile, signal);
  }

  /** The private homes on the disk. */
  async homes(): Promise<string[]> {
    const found = await readdir(this.#root).catch(() => []);
    return found.filter((name) => name !== 'turns');
  }

  folderOf({ where }: Elevation): string {
    return join(this.#root, where.kind === 'private' ? where.home : '');
  }

  /** A shell with a program in it, in a private home; resolves to the pids of both. */
  async shell(
    elevation: Elevation,
    folder: Folder,
    program = 'sleep',
  ): Promise<{ shell: number; program: number }> {
    const pids = folder.at('pids');
    const file = await folder.program(
      'shell',
      `${program} 60 & echo $! > ${pids}.part; mv ${pids}.part ${pids}; wait`,
    );
    const env = { PATH: '/usr/bin:/bin', TELEPORT_HOME: join(this.folderOf(elevation), 'current') };
    const child = spawn(file, { env, stdio: 'ignore' });
    await until(() => existsSync(pids));
    const { where } = elevation;
    if (where.kind === 'private') await this.elevations.addShell(where.home, child.pid ?? 0);
    return { shell: child.pid ?? 0, program: Number(await readFile(pids, 'utf8')) };
  }
}

export const runs = async (pid: number): Promise<boolean> => (await stampOf(pid)) !== undefined;
