import type { CensusCache } from '../../privileges/census/censusCache.ts';
import type { ManifestServices } from '../manifests/services.ts';

/** The services for checking standing privileges. */
export interface PrivilegesServices extends ManifestServices {
  /** The last census of the cluster that the user is signed in to. */
  readonly census: CensusCache;
}
