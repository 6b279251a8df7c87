import type { Differences } from '../editor/differences.ts';
import type { Documents } from '../editor/documents.ts';
import type { ElevatedTerminals } from '../editor/terminals.ts';
import type { Log } from '../editor/log.ts';
import type { LastCensus } from '../roles/lastCensus.ts';
import type { Clock } from '../state/clock.ts';
import type { Continuing } from '../state/continuing.ts';
import type { Drafts } from '../state/drafts.ts';
import type { Elevations } from '../state/elevations.ts';
import type { Files } from '../state/files.ts';
import type { GiveBack } from '../state/giveBack.ts';
import type { HomeRecords } from '../state/homes.ts';
import type { Journal } from '../state/journal.ts';
import type { LastLogin } from '../state/lastLogin.ts';
import type { Pulse } from '../state/pulse.ts';
import type { Refresh } from '../state/refresh.ts';
import type { Rights } from '../state/rights.ts';
import type { Store } from '../state/store.ts';
import type { Waiting } from '../state/waiting.ts';
import type { Watchdogs } from '../state/watchdogs.ts';
import type { Windows } from '../state/windows.ts';
import type { Client } from '../teleport/client.ts';
import type { Home } from '../teleport/home.ts';
import type { Kube } from '../teleport/kube.ts';
import type { ShellCheck } from '../teleport/shellCheck.ts';
import type { Resources } from '../teleport/resources.ts';
import type { Tctl } from '../teleport/tctl.ts';
import type { Tsh } from '../teleport/tsh.ts';

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
