import { join } from 'node:path';
import * as vscode from 'vscode';
import type { RequestChange } from './access/requestChanges.ts';
import type { Instant } from './access/untrusted/untrusted.ts';
import { refuseRelativeHome } from './commands/doctor/relativeSettings.ts';
import { runWithRecovery } from './commands/login/runWithRecovery.ts';
import { ManifestDiagnostics } from './background/manifestDiagnostics.ts';
import { handleTerminalClosed } from './commands/elevate/dropAccess.ts';
import { handleCommand } from './commands/handlers.ts';
import { registerLens, type CommandId } from './commands/shared/commandIds.ts';
import { HomeRecovery } from './background/homeRecovery.ts';
import { showInsideElevation } from './background/insideElevation.ts';
import { terminalForProfile } from './commands/elevate/terminalProfile.ts';
import type { CommandServices } from './commands/services.ts';
import type { BackgroundServices } from './background/services.ts';
import { ElevationMonitor } from './background/elevationMonitor.ts';
import { CensusCache } from './privileges/census/censusCache.ts';
import { alarm } from './state/alarm.ts';
import { roundTrip } from './editor/contextKeys.ts';
import { DiffEditors } from './editor/documents/diffEditor.ts';
import { TextDocuments } from './editor/documents/textDocuments.ts';
import type { Log } from './editor/log.ts';
import { onDidChangeSettings, setting } from './editor/settings.ts';
import { ElevatedTerminals } from './editor/terminals/terminals.ts';
import type { Attention } from './state/refresh/pollingIntervals.ts';
import { systemClock, type Clock } from './state/clock.ts';
import { Renewal } from './state/elevation/renewal.ts';
import { Drafts } from './state/memory/drafts.ts';
import { Elevations } from './state/elevation/elevations.ts';
import { StorageFiles } from './state/storageFiles.ts';
import { watchFolder } from './state/watchFolder.ts';
import { ElevationDrops } from './state/elevation/drops.ts';
import { HomeRecords } from './state/elevation/homeRecords.ts';
import { Journal } from './state/memory/journal.ts';
import { watchWhileLeading } from './state/windows/watchProfile.ts';
import { WindowHeartbeat } from './state/windows/windowHeartbeat.ts';
import type { Disposable } from './state/emitter.ts';
import { type Environment, cleanEnvironment } from './teleport/environment/environment.ts';
import type { Run } from './teleport/process/outcome.ts';
import { KnownRights } from './state/memory/knownRights.ts';
import { LastLogin } from './state/memory/lastLogin.ts';
import { SharedRefresh } from './state/windows/sharedRefresh.ts';
import type { Store } from './state/store.ts';
import { WatchedRequests } from './state/memory/watchedRequests.ts';
import {
  WatchdogClient,
  watchdogSocket,
  windowGoneGrace,
  type WatchdogTask,
} from './state/elevation/watchdogClient.ts';
import { WindowElection } from './state/windows/windowElection.ts';
import type { AbilityListener } from './teleport/commands/abilities.ts';
import { Client } from './teleport/commands/client.ts';
import { chooseMainLogin, Home } from './teleport/home/home.ts';
import { neutralFolder, runtimeFolder } from './teleport/process/ownFolder.ts';
import { withOwnFolders } from './teleport/environment/temporaryFolders.ts';
import { TshKube } from './teleport/commands/tshKube.ts';
import { processSpace, type ProcessSpace } from './teleport/process/processSpace.ts';
import { ResourceSearch } from './teleport/commands/tshResourceSearch.ts';
import { Tctl } from './teleport/commands/tctl.ts';
import { ShellEnvironmentCheck } from './teleport/shell/shellEnvironmentCheck.ts';
import { sweepThrowawayHomes } from './teleport/home/throwawayHome.ts';
import { Tsh } from './teleport/commands/tsh.ts';
import { leaderLockPath, HomeLocks } from './teleport/lock/homeLocks.ts';
import { Announcements } from './background/announcements.ts';

/** How long a claim is kept, in ms. No request exists that long. */
const claimsKeptFor = 30 * 24 * 60 * 60_000;

/** How long a file may be half written, in ms. A disk that hangs does so for minutes. */
const writingTime = 60 * 60_000;

