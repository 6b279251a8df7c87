// A window of a person on a demo cluster, with real processes and real private homes in temporary folders.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DemoCluster } from '../../../demo/createCluster.ts';
import type { Elevation } from '../../../src/access/elevation.ts';
import type { AccessRequest } from '../../../src/access/request.ts';
import { isRequestId, type RequestId } from '../../../src/access/untrusted/untrusted.ts';
import { offsetClock, type Clock } from '../../../src/state/clock.ts';
import { Renewal } from '../../../src/state/elevation/renewal.ts';
import { Elevations } from '../../../src/state/elevation/elevations.ts';
import { StorageFiles } from '../../../src/state/storageFiles.ts';
import { ElevationDrops } from '../../../src/state/elevation/drops.ts';
import { HomeRecords } from '../../../src/state/elevation/homeRecords.ts';
import { Journal } from '../../../src/state/memory/journal.ts';
import type { WatchdogClient } from '../../../src/state/elevation/watchdogClient.ts';
import { Store } from '../../../src/state/store.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import { runtimeFolder } from '../../../src/teleport/process/ownFolder.ts';
import { stampOf } from '../../../src/teleport/process/processId.ts';
import { processSpace, type ProcessSpace } from '../../../src/teleport/process/processSpace.ts';
import type { HomeLogin, Profile } from '../../../src/teleport/output/loginSchema.ts';
import type { LoginState } from '../../../src/state/login.ts';
import { Tsh } from '../../../src/teleport/commands/tsh.ts';
import { HomeLocks } from '../../../src/teleport/lock/homeLocks.ts';
import type { DemoFixture } from '../demo/demoCluster.ts';
import { folderContents } from '../folderContents.ts';
import { until, type TemporaryFolder } from '../temporaryFolder.ts';
import { loadRun, testClient } from '../testClient.ts';

const approvedRequests = new WeakMap<DemoWindowCluster, AccessRequest>();

/** A tsh that counts drops and runs an action of the test before each. */
class ObservedTsh extends Tsh {
  beforeDrop: () => void | Promise<void> = () => undefined;
  drops = 0;

  override async drop(...args: Parameters<Tsh['drop']>): Promise<Profile> {
    this.drops += 1;
    await this.beforeDrop();
    return super.drop(...args);
  }
}

/** The parts of a demo cluster that a window needs. A window in a separate process has only these. */
export interface DemoWindowCluster {
  readonly cluster: Pick<DemoCluster, 'tsh' | 'tctl' | 'clock'>;
  createApprovedRequest(home: string, ...flags: readonly string[]): Promise<string>;
}

/** Options that replace the defaults of a window. */
export interface DemoWindowOptions {
  /** XDG_RUNTIME_DIR. By default a folder that all windows of the temporary folder share. */
  readonly runtime?: string | undefined;
  readonly storage?: string;
  /** The clock of the window, by default the cluster's. */
  readonly clock?: Clock;
  readonly watchdogs?: WatchdogClient;
  /** The space of the window's process, by default the real one. */
  readonly space?: () => Promise<ProcessSpace>;
}

/** A signed-in window without VS Code: the services that elevate, renew and drop. */
export class DemoWindow {
  readonly tsh: ObservedTsh;
  readonly mainLogin: Home;
  readonly store = new Store();
  readonly elevations: Elevations;
  readonly elevationDrops: ElevationDrops;
  readonly renewal: Renewal;
  readonly records: HomeRecords;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly files: StorageFiles;
  readonly #demo: DemoWindowCluster;
  readonly #root: string;

  private constructor(
    demo: DemoWindowCluster,
    storage: string,
    mainLogin: string,
    options: DemoWindowOptions,
  ) {
    this.#demo = demo;
    const env = { ...process.env, XDG_RUNTIME_DIR: options.runtime };
    this.#root = runtimeFolder(env);
    this.mainLogin = new Home(mainLogin, undefined, new HomeLocks(env, loadRun));
    this.tsh = new ObservedTsh(testClient(demo.cluster, { env }));
    const clock = (this.clock = options.clock ?? offsetClock(demo.cluster.clock));
    this.files = new StorageFiles(storage, () => undefined);
    const { tsh, store, files, mainLogin: home } = this;
    this.journal = new Journal(files, store, clock);
    this.records = new HomeRecords(files);
    const { journal, records } = this;
    const shared = { tsh, mainLogin: home, store, journal, files, clock, loadRun };
    this.elevations = new Elevations({
      ...{ ...shared, records, env, space: options.space ?? (() => processSpace(env)) },
      ...(options.watchdogs ? { watchdogs: options.watchdogs } : {}),
    });
    const { elevations } = this;
    const readLogin = async (): Promise<void> => elevations.updateMainLogin(await this.profile());
    this.elevationDrops = new ElevationDrops({ ...shared, elevations, readLogin });
    this.renewal = new Renewal({ ...shared, elevations });
  }

  /**
   * Opens a window of alice's with a new login for twelve hours, also after other tests have moved the clock.
   */
  static async openSignedIn(demo: DemoFixture, folder: TemporaryFolder): Promise<DemoWindow> {
    await demo.signIn('alice', 'fresh');
    return DemoWindow.open(demo, folder, demo.home('fresh'));
  }

