import type { Drafts } from '../../state/memory/drafts.ts';
import type { ManifestServices } from '../manifests/services.ts';

/** The services for the wizard Set Up Roles. */
export interface SetUpRolesServices extends ManifestServices {
  /** Stores the reviewers whom the user named last, which the wizard proposes. */
  readonly drafts: Drafts;
}
