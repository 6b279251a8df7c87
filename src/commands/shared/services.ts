import type { Differences } from '../../editor/documents/diffEditor.ts';
import type { Documents } from '../../editor/documents/textDocuments.ts';
import type { ElevatedTerminals } from '../../editor/terminals/terminals.ts';
import type { Log } from '../../editor/log.ts';
import type { LastCensus } from '../../privileges/census/censusCache.ts';
import type { Clock } from '../../state/clock.ts';
import type { Continuing } from '../../state/elevation/renewal.ts';
import type { Drafts } from '../../state/memory/drafts.ts';
import type { Elevations } from '../../state/elevation/elevations.ts';
import type { Files } from '../../state/storageFiles.ts';
import type { GiveBack } from '../../state/elevation/giveBack.ts';
import type { HomeRecords } from '../../state/elevation/homeRecords.ts';
import type { Journal } from '../../state/memory/journal.ts';
import type { LastLogin } from '../../state/memory/lastLogin.ts';
import type { Pulse } from '../../state/windows/windowHeartbeat.ts';
import type { Refresh } from '../../state/refresh/refresh.ts';
import type { Rights } from '../../state/memory/knownRights.ts';
import type { Store } from '../../state/store.ts';
import type { Waiting } from '../../state/memory/watchedRequests.ts';
import type { Watchdogs } from '../../state/elevation/watchdogClient.ts';
import type { Windows } from '../../state/windows/windowElection.ts';
import type { Client } from '../../teleport/commands/client.ts';
import type { Home } from '../../teleport/home/home.ts';
import type { Kube } from '../../teleport/commands/tshKube.ts';
import type { ShellCheck } from '../../teleport/shell/shellEnvironmentCheck.ts';
import type { Resources } from '../../teleport/commands/tshResourceSearch.ts';
import type { Tctl } from '../../teleport/commands/tctl.ts';
import type { Tsh } from '../../teleport/commands/tsh.ts';

/** What commands work with; built once in extension.ts. */
export interface Tools {
  readonly client: Client;
  readonly tsh: Tsh;
  readonly tctl: Tctl;
  readonly kube: Kube;
  readonly resources: Resources;
  readonly rights: Rights;
  readonly everyday: Home;
  readonly store: Store;
  readonly refresh: Refresh;
  readonly waiting: Waiting;
  readonly journal: Journal;
  readonly lastLogin: LastLogin;
  readonly drafts: Drafts;
  readonly elevations: Elevations;
  readonly records: HomeRecords;
  readonly giveBack: GiveBack;
  readonly continuing: Continuing;
  readonly watchdogs: Watchdogs;
  readonly terminals: ElevatedTerminals;
  readonly shellCheck: ShellCheck;
  /** Our own files, shared by all windows of a person. */
  readonly files: Files;
  /** Reports and differences. */
  readonly documents: Documents;
  /** What was read last of the cluster somebody is signed in to. */
  readonly census: LastCensus;
  readonly differences: Differences;
  readonly windows: Windows;
  /** Whether somebody sees this window. */
  readonly pulse: Pulse;
  readonly clock: Clock;
  readonly log: Log;
  /** The environment of this program. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The workspace's folders on this machine: nothing in them is run or searched. */
  readonly workspace: () => readonly string[];
}
