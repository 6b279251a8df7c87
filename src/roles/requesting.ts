import { bare, foreign, type Foreign } from '../access/text.ts';
import { approvalsOf } from './approvals.ts';
import type { Role, Traits } from './census.ts';
import { readDuration } from './duration.ts';
import { anyMatches, matcher } from './patterns.ts';
import { isPlainObject, textsAt, valueAt, type Path, type Plain } from './plain.ts';

/** What a role says of asking, or of reviewing. */
const clause = (role: Role, side: 'allow' | 'deny', of: 'request' | 'review_requests'): Plain | undefined =>
  valueAt(role.value, ['spec', side, of]);

/** The patterns of roles a clause names; those of claims only where the holder has such a claim. */
function patternsIn(found: Plain | undefined, traits: Traits): readonly string[] {
  const claims = valueAt(found, ['claims_to_roles']);
  const claimed = (Array.isArray(claims) ? (claims as readonly Plain[]) : []).filter(isPlainObject);
  return [
    ...textsAt(found, ['roles']),
    ...textsAt(found, ['search_as_roles']),
    ...claimed
      .filter(({ claim, value }) => {
        if (typeof claim !== 'string' || typeof value !== 'string') return false;
        const fits = matcher(value);
        return (traits.get(claim) ?? []).some(fits);
      })
      .flatMap((one) => textsAt(one, ['roles'])),
  ];
}

export const mayAsk = (role: Role): boolean => isPlainObject(clause(role, 'allow', 'request'));
export const mayReview = (role: Role): boolean => isPlainObject(clause(role, 'allow', 'review_requests'));
/** Whether a role reviews only under a condition. */
export function reviewsConditionally(role: Role): boolean {
  const where = valueAt(clause(role, 'allow', 'review_requests'), ['where']);
  return typeof where === 'string' && where !== '';
}
const deniesAsking = (role: Role): boolean => isPlainObject(clause(role, 'deny', 'request'));
const deniesReviewing = (role: Role): boolean => isPlainObject(clause(role, 'deny', 'review_requests'));

/** Whether what a role allows depends on its holder's claims. */
export const asksClaims = (role: Role): boolean =>
  (['request', 'review_requests'] as const).some((of) =>
    (['allow', 'deny'] as const).some(
      (side) => valueAt(clause(role, side, of), ['claims_to_roles']) !== undefined,
    ),
  );

/** Which roles take part in what a holder may ask for or review. */
export const takesPart = (role: Role): boolean =>
  mayAsk(role) || mayReview(role) || deniesAsking(role) || deniesReviewing(role);

/** `request.max_duration` in ms. */
export function longestGrant(role: Role): number | undefined {
  const text = valueAt(clause(role, 'allow', 'request'), ['max_duration']);
  return typeof text === 'string' ? readDuration(text) : undefined;
}

export const longestGrantPath: Path = ['spec', 'allow', 'request', 'max_duration'];

/** `options.max_session_ttl` in ms; undefined where there is none that can be read. */
export function longestSession(role: Role): number | undefined {
  const text = valueAt(role.value, ['spec', 'options', 'max_session_ttl']);
  const found = typeof text === 'string' ? readDuration(text) : undefined;
  return found !== undefined && found > 0 ? found : undefined;
}

/** A role that may be asked for by somebody. */
export interface Way {
  readonly target: Foreign;
  /** The held roles that allow asking for it. */
  readonly through: readonly Role[];
  /** How many approvals are needed: those of every role that allows it, each by its easiest threshold. */
  readonly approvals: number;
}

/** Finds out which roles may be asked for or reviewed; remembers what patterns mean. */
export class Requesting {
  readonly #names: readonly Foreign[];
  readonly #roles: ReadonlyMap<Foreign, Role>;
  readonly #matched = new Map<string, readonly Foreign[]>();

  constructor(roles: ReadonlyMap<Foreign, Role>) {
    this.#roles = roles;
    this.#names = [...roles.keys()];
  }

  /** What holders of these roles may ask for. */
  ways(roles: readonly Role[], traits: Traits): readonly Way[] {
    const denied = roles.flatMap((role) => patternsIn(clause(role, 'deny', 'request'), traits));
    const found = new Map<Foreign, Role[]>();
    for (const role of roles.filter(mayAsk))
      for (const target of this.#named(patternsIn(clause(role, 'allow', 'request'), traits))) {
        const through = found.get(target);
        if (through) through.push(role);
        else if (!anyMatches(denied, bare(target))) found.set(target, [role]);
      }
    return [...found].map(([target, through]) => ({
      target,
      through,
      approvals: Math.max(...through.map(({ value }) => approvalsOf(value))),
    }));
  }

  /** The roles whose requests holders of these roles may review. A condition is not looked into. */
  reviewed(roles: readonly Role[], traits: Traits): ReadonlySet<Foreign> {
    const denied = roles.flatMap((role) => patternsIn(clause(role, 'deny', 'review_requests'), traits));
    const patterns = roles
      .filter(mayReview)
      .flatMap((role) => patternsIn(clause(role, 'allow', 'review_requests'), traits));
    return new Set(this.#named(patterns).filter((name) => !anyMatches(denied, bare(name))));
  }

  /** The roles that are there and fit. */
  #named(patterns: readonly string[]): readonly Foreign[] {
    return [...new Set(patterns.flatMap((pattern) => this.#one(pattern)))];
  }

  #one(pattern: string): readonly Foreign[] {
    const before = this.#matched.get(pattern);
    if (before) return before;
    const exact = this.#roles.get(foreign(pattern));
    const plain = !pattern.includes('*') && !(pattern.startsWith('^') && pattern.endsWith('$'));
    const fits = matcher(pattern);
    const found = plain
      ? exact
        ? [exact.name]
        : []
      : this.#names.filter((name) => fits(bare(name)) && this.#roles.get(name)?.made !== 'system');
    this.#matched.set(pattern, found);
    return found;
  }
}
