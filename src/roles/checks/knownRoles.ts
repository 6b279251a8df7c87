import { rawText } from '../../access/untrusted/untrusted.ts';
import type { CheckContext } from './checkContext.ts';
import type { Manifest } from '../manifest/parseManifest.ts';
import { matches, workOf } from '../role/namePatterns.ts';
import { nearestName } from '../role/roleSchema.ts';
import { allowsAny, contentOf, type ResourceRule, type RoleContent } from '../role/roleContent.ts';

/** Whether a rule lets its holder create or update roles or users, and so gain any access. */
export const editsRoles = (rule: ResourceRule): boolean =>
  allowsAny(rule, ['role', 'user'], ['create', 'update']);

/** How often a similar name is searched for one file. */
const mostSearches = 50;

/** How much work one file may cost with expressions in patterns, see `workOf`: about 0.1 s. */
const mostWork = 50_000_000;

/**
 * All known roles and which of them may request which. The roles of the checked file replace roles of the
 * same name in the other files, and those replace roles of the server.
 */
export class RoleGraph {
  /** What each role says, by name: the roles of the files and those of the server. */
  readonly roles: ReadonlyMap<string, RoleContent>;
  /** The roles that a file defines, so that a fix can change them there. */
  readonly inFiles: ReadonlySet<string>;
  /** The roles whose holders can create or update roles or users, and so can give themselves any access. */
  readonly roleEditors: readonly string[];
  readonly #holderCounts: ReadonlyMap<string, number> | undefined;
  #searches = 0;
  #work = 0;
  readonly #compiled = new Set<string>();
  readonly #requesting = new Map<string, readonly string[]>();

  constructor(manifest: Manifest, { holderCounts, serverRoles, siblings }: CheckContext) {
    const files = [...siblings, ...manifest.documents].map(
      ({ name, value }) => [rawText(name), value] as const,
    );
    this.roles = new Map([...(serverRoles ?? []), ...files].map(([name, value]) => [name, contentOf(value)]));
    this.inFiles = new Set(files.map(([name]) => name));
    this.roleEditors = [...this.roles].flatMap(([name, { allow }]) =>
      allow.rules.some(editsRoles) ? [name] : [],
    );
    this.#holderCounts = holderCounts;
  }

  /** The roles whose holders may request the role. */
  requestingRoles(name: string): readonly string[] {
    const known = this.#requesting.get(name) ?? this.#findRequesting(name);
    this.#requesting.set(name, known);
    return known;
  }

  #findRequesting(name: string): readonly string[] {
    return [...this.roles].flatMap(([other, { allow, deny }]) =>
      other !== name &&
      allow.request.patterns.some(({ pattern }) => this.covers(pattern, name)) &&
      !deny.request.roles.some((pattern) => this.#matches(pattern, name))
        ? [other]
        : [],
    );
  }

  /**
   * Whether a pattern of requestable roles covers a role. `*` covers no role
   * that lets its holder request roles.
   */
  covers(pattern: string, name: string): boolean {
    return pattern === '*' ? !this.#requests(name) : this.#matches(pattern, name);
  }

  /** Whether expressions were left out, because they would cost too much. */
  get isCut(): boolean {
    return this.#work > mostWork;
  }

  #matches(pattern: string, name: string): boolean {
    this.#work += workOf(pattern, name) + (this.#compiled.has(pattern) ? 0 : workOf(pattern));
    this.#compiled.add(pattern);
    return !this.isCut && matches(pattern, name);
  }

  /** The known role with the most similar name; undefined also after many searches, each of which visits all roles. */
  similarName(name: string): string | undefined {
    this.#searches += 1;
    return this.#searches > mostSearches ? undefined : nearestName(name, this.roles.keys());
  }

  /** Whether the role lets its holder request roles. */
  #requests(name: string): boolean {
    return (this.roles.get(name)?.allow.request.patterns.length ?? 0) > 0;
  }

  /**
   * Whether users are known to hold the role without a request. Without holder counts, a role that lets its
   * holder request roles and that is not requestable itself counts as held.
   */
  isHeld(name: string): boolean {
    if (this.#holderCounts) return (this.#holderCounts.get(name) ?? 0) > 0;
    return this.#requests(name) && this.requestingRoles(name).length === 0;
  }
}
