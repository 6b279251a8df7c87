import { untrusted, type Untrusted, type Instant } from '../../access/untrusted/untrusted.ts';
import type { Failure } from '../../teleport/process/failure.ts';
import type { PartName } from '../../teleport/commands/tctlClusterResources.ts';
import type { PlainValue, PlainObject } from '../../roles/role/value.ts';

/**
 * The traits of a user or bot by name, such as `logins`, `kubernetes_groups` or an SSO claim. They fill in
 * the templates of roles.
 */
export type Traits = ReadonlyMap<string, readonly string[]>;

/** Roles and traits that somebody holds, or that an access list grants or requires. */
export interface RolesAndTraits {
  readonly roles: readonly Untrusted[];
  readonly traits: Traits;
}

/** A user, local or created by an SSO login. */
export interface User extends RolesAndTraits {
  readonly name: Untrusted;
  /** The connector of the SSO login that created the user. Its roles and traits end at `expires`. */
  readonly connector?: Untrusted;
  readonly expires?: Instant;
  /** Whether Teleport itself created the user; its name starts with `@teleport-`. */
  readonly system: boolean;
  /** The bot that acts as this user. */
  readonly bot?: Untrusted;
}

/** A role as the server stores it. */
export interface Role {
  readonly name: Untrusted;
  readonly value: PlainObject;
  /** Set for a role that Teleport itself creates: its label `teleport.internal/resource-type`. */
  readonly builtIn?: 'preset' | 'system';
  /** The tool that owns the role, such as `terraform` or `kubernetes`. */
  readonly origin?: Untrusted;
}

/** A mapping of an SSO connector: a user who logs in with this claim gets these roles. */
export interface Mapping {
  readonly connector: Untrusted;
  readonly type: 'saml' | 'oidc' | 'github';
  /** The name of an OIDC claim or SAML attribute; the organization for GitHub. */
  readonly claim: Untrusted;
  /** The value of the claim, which may be a pattern; the team for GitHub. */
  readonly value: Untrusted;
  readonly roles: readonly Untrusted[];
}

/** An entry in the members or owners of an access list: a user, or another access list. */
export interface AccessListEntry {
  readonly name: Untrusted;
  /** Whether the entry is another access list, whose members count as listed here. */
  readonly isList: boolean;
  readonly expires?: Instant;
}

/** An access list. `members` is empty where the members could not be read. */
export interface AccessList {
  readonly name: Untrusted;
  readonly title: Untrusted;
  readonly members: readonly AccessListEntry[];
  readonly owners: readonly AccessListEntry[];
  readonly grants: RolesAndTraits;
  readonly ownerGrants: RolesAndTraits;
  readonly membershipRequires: RolesAndTraits;
  readonly ownershipRequires: RolesAndTraits;
}

/** A Machine ID bot, with the roles and traits it is configured with. */
export interface Bot extends RolesAndTraits {
  readonly name: Untrusted;
}

/**
 * An entry in the role map of a trusted cluster: a user who holds the remote role (a name or pattern) in that
 * cluster gets the local roles.
 */
export interface RoleMap {
  readonly cluster: Untrusted;
  readonly remote: Untrusted;
  readonly roles: readonly Untrusted[];
}

/** A lock. */
export interface LockInForce {
  readonly name: Untrusted;
  /**
   * Each target by Teleport's name for its kind, such as `user`, `role` or `access_request`, and its own
   * name.
   */
  readonly targets: readonly (readonly [kind: string, name: Untrusted])[];
  readonly message?: Untrusted;
  readonly expires?: Instant;
}

/** A part of the cluster that could not be read, and why. */
export interface Gap {
  readonly part: PartName;
  /** The access list whose members could not be read; only with the part `members`. */
  readonly name?: Untrusted;
  /**
   * Set where only some resources of the part could not be read: how many, and of how many. The JSON report
   * prints both fields.
   */
  readonly partial?: { readonly lost: number; readonly of: number };
  readonly failure: Failure;
}

/** Users, roles and whatever else gives roles in a cluster, as far as the signed-in user may read it. */
export interface Census {
  readonly cluster: Untrusted;
  readonly user: Untrusted;
  /** When the reading ended. */
  readonly readAt: Instant;
  readonly users: readonly User[];
  readonly roles: ReadonlyMap<Untrusted, Role>;
  readonly mappings: readonly Mapping[];
  readonly accessLists: readonly AccessList[];
  readonly bots: readonly Bot[];
  readonly roleMaps: readonly RoleMap[];
  readonly locks: readonly LockInForce[];
  /** The Teleport version of the server, where it could be read. */
  readonly version?: string;
  /** The number of SSO connectors, including those without a mapping. */
  readonly connectors: number;
  readonly gaps: readonly Gap[];
  /** Parts that this edition or version of Teleport does not have. */
  readonly absent: readonly PartName[];
}

/** Whether a part could be read completely. Unread members of a single access list do not count. */
export const couldRead = ({ gaps }: Census, part: PartName): boolean =>
  !gaps.some((gap) => gap.part === part && gap.name === undefined);

/** The traits of a holder without traits. */
export const noTraits: Traits = new Map();

/** Reads traits in the form of a user, `{name: [values]}`, or in the form of a bot, `[{name, values}]`. */
export function traitsOf(value: PlainValue | undefined): Traits {
  const traits = new Map<string, readonly string[]>();
  const put = (name: PlainValue | undefined, values: PlainValue | undefined): void => {
    const texts = (Array.isArray(values) ? (values as readonly PlainValue[]) : []).filter(
      (text): text is string => typeof text === 'string' && text !== '',
    );
    if (typeof name === 'string' && texts.length > 0) traits.set(name, texts);
  };
  if (Array.isArray(value))
    for (const item of value as readonly PlainValue[]) {
      const trait = item as PlainObject | null;
      put(trait?.['name'], trait?.['values']);
    }
  else if (typeof value === 'object' && value !== null)
    for (const [name, values] of Object.entries(value)) put(name, values);
  return traits.size === 0 ? noTraits : traits;
}

/** Marks names as untrusted text, and leaves out the empty ones. */
export const namesOf = (texts: readonly string[]): Untrusted[] => texts.filter(Boolean).map(untrusted);
