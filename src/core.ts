import { join } from 'node:path';
import * as vscode from 'vscode';
import type { RequestChange } from './access/requestChanges.ts';
import type { Instant } from './access/text/untrusted.ts';
import { runWithRecovery } from './commands/login/runWithRecovery.ts';
import { ManifestDiagnostics } from './background/manifestDiagnostics.ts';
import { terminalClosed } from './commands/elevate/dropAccess.ts';
import { handleCommand } from './commands/handlers.ts';
import { registerLens, type CommandId } from './commands/shared/commandIds.ts';
import { HomeRecovery } from './background/homeRecovery.ts';
import { terminalForProfile } from './commands/elevate/terminalProfile.ts';
import type { Tools } from './commands/shared/services.ts';
import { isSuccessorApproval } from './background/successorTakeover.ts';
import { ElevationMonitor } from './background/elevationMonitor.ts';
import { CensusCache } from './privileges/census/censusCache.ts';
import { alarm } from './state/alarm.ts';
import { roundTrip } from './editor/contextKeys.ts';
import { DiffEditors } from './editor/documents/diffEditor.ts';
import { TextDocuments } from './editor/documents/textDocuments.ts';
import type { Log } from './editor/log.ts';
import { onSettingsChanged, setting } from './editor/settings.ts';
import { ElevatedTerminals } from './editor/terminals/terminals.ts';
import type { Attention } from './state/refresh/pollingIntervals.ts';
import type { Clock } from './state/clock.ts';
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
import { Refresh } from './state/refresh/refresh.ts';
import { KnownRights } from './state/memory/knownRights.ts';
import { LastLogin } from './state/memory/lastLogin.ts';
import { WindowSync } from './state/windows/windowSync.ts';
import type { Store } from './state/store.ts';
import { claimAnnouncement } from './state/refresh/claimAnnouncement.ts';
import { WatchedRequests } from './state/memory/watchedRequests.ts';
import { WatchdogClient, watchdogSocket, type WatchdogTask } from './state/elevation/watchdogClient.ts';
import { WindowElection } from './state/windows/windowElection.ts';
import type { AbilityListener } from './teleport/commands/abilities.ts';
import { Client } from './teleport/commands/client.ts';
import { cleanEnvironment } from './teleport/process/environment.ts';
import { mainLoginFolder, Home, neutralFolder } from './teleport/home/home.ts';
import { TshKube } from './teleport/commands/tshKube.ts';
import { runtimeFolder } from './teleport/home/privateHome.ts';
import { bootId } from './teleport/process/processes.ts';
import { ResourceSearch } from './teleport/commands/tshResourceSearch.ts';
import { Tctl } from './teleport/commands/tctl.ts';
import { ShellEnvironmentCheck } from './teleport/shell/shellEnvironmentCheck.ts';
import { sweepThrowawayHomes } from './teleport/home/throwawayHome.ts';
import { Tsh } from './teleport/commands/tsh.ts';
import { leaderLockPath, HomeLocks } from './teleport/lock/homeLocks.ts';

/** How long it is remembered that a decision was told, in ms: longer than any request lives. */
const toldFor = 30 * 24 * 60 * 60_000;

/** What the entry hands over. */
export interface CoreParts {
  /** The folder for our own files, shared by all windows of a person. */
  readonly storage: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: (change: RequestChange) => void;
  /** What tests and a demo cluster want different of watchdogs. */
  readonly watchdog: Partial<Pick<WatchdogTask, 'clock' | 'grace'>>;
}

/** How long a private home outlives its window, in ms: a reload takes a few seconds, and so does a server's start. */
const grace = 30_000;

/** Everything that acts, loaded right after activation: commands, and what happens by itself. */
export interface Core {
  readonly tools: Tools;
  run(id: CommandId, argument: unknown): Promise<void>;
  /** What the terminal profile is to open; undefined for nothing. */
  profile(): Promise<vscode.TerminalOptions | undefined>;
  attend(attention: Attention): void;
  /** Does what is due now for what is elevated. */
  look(now: Instant): void;
  dispose(): void;
}

function workspaceFolders(): string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}

