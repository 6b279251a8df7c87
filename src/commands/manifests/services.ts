import type { TextDocuments } from '../../editor/documents/textDocuments.ts';
import type { StorageFiles } from '../../state/storageFiles.ts';
import type { KnownRights } from '../../state/memory/knownRights.ts';
import type { Tctl } from '../../teleport/commands/tctl.ts';
import type { LoginServices } from '../login/services.ts';

/** The services for reading role manifests and the cluster's roles. */
export interface ManifestServices extends LoginServices {
  readonly documents: TextDocuments;
  /** The extension's own files, which all windows of the user share. */
  readonly files: StorageFiles;
  readonly rights: KnownRights;
  readonly tctl: Tctl;
}
