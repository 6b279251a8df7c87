import type { DiffEditors } from '../../editor/documents/diffEditor.ts';
import type { TextDocuments } from '../../editor/documents/textDocuments.ts';
import type { ElevatedTerminals } from '../../editor/terminals/terminals.ts';
import type { Log } from '../../editor/log.ts';
import type { CensusCache } from '../../privileges/census/censusCache.ts';
import type { Clock } from '../../state/clock.ts';
import type { Renewal } from '../../state/elevation/renewal.ts';
import type { Drafts } from '../../state/memory/drafts.ts';
import type { Elevations } from '../../state/elevation/elevations.ts';
import type { StorageFiles } from '../../state/storageFiles.ts';
import type { ElevationDrops } from '../../state/elevation/drops.ts';
import type { HomeRecords } from '../../state/elevation/homeRecords.ts';
import type { Journal } from '../../state/memory/journal.ts';
import type { LastLogin } from '../../state/memory/lastLogin.ts';
import type { WindowHeartbeat } from '../../state/windows/windowHeartbeat.ts';
import type { Refresh } from '../../state/refresh/refresh.ts';
import type { KnownRights } from '../../state/memory/knownRights.ts';
import type { Store } from '../../state/store.ts';
import type { WatchedRequests } from '../../state/memory/watchedRequests.ts';
import type { WatchdogClient } from '../../state/elevation/watchdogClient.ts';
import type { WindowElection } from '../../state/windows/windowElection.ts';
import type { Client } from '../../teleport/commands/client.ts';
import type { Home } from '../../teleport/home/home.ts';
import type { TshKube } from '../../teleport/commands/tshKube.ts';
import type { ShellEnvironmentCheck } from '../../teleport/shell/shellEnvironmentCheck.ts';
import type { ResourceSearch } from '../../teleport/commands/tshResourceSearch.ts';
import type { Tctl } from '../../teleport/commands/tctl.ts';
import type { Tsh } from '../../teleport/commands/tsh.ts';

/** What commands work with; built once in extension.ts. */
export interface Tools {
  readonly client: Client;
  readonly tsh: Tsh;
  readonly tctl: Tctl;
  readonly kube: TshKube;
  readonly resources: ResourceSearch;
  readonly rights: KnownRights;
  readonly mainLogin: Home;
  readonly store: Store;
  readonly refresh: Refresh;
  readonly watched: WatchedRequests;
  readonly journal: Journal;
  readonly lastLogin: LastLogin;
  readonly drafts: Drafts;
  readonly elevations: Elevations;
  readonly records: HomeRecords;
  readonly drops: ElevationDrops;
  readonly renewal: Renewal;
  readonly watchdogs: WatchdogClient;
  readonly terminals: ElevatedTerminals;
  readonly shellCheck: ShellEnvironmentCheck;
  /** Our own files, shared by all windows of a person. */
  readonly files: StorageFiles;
  /** Reports and differences. */
  readonly documents: TextDocuments;
  /** What was read last of the cluster somebody is signed in to. */
  readonly census: CensusCache;
  readonly diffEditors: DiffEditors;
  readonly windows: WindowElection;
  /** Whether somebody sees this window. */
  readonly heartbeat: WindowHeartbeat;
  readonly clock: Clock;
  readonly log: Log;
  /** The environment of this program. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The workspace's folders on this machine: nothing in them is run or searched. */
  readonly workspace: () => readonly string[];
}
