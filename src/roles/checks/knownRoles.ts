import { rawText } from '../../access/untrusted/untrusted.ts';
import type { CheckContext } from './checkContext.ts';
import type { Manifest } from '../manifest/parseManifest.ts';
import { matches } from '../role/namePatterns.ts';
import {
  isPlainObject,
  textsAt,
  valueAt,
  type Path,
  type PlainValue,
  type PlainObject,
} from '../role/value.ts';

/** A name or pattern of requestable roles, with its path in the role. */
export interface RequestablePattern {
  readonly pattern: string;
  readonly path: Path;
}

const request = ['spec', 'allow', 'request'] as const;
const list = (value: PlainValue | undefined): readonly PlainValue[] =>
  Array.isArray(value) ? (value as readonly PlainValue[]) : [];

/**
 * The names and patterns in `request.roles`, `request.search_as_roles` and
 * `request.claims_to_roles` of a role.
 */
export function requestablePatterns(role: PlainObject): readonly RequestablePattern[] {
  const patternsAt = (path: Path): RequestablePattern[] =>
    textsAt(role, path).map((pattern, index) => ({ pattern, path: [...path, index] }));
  const claims = list(valueAt(role, [...request, 'claims_to_roles'])).flatMap((_, index) =>
    patternsAt([...request, 'claims_to_roles', index, 'roles']),
  );
  return [...patternsAt([...request, 'roles']), ...patternsAt([...request, 'search_as_roles']), ...claims];
}

/** An allow rule of a role, with its path in the role. */
export interface RoleRule {
  readonly path: Path;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly where: string;
}

/** The allow rules of a role. */
export const roleRulesOf = (role: PlainObject): readonly RoleRule[] =>
  list(valueAt(role, ['spec', 'allow', 'rules']))
    .filter(isPlainObject)
    .map((rule, index) => ({
      path: ['spec', 'allow', 'rules', index],
      resources: textsAt(rule, ['resources']),
      verbs: textsAt(rule, ['verbs']),
      where: textsAt(rule, ['where'])[0] ?? '',
    }));

/** Whether a rule allows one of the verbs on one of the resource kinds. */
export const allows = (rule: RoleRule, kinds: readonly string[], verbs: readonly string[]): boolean =>
  rule.resources.some((kind) => kind === '*' || kinds.includes(kind)) &&
  rule.verbs.some((verb) => verb === '*' || verbs.includes(verb));

/**
 * All known roles and which of them may request which. The roles of the checked file replace roles of the
 * same name in the other files, and those replace roles of the server.
 */
export class RoleGraph {
  readonly #roles: ReadonlyMap<string, PlainObject>;
  readonly #patterns: ReadonlyMap<string, readonly RequestablePattern[]>;
  readonly #inFiles: ReadonlySet<string>;
  readonly #holderCounts: ReadonlyMap<string, number> | undefined;
  /** The roles whose holders can create or update roles or users, and so can give themselves any access. */
  readonly roleEditors: readonly string[];
  /** Whether the server's roles are known, so that a role missing here does not exist. */
  readonly hasServerRoles: boolean;

  constructor(manifest: Manifest, { holderCounts, serverRoles, siblings }: CheckContext) {
    const files = [...siblings, ...manifest.documents].map(
      ({ name, value }) => [rawText(name), value] satisfies [string, PlainObject],
    );
    this.#roles = new Map([...(serverRoles ?? []), ...files]);
    this.#patterns = new Map([...this.#roles].map(([name, role]) => [name, requestablePatterns(role)]));
    this.#inFiles = new Set(files.map(([name]) => name));
    this.#holderCounts = holderCounts;
    this.roleEditors = [...this.#roles]
      .filter(([, role]) =>
        roleRulesOf(role).some((rule) => allows(rule, ['role', 'user'], ['create', 'update'])),
      )
      .map(([name]) => name);
    this.hasServerRoles = serverRoles !== undefined;
  }

  /** The names of all known roles: those of the files and those of the server. */
  get names(): readonly string[] {
    return [...this.#roles.keys()];
  }

  /** Whether a file defines the role or the server has it. */
  has(name: string): boolean {
    return this.#roles.has(name);
  }

  /** Whether a file defines the role, so that a fix can change it there. */
  isInFiles(name: string): boolean {
    return this.#inFiles.has(name);
  }

  /** The value of a role; empty for an unknown role. */
  role(name: string): PlainObject {
    return this.#roles.get(name) ?? {};
  }

  /** The roles whose holders may request the role. */
  requestingRoles(name: string): readonly string[] {
    return this.names.filter((other) => other !== name && this.#mayRequest(other, name));
  }

  #mayRequest(requestingRole: string, name: string): boolean {
    if (!this.#patterns.get(requestingRole)?.some(({ pattern }) => this.covers(pattern, name))) return false;
    const denied = textsAt(this.role(requestingRole), ['spec', 'deny', 'request', 'roles']);
    return !denied.some((pattern) => matches(pattern, name));
  }

  /**
   * Whether a pattern of requestable roles covers a role. `*` covers no role
   * that lets its holder request roles.
   */
  covers(pattern: string, name: string): boolean {
    return pattern === '*' ? !this.#patterns.get(name)?.length : matches(pattern, name);
  }

  /**
   * Whether users hold the role without a request; undefined when that is not known. Without holder counts, a
   * role that lets its holder request roles and that is not requestable itself counts as held.
   */
  isHeld(name: string): boolean | undefined {
    if (this.#holderCounts) return (this.#holderCounts.get(name) ?? 0) > 0;
    return this.#patterns.get(name)?.length && !this.isRequestable(name) ? true : undefined;
  }

  /** Whether the holders of another role may request the role. */
  isRequestable(name: string): boolean {
    return this.requestingRoles(name).length > 0;
  }
}
