import type { Drafts } from '../../state/memory/drafts.ts';
import type { ManifestServices } from '../manifests/services.ts';

/** What the wizard of roles needs. */
export interface SetUpRolesServices extends ManifestServices {
  /** Proposes the reviewers that were named last. */
  readonly drafts: Drafts;
}