/** How long this window may take to answer before an announcement, in ms. */
const heartbeatLimit = 2_000;

/** The parts that `extension.ts` passes to the core. */
export interface CoreParts {
  /** The folder of the extension's own files, shared by all windows of the user. */
  readonly storage: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Shows a change of a request as a message. */
  readonly announce: (change: RequestChange) => void;
  /** Watchdog settings of tests and of the demo cluster. */
  readonly watchdog: Partial<Pick<WatchdogTask, 'clock' | 'grace'>>;
}

/** The commands and the background, loaded right after activation. */
export interface Core {
  readonly services: CommandServices & BackgroundServices;
  run(id: CommandId, argument: unknown): Promise<void>;
  /** The options of the terminal that the terminal profile opens; undefined if it opens none. */
  terminalProfile(): Promise<vscode.TerminalOptions | undefined>;
  setAttention(attention: Attention): void;
  /** Does everything that is due now for the elevations. */
  handleDue(now: Instant): void;
  dispose(): void;
}

function workspaceFolders(): string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}

const loadRun = async (): Promise<Run> => (await import('./teleport/process/runProcess.ts')).run;

/** The clients of tsh and tctl, with one method for each command. */
function teleportPrograms(env: Environment, log: Log, onAbility: AbilityListener) {
  const client = new Client({
    loadRun,
    env,
    programSetting: (name) => setting(`${name}Path`),
    workspace: workspaceFolders,
    log: ({ program, command, ms, ended }) => log.called(program, command, ms, ended),
    onAbility,
  });
  return {
    client,
    tsh: new Tsh(client),
    tctl: new Tctl({ client, root: runtimeFolder(env) }),
    kube: new TshKube(client),
    resources: new ResourceSearch(client),
  };
}

/** Starts the watchdog of a private home, a process that outlives this window. */
async function startWatchdog(
  client: Client,
  env: Environment,
  task: Omit<WatchdogTask, 'tsh'>,
): Promise<void> {
  const { startDetached } = await import('./teleport/process/runProcess.ts');
  const { path: tsh } = await client.program('tsh');
  const program = join(import.meta.dirname, 'watchdog.mjs');
  await startDetached(process.execPath, [program, JSON.stringify({ ...task, tsh } satisfies WatchdogTask)], {
    // In a desktop VS Code execPath is Electron, which runs as Node only with this variable.
    env: { ...(await cleanEnvironment(env, workspaceFolders())), ELECTRON_RUN_AS_NODE: '1' },
    cwd: neutralFolder(),
  });
}

