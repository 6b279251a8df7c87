import type { ElevatedTerminals } from '../../editor/terminals/terminals.ts';
import type { ElevationDrops } from '../../state/elevation/drops.ts';
import type { HomeRecords } from '../../state/elevation/homeRecords.ts';
import type { Renewal } from '../../state/elevation/renewal.ts';
import type { StorageFiles } from '../../state/storageFiles.ts';
import type { WindowElection } from '../../state/windows/windowElection.ts';
import type { TshKube } from '../../teleport/commands/tshKube.ts';
import type { ShellEnvironmentCheck } from '../../teleport/shell/shellEnvironmentCheck.ts';
import type { RequestServices } from '../request/services.ts';

/** The services of using, continuing and dropping access. */
export interface ElevateServices extends RequestServices {
  readonly drops: ElevationDrops;
  /** The extension's own files, shared by all windows of the user. */
  readonly files: StorageFiles;
  readonly kube: TshKube;
  readonly records: HomeRecords;
  readonly renewal: Renewal;
  readonly shellCheck: ShellEnvironmentCheck;
  readonly terminals: ElevatedTerminals;
  readonly windows: WindowElection;
}