  /**
   * Opens a signed-in window of alice's. A second call with the same folder opens another window of hers.
   * @param folder the folder with the runtime folder and the storage of all windows
   */
  static async open(
    demo: DemoFixture,
    folder: TemporaryFolder,
    mainLogin = demo.home('alice'),
  ): Promise<DemoWindow> {
    return DemoWindow.openWith(demo, folder, { mainLogin });
  }

  /** Opens a signed-in window with options. */
  static async openWith(
    demo: DemoWindowCluster,
    folder: Pick<TemporaryFolder, 'at'>,
    options: DemoWindowOptions & { readonly mainLogin: string },
  ): Promise<DemoWindow> {
    await mkdir(folder.at('run'), { recursive: true, mode: 0o700 });
    const { storage = folder.at('storage'), mainLogin } = options;
    const window = new DemoWindow(demo, storage, mainLogin, { runtime: folder.at('run'), ...options });
    await window.elevations.start();
    window.store.update({ login: { kind: 'signedIn', profile: await window.profile() } });
    return window;
  }

  async profile(): Promise<Profile> {
    return signedInProfile(await this.tsh.status(this.mainLogin));
  }

  /** Creates an approved request and reads it from the cluster. */
  async newApprovedRequest(): Promise<AccessRequest> {
    const id = await this.#demo.createApprovedRequest('alice', '--max-duration=3h');
    if (!isRequestId(id)) throw new Error(id);
    return this.show(id);
  }

  /**
   * Returns an approved request that the tests on this cluster share. It can be assumed any number of times.
   */
  async sharedApprovedRequest(): Promise<AccessRequest> {
    const request = approvedRequests.get(this.#demo) ?? (await this.newApprovedRequest());
    approvedRequests.set(this.#demo, request);
    this.store.applyRequest(request, request.created);
    return request;
  }

  async show(id: RequestId): Promise<AccessRequest> {
    const request = await this.tsh.show(this.mainLogin, id);
    this.store.applyRequest(request, request.created);
    return request;
  }

  async elevate(request?: AccessRequest, signal?: AbortSignal): Promise<Elevation> {
    const { login } = this.store.snapshot;
    const wanted = request ?? (await this.sharedApprovedRequest());
    return this.elevations.assumePrivately(wanted, signedInProfile(login), signal);
  }

  /** Returns the names of the private homes on the disk. */
  async homes(): Promise<string[]> {
    const names = await readdir(this.#root).catch(() => []);
    return names.filter((name) => name !== 'locks');
  }

  folderOf(elevation: Elevation): string {
    return join(this.#root, homeOf(elevation));
  }

  /** The names in a private home, sorted. */
  async entriesOf(elevation: Elevation): Promise<string[]> {
    return (await readdir(this.folderOf(elevation))).sort();
  }

  /** The login in the home of an elevation. */
  async loginOf(elevation: Elevation): Promise<Profile> {
    return signedInProfile(await this.tsh.status(this.elevations.homeOf(elevation)));
  }

  /** The files of the main login with their contents. */
  mainLoginFiles(): Promise<Record<string, string>> {
    return folderContents(this.mainLogin.folder);
  }

  /** Asserts that no private home and no elevation is left, and that the main login still has these files. */
  async nothingIsLeft(mainLogin: Readonly<Record<string, string>>): Promise<void> {
    assert.deepEqual(await this.homes(), []);
    assert.deepEqual(this.store.snapshot.elevations, []);
    assert.deepEqual(await this.mainLoginFiles(), mainLogin);
  }

  /** Assumes a request in the main login, as another program or an earlier command does. */
  async elevateMainLogin(request: AccessRequest): Promise<Elevation> {
    const elevated = await this.tsh.assume(this.mainLogin, request.id);
    await this.elevations.updateMainLogin(elevated, request.id);
    return this.store.snapshot.elevations[0] ?? assert.fail('not elevated');
  }

  /** Starts a shell with a program in it that uses a private home. Resolves to the pids of both. */
  async startShell(
    elevation: Elevation,
    folder: TemporaryFolder,
    program = 'sleep',
  ): Promise<{ shell: number; program: number }> {
    const pids = folder.at('pids');
    const file = await folder.writeProgram(
      'shell',
      `${program} 60 & echo $! > ${pids}.part; mv ${pids}.part ${pids}; wait`,
    );
    const env = { PATH: '/usr/bin:/bin', TELEPORT_HOME: join(this.folderOf(elevation), 'current') };
    const child = spawn(file, { env, stdio: 'ignore' });
    await until(() => existsSync(pids));
    await this.elevations.shells.add(homeOf(elevation), child.pid ?? 0);
    return { shell: child.pid ?? 0, program: Number(await readFile(pids, 'utf8')) };
  }
}

/** The name of the private home of an elevation; empty for the main login. */
export const homeOf = ({ where }: Elevation): string => (where.kind === 'private' ? where.home : '');

function signedInProfile(login: LoginState | HomeLogin): Profile {
  return login.kind === 'signedIn' ? login.profile : assert.fail(login.kind);
}

/** Whether a process with this pid is running. */
export const isPidRunning = async (pid: number): Promise<boolean> => (await stampOf(pid)) !== undefined;
