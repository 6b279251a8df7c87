import { rawText } from '../../access/text/untrusted.ts';
import type { CheckContext } from './checks.ts';
import type { Manifest } from '../manifest/parseManifest.ts';
import { matches } from '../role/namePatterns.ts';
import { isPlainObject, textsAt, valueAt, type Path, type Plain, type PlainObject } from '../role/value.ts';

/** One place in a role that says which roles may be requested. */
export interface Ask {
  readonly pattern: string;
  readonly path: Path;
}

const request = ['spec', 'allow', 'request'] as const;
const list = (value: Plain | undefined): readonly Plain[] =>
  Array.isArray(value) ? (value as readonly Plain[]) : [];

/** What the holder of a role may request. */
export function requestablePatterns(role: PlainObject): readonly Ask[] {
  const at = (path: Path): Ask[] =>
    textsAt(role, path).map((pattern, index) => ({ pattern, path: [...path, index] }));
  const claims = list(valueAt(role, [...request, 'claims_to_roles'])).flatMap((_, index) =>
    at([...request, 'claims_to_roles', index, 'roles']),
  );
  return [...at([...request, 'roles']), ...at([...request, 'search_as_roles']), ...claims];
}

/** A rule about resources, and where it stands. */
export interface RoleRule {
  readonly path: Path;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly where: string;
}

/** The rules a role allows. */
export const roleRulesOf = (role: PlainObject): readonly RoleRule[] =>
  list(valueAt(role, ['spec', 'allow', 'rules']))
    .filter(isPlainObject)
    .map((rule, at) => ({
      path: ['spec', 'allow', 'rules', at],
      resources: textsAt(rule, ['resources']),
      verbs: textsAt(rule, ['verbs']),
      where: textsAt(rule, ['where'])[0] ?? '',
    }));

/** Whether a rule lets somebody do one of the verbs with one of the kinds. */
export const allows = (rule: RoleRule, kinds: readonly string[], verbs: readonly string[]): boolean =>
  rule.resources.some((kind) => kind === '*' || kinds.includes(kind)) &&
  rule.verbs.some((verb) => verb === '*' || verbs.includes(verb));

/** All roles that are known: of the file, of the other files, of the server. A file's own comes before the others. */
export class RoleGraph {
  readonly #roles: ReadonlyMap<string, PlainObject>;
  readonly #asks: ReadonlyMap<string, readonly Ask[]>;
  readonly #inFiles: ReadonlySet<string>;
  readonly #holders: ReadonlyMap<string, number> | undefined;
  /** The roles whose holders can write roles or users, and so get anything. */
  readonly editing: readonly string[];
  /** Whether the server's roles are among them, so that what is not here is nowhere. */
  readonly complete: boolean;

  constructor(manifest: Manifest, { holders, serverRoles, siblings }: CheckContext) {
    const files = [...siblings, ...manifest.documents].map(
      (one) => [rawText(one.name), one.value] satisfies [string, PlainObject],
    );
    this.#roles = new Map([...(serverRoles ?? []), ...files]);
    this.#asks = new Map([...this.#roles].map(([name, role]) => [name, requestablePatterns(role)]));
    this.#inFiles = new Set(files.map(([name]) => name));
    this.#holders = holders;
    this.editing = [...this.#roles]
      .filter(([, role]) =>
        roleRulesOf(role).some((rule) => allows(rule, ['role', 'user'], ['create', 'update'])),
      )
      .map(([name]) => name);
    this.complete = serverRoles !== undefined;
  }

  get names(): readonly string[] {
    return [...this.#roles.keys()];
  }

  has(name: string): boolean {
    return this.#roles.has(name);
  }

  /** Whether a file says it, so that it can be changed there. */
  inFiles(name: string): boolean {
    return this.#inFiles.has(name);
  }

  role(name: string): PlainObject {
    return this.#roles.get(name) ?? {};
  }

  /** The roles whose holders may request this one. */
  askers(name: string): readonly string[] {
    return this.names.filter((asker) => asker !== name && this.#mayAsk(asker, name));
  }

  #mayAsk(asker: string, name: string): boolean {
    if (!this.#asks.get(asker)?.some(({ pattern }) => this.covers(pattern, name))) return false;
    const denied = textsAt(this.role(asker), ['spec', 'deny', 'request', 'roles']);
    return !denied.some((pattern) => matches(pattern, name));
  }

  /** Whether a pattern of requestable roles means a role. A plain star means none of those that request themselves. */
  covers(pattern: string, name: string): boolean {
    return pattern === '*' ? !this.#asks.get(name)?.length : matches(pattern, name);
  }

  /** Whether people hold it without asking; undefined where that cannot be known. */
  held(name: string): boolean | undefined {
    if (this.#holders) return (this.#holders.get(name) ?? 0) > 0;
    return this.#asks.get(name)?.length && !this.elevated(name) ? true : undefined;
  }

  /** Whether people get it by a request. */
  elevated(name: string): boolean {
    return this.askers(name).length > 0;
  }
}