/** Builds the working parts and wires them. */
export function startCore({ storage, store, clock, log, tell, watchdog }: CoreParts): Core {
  const { env } = process;
  const now = (): Instant => clock.now();
  const files = new StorageFiles(storage, (name) => log.warn(`cannot write ${name}`));
  const loadRun = async () => (await import('./teleport/process/runProcess.ts')).run;
  const client = new Client({
    loadRun,
    env,
    places: (name) => ({ setting: setting(`${name}Path`), env, without: workspaceFolders() }),
    log: ({ program, command, ms, ended }) => log.called(program, command, ms, ended),
    elapsed: () => performance.now(),
  });
  const rights = new KnownRights(files, store, clock);
  const noticed: AbilityListener = (ability, works) => rights.record(ability, works);
  const tsh = new Tsh(client, noticed);
  const kube = new TshKube(client, noticed);
  const resources = new ResourceSearch(client, noticed);
  const root = runtimeFolder(env);
  const tctl = new Tctl({ client, root, noticed });
  const mainLogin = new Home(
    mainLoginFolder(setting('teleportHome'), env),
    undefined,
    new HomeLocks(env, loadRun),
  );
  const journal = new Journal(files, store, clock);
  const watched = new WatchedRequests(files, store);
  const records = new HomeRecords(files);
  const boot = (): Promise<string> => bootId((ms) => now() - ms);
  const watchdogs = new WatchdogClient({
    socketOf: (home) => watchdogSocket(env, home),
    start: async (home, socket) => {
      const { startDetached } = await import('./teleport/process/runProcess.ts');
      const { path } = await client.program('tsh');
      const watch: WatchdogTask = { storage, home, socket, tsh: path, grace, ...watchdog };
      const program = join(import.meta.dirname, 'watchdog.mjs');
      // In a desktop VS Code this program is Electron.
      await startDetached(process.execPath, [program, JSON.stringify(watch)], {
        env: { ...cleanEnvironment(env), ELECTRON_RUN_AS_NODE: '1' },
        cwd: neutralFolder(),
      });
    },
    report: (what) => log.warn(what),
  });
  const elevations = new Elevations({ tsh, mainLogin, records, store, journal, clock, env, boot, watchdogs });
  const later = (ms: number, task: () => void) => alarm(now, now() + ms, task);
  const lastLogin = new LastLogin(files);
  const report = (error: unknown): void => log.unexpected(error);
  const heartbeat = new WindowHeartbeat(roundTrip);
  const seat = (): Promise<string> => leaderLockPath(env, storage, mainLogin.folder);
  const windows = new WindowElection({ seat, heartbeat: heartbeat, report });
  // A host whose browser was killed lives on for hours.
  heartbeat.onChange((answers) => watchdogs.windowAlive(answers));
  let here: Attention = { focused: false, viewing: false };
  // The one place where a change becomes a message, in the window that was chosen for it.
  const tellHere = async (change: RequestChange): Promise<boolean> => {
    const left = await claimAnnouncement(files, change);
    // Who looks at the row needs no message about it.
    const seen = left?.kind === 'asked' && here.focused && here.viewing;
    // Of a successor the window tells that has the terminal.
    if (left && !seen && !isSuccessorApproval(tools, left)) tell(left);
    return left !== undefined;
  };
  const shared = { windows, heartbeat, store, elevations, watched, journal, clock, tellHere };
  const sharing = new WindowSync({ ...shared, refresh: () => refresh });
  const asking = { client, tsh, mainLogin, store, watched, elevations, journal, lastLogin, clock };
  const refresh: Refresh = new Refresh({
    ...asking,
    later,
    loginsGone: (gone) => void life.loginsGone(gone),
    report,
    asker: sharing,
    tell: (change) => sharing.tell(change),
    tellReviewers: () => setting('review.notify'),
  });
  const giveBack = new ElevationDrops({ tsh, elevations, mainLogin, store, journal, clock, loadRun });
  const continuing = new Renewal({ tsh, elevations, mainLogin, journal, clock, loadRun });
  const terminals = new ElevatedTerminals(
    (home) => void runWithRecovery(tools, () => terminalClosed(tools, home)),
  );
  const drafts = new Drafts(files);
  const documents = new TextDocuments(registerLens);
  const tools: Tools = {
    ...asking,
    tctl,
    kube,
    resources,
    rights,
    refresh,
    drafts,
    drops: giveBack,
    renewal: continuing,
    watchdogs,
    terminals,
    records,
    windows,
    heartbeat: heartbeat,
    shellCheck: new ShellEnvironmentCheck({ loadRun, root }),
    files,
    census: new CensusCache(store),
    documents,
    diffEditors: new DiffEditors(documents),
    log,
    env,
    workspace: workspaceFolders,
  };

  const life = new HomeRecovery(tools);
  const whileElevated = new ElevationMonitor(tools, { root, later });
  elevations.onRemoved(() => life.sweepForAWhile());
  const manifestChecks = new ManifestDiagnostics(tools.census, report);
  const stopWatching = [watchWhileLeading(windows, mainLogin.folder, () => refresh.loginMayHaveChanged())];
  // A program that was missing is looked for as soon as somebody has named it.
  const settings = onSettingsChanged(() => refresh.loginMayHaveChanged());
  void records.folder().then((folder) => {
    if (folder !== undefined) stopWatching.push(watchFolder(folder, () => void life.indexChanged()));
  });
  void runWithRecovery(tools, () => life.start());
  void rights.load();
  void sweepThrowawayHomes(root).catch(() => undefined);
  void files.prune('told', toldFor);

  return {
    tools,
    run: (id, argument) => handleCommand(tools, id, argument),
    profile: () => terminalForProfile(tools),
    look: (at) => whileElevated.look(at),
    attend: (attention) => {
      here = attention;
      sharing.attend(attention);
    },
    dispose: () => {
      for (const stop of stopWatching) stop();
      settings.dispose();
      manifestChecks.dispose();
      refresh.stop();
      windows.stop();
      life.dispose();
      whileElevated.dispose();
      watchdogs.dispose();
      elevations.stop();
      terminals.dispose();
      tools.diffEditors.dispose();
      tools.documents.dispose();
    },
  };
}