/** Builds the core in order, each part from the parts before it, and starts the background. */
export async function startCore({
  storage,
  store,
  clock,
  log,
  announce,
  watchdog,
}: CoreParts): Promise<Core> {
  const env = await withOwnFolders(process.env, workspaceFolders());
  const root = runtimeFolder(env);
  const reportError = (error: unknown): void => log.unexpected(error);
  const later = (ms: number, task: () => void) => alarm(() => clock.now(), clock.now() + ms, task);

  // The stored state, and the clients of tsh and tctl.
  const files = new StorageFiles(storage, (name) => log.warn(`cannot write ${name}`));
  const rights = new KnownRights(files, store, clock);
  const journal = new Journal(files, store, clock);
  const watched = new WatchedRequests(files, store);
  const records = new HomeRecords(files);
  const lastLogin = new LastLogin(files);
  const drafts = new Drafts(files);
  const programs = teleportPrograms(env, log, (ability, works) => rights.record(ability, works));
  const { client, tsh } = programs;
  const mainLoginChoice = chooseMainLogin(setting('teleportHome'), env);
  const mainLogin = new Home(mainLoginChoice.folder, undefined, new HomeLocks(env, loadRun));

  // The elevations.
  const watchdogs = new WatchdogClient({
    socketOf: async (home) => watchdogSocket((await records.read(home))?.root ?? root, home),
    start: (home, socket) =>
      startWatchdog(client, env, { storage, home, socket, grace: windowGoneGrace, ...watchdog }),
    reportFailure: (what) => log.warn(what),
  });
  const space = (): Promise<ProcessSpace> => processSpace(env);
  const elevations = new Elevations({
    tsh,
    mainLogin,
    records,
    store,
    journal,
    clock,
    env,
    space,
    watchdogs,
  });
  const renewal = new Renewal({ tsh, elevations, mainLogin, journal, clock, loadRun });
  const terminals = new ElevatedTerminals();

  // The windows of this user. One of them is the leader.
  const heartbeat = new WindowHeartbeat(roundTrip);
  const lockPath = (): Promise<string> => leaderLockPath(env, storage, mainLogin.folder);
  const windows = new WindowElection({ lockPath, heartbeat, reportError });
  const announcements = new Announcements({
    ...{ files, elevations, journal, show: announce },
    canBeSeen: async () => heartbeat.alive && heartbeat.checkNow(heartbeatLimit),
  });
  const refresh = new SharedRefresh({
    ...{ client, tsh, mainLogin, store, watched, elevations, journal, lastLogin, clock, later, reportError },
    ...{ windows, heartbeat },
    announceHere: (change) => announcements.announce(change),
    notifyReviewers: () => setting('review.notify'),
  });
  const drops = new ElevationDrops({
    ...{ tsh, elevations, mainLogin, store, journal, files, clock, loadRun },
    readLogin: () => refresh.readLogin(),
  });

  // The services of the commands and of the background.
  const documents = new TextDocuments(registerLens);
  const diffEditors = new DiffEditors(documents);
  const services: Core['services'] = {
    ...{ ...programs, mainLogin, env, workspace: workspaceFolders, log, clock, store, files, refresh },
    ...{ rights, journal, watched, records, lastLogin, drafts, census: new CensusCache(store) },
    ...{ elevations, drops, renewal, terminals, watchdogs, heartbeat, windows },
    shellCheck: new ShellEnvironmentCheck({ loadRun, root }),
    ...{ documents, diffEditors, refusedLogin: mainLoginChoice.refused },
  };
  const recovery = new HomeRecovery(services);
  const monitor = new ElevationMonitor(services, { root, later });
  const manifestDiagnostics = new ManifestDiagnostics(services.census, reportError);

  // The events and the actions that follow them.
  const loginMayHaveChanged = (): void => refresh.loginMayHaveChanged();
  const listeners: Disposable[] = [
    // An extension host whose browser was killed lives on for hours, so its homes count as abandoned.
    heartbeat.onDidChange((alive) => watchdogs.setVisible(alive)),
    terminals.onDidCloseLast(
      (home) => void runWithRecovery(services, () => handleTerminalClosed(services, home)),
    ),
    refresh.onDidLoseLogins((homes) => void recovery.dropForLostLogins(homes)),
    elevations.onDidRemoveHome(() => recovery.sweepForOneMinute()),
    terminals.onDidEndShell(({ home, pid }) => void elevations.shells.remove(home, pid)),
  ];
  const disposables: Disposable[] = [
    watchWhileLeading(windows, mainLogin.folder, loginMayHaveChanged),
    // A program that was missing is searched again as soon as a setting changes.
    onDidChangeSettings(loginMayHaveChanged),
    ...[manifestDiagnostics, refresh, windows, recovery, monitor, watchdogs, elevations, terminals],
    ...[diffEditors, documents],
    // Last, because disposing a part may still report a change.
    ...listeners,
  ];
  void records.folder().then((folder) => {
    if (folder !== undefined) disposables.push(watchFolder(folder, () => void recovery.onRecordsChanged()));
  });

  void runWithRecovery(services, () => recovery.start());
  void showInsideElevation(services, mainLoginChoice.refused);
  void refuseRelativeHome();
  void rights.load();
  void sweepThrowawayHomes(root, systemClock.now()).catch(() => undefined);
  void files.pruneClaims(claimsKeptFor);
  void files.sweepHalfWritten(writingTime);

  return {
    services,
    run: (id, argument) => handleCommand(services, id, argument),
    terminalProfile: () => terminalForProfile(services),
    handleDue: (now) => monitor.handleDue(now),
    setAttention: (attention) => {
      announcements.setAttention(attention);
      refresh.setAttention(attention);
    },
    dispose: () => {
      for (const part of disposables) part.dispose();
    },
  };
}
