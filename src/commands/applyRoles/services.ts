import type { DiffEditors } from '../../editor/documents/diffEditor.ts';
import type { ManifestServices } from '../manifests/services.ts';

/** The services for applying roles and for undoing an Apply. */
export interface ApplyRolesServices extends ManifestServices {
  readonly diffEditors: DiffEditors;
}
