import { untrusted, type Untrusted, type Instant } from '../../access/text/untrusted.ts';
import type { Failure } from '../../teleport/process/failure.ts';
import type { PartName } from '../../teleport/commands/tctlClusterResources.ts';
import type { Plain, PlainObject } from '../../roles/role/value.ts';

/** What a person or bot was given to fill templates with: `logins`, `kubernetes_groups`, claims of SSO. */
export type Traits = ReadonlyMap<string, readonly string[]>;

export interface User {
  readonly name: Untrusted;
  readonly roles: readonly Untrusted[];
  readonly traits: Traits;
  /** The connector an SSO login came through; what it gave ends at `expires`. */
  readonly connector?: Untrusted;
  readonly expires?: Instant;
  /** One of Teleport's own. */
  readonly system: boolean;
  /** The bot it is the user of. */
  readonly bot?: Untrusted;
}

export interface Role {
  readonly name: Untrusted;
  readonly value: PlainObject;
  /** Made by Teleport itself. */
  readonly made?: 'preset' | 'system';
  /** Who else writes it: `terraform`, `kubernetes`. */
  readonly origin?: Untrusted;
}

/** Whoever comes with this claim is given these roles. */
export interface Mapping {
  readonly connector: Untrusted;
  readonly type: 'saml' | 'oidc' | 'github';
  /** The name of a claim or attribute; an organization on GitHub. */
  readonly claim: Untrusted;
  /** Its value, which may be a pattern; a team on GitHub. */
  readonly value: Untrusted;
  readonly roles: readonly Untrusted[];
}

/** Somebody named in an access list. */
export interface Listed {
  readonly name: Untrusted;
  /** The name is that of another list, whose members count. */
  readonly list: boolean;
  readonly expires?: Instant;
}

export interface Grant {
  readonly roles: readonly Untrusted[];
  readonly traits: Traits;
}

export interface AccessList {
  readonly name: Untrusted;
  readonly title: Untrusted;
  readonly members: readonly Listed[];
  readonly owners: readonly Listed[];
  readonly grants: Grant;
  readonly ownerGrants: Grant;
  readonly memberNeeds: Grant;
  readonly ownerNeeds: Grant;
}

export interface Bot {
  readonly name: Untrusted;
  readonly roles: readonly Untrusted[];
  readonly traits: Traits;
}

/** Whoever holds the remote role (a name or pattern) in that cluster is given the local ones. */
export interface RoleMap {
  readonly cluster: Untrusted;
  readonly remote: Untrusted;
  readonly roles: readonly Untrusted[];
}

export interface LockInForce {
  readonly name: Untrusted;
  /** What kind of thing it targets, as Teleport calls it, to its name: `user`, `role`, `access_request`. */
  readonly targets: readonly (readonly [kind: string, name: Untrusted])[];
  readonly message?: Untrusted;
  readonly expires?: Instant;
}

/** What could not be read, and why. */
export interface Gap {
  readonly part: PartName;
  /** The access list whose members are meant. */
  readonly name?: Untrusted;
  /** Where only some of it could not be read: how many, and of how many. */
  readonly some?: { readonly lost: number; readonly of: number };
  readonly failure: Failure;
}

/** What a cluster holds, as far as this person may read it. */
export interface Census {
  readonly cluster: Untrusted;
  readonly user: Untrusted;
  readonly at: Instant;
  readonly users: readonly User[];
  readonly roles: ReadonlyMap<Untrusted, Role>;
  readonly mappings: readonly Mapping[];
  readonly accessLists: readonly AccessList[];
  readonly bots: readonly Bot[];
  readonly roleMaps: readonly RoleMap[];
  readonly locks: readonly LockInForce[];
  /** The server's version, if it told. */
  readonly version?: string;
  /** How many connectors there are, with a mapping or without. */
  readonly connectors: number;
  readonly gaps: readonly Gap[];
  /** What this edition or version does not have. */
  readonly absent: readonly PartName[];
}

export const couldRead = ({ gaps }: Census, part: PartName): boolean =>
  !gaps.some((gap) => gap.part === part && gap.name === undefined);

export const noTraits: Traits = new Map();

/** Traits as users have them, `{name: [values]}`, or as bots do, `[{name, values}]`. */
export function traitsOf(value: Plain | undefined): Traits {
  const found = new Map<string, readonly string[]>();
  const put = (name: Plain | undefined, values: Plain | undefined): void => {
    const texts = (Array.isArray(values) ? (values as readonly Plain[]) : []).filter(
      (one): one is string => typeof one === 'string' && one !== '',
    );
    if (typeof name === 'string' && texts.length > 0) found.set(name, texts);
  };
  if (Array.isArray(value))
    for (const one of value as readonly Plain[]) {
      const trait = one as PlainObject | null;
      put(trait?.['name'], trait?.['values']);
    }
  else if (typeof value === 'object' && value !== null)
    for (const [name, values] of Object.entries(value)) put(name, values);
  return found.size === 0 ? noTraits : found;
}

export const namesOf = (texts: readonly string[]): Untrusted[] => texts.filter(Boolean).map(untrusted);
