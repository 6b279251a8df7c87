import type { DiffEditors } from '../../editor/documents/diffEditor.ts';
import type { ManifestServices } from '../manifests/services.ts';

/** What applying roles and undoing an apply need. */
export interface ApplyRolesServices extends ManifestServices {
  readonly diffEditors: DiffEditors;
}
