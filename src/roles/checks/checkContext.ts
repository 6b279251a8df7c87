import type { RoleDocument } from '../manifest/parseManifest.ts';
import type { PlainObject } from '../role/value.ts';

/** Facts from outside the manifest that the checks use. */
export interface CheckContext {
  /** The longest session that the team allows for a requestable role, in ms. */
  readonly sessionLimit: number;
  readonly edition?: 'enterprise' | 'community';
  /** The server's Teleport version. */
  readonly version?: string;
  /** How many holders each role has without a request, by role name; absent when not known. */
  readonly holderCounts?: ReadonlyMap<string, number>;
  /** The roles of the server, by name; absent when they could not be read. */
  readonly serverRoles?: ReadonlyMap<string, PlainObject>;
  /** The roles in the other manifests of the workspace. */
  readonly siblings: readonly RoleDocument[];
}
