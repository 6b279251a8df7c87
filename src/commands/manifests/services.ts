import type { TextDocuments } from '../../editor/documents/textDocuments.ts';
import type { StorageFiles } from '../../state/storageFiles.ts';
import type { KnownRights } from '../../state/memory/knownRights.ts';
import type { Tctl } from '../../teleport/commands/tctl.ts';
import type { LoginServices } from '../login/services.ts';

/** What reading role manifests and the cluster's roles needs. */
export interface ManifestServices extends LoginServices {
  readonly documents: TextDocuments;
  /** Our own files, shared by all windows of a person. */
  readonly files: StorageFiles;
  readonly rights: KnownRights;
  readonly tctl: Tctl;
}
