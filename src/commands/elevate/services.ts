import type { ElevatedTerminals } from '../../editor/terminals/terminals.ts';
import type { ElevationDrops } from '../../state/elevation/drops.ts';
import type { HomeRecords } from '../../state/elevation/homeRecords.ts';
import type { Renewal } from '../../state/elevation/renewal.ts';
import type { StorageFiles } from '../../state/storageFiles.ts';
import type { WindowElection } from '../../state/windows/windowElection.ts';
import type { TshKube } from '../../teleport/commands/tshKube.ts';
import type { ShellEnvironmentCheck } from '../../teleport/shell/shellEnvironmentCheck.ts';
import type { RequestServices } from '../request/services.ts';

/** What using, continuing and dropping access needs. */
export interface ElevateServices extends RequestServices {
  readonly drops: ElevationDrops;
  /** Our own files, shared by all windows of a person. */
  readonly files: StorageFiles;
  readonly kube: TshKube;
  readonly records: HomeRecords;
  readonly renewal: Renewal;
  readonly shellCheck: ShellEnvironmentCheck;
  readonly terminals: ElevatedTerminals;
  readonly windows: WindowElection;
  /** The workspace's folders on this machine: no program in them is run, no folder in them searched. */
  readonly workspace: () => readonly string[];
}
