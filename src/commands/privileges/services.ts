import type { CensusCache } from '../../privileges/census/censusCache.ts';
import type { ManifestServices } from '../manifests/services.ts';

/** What checking standing privileges needs. */
export interface PrivilegesServices extends ManifestServices {
  /** The census read last of the cluster the user is signed in to. */
  readonly census: CensusCache;
}
