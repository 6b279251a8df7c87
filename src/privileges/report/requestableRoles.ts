import { rawText, untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import { approvalsOf } from '../../roles/role/thresholds.ts';
import type { Role, Traits } from '../census/census.ts';
import { readDuration } from '../../roles/role/duration.ts';
import { isName, matcher, matches, withReplacement } from '../../roles/role/namePatterns.ts';
import { isPlainObject, textsAt, valueAt, type Path, type Plain } from '../../roles/role/value.ts';

/** What a role says of asking, or of reviewing. */
const clause = (role: Role, side: 'allow' | 'deny', of: 'request' | 'review_requests'): Plain | undefined =>
  valueAt(role.value, ['spec', side, of]);

/** The patterns of roles a clause names; those of claims only where the holder has such a claim. */
function patternsIn(found: Plain | undefined, traits: Traits, side: 'allow' | 'deny'): readonly string[] {
  const claims = valueAt(found, ['claims_to_roles']);
  const claimed = (Array.isArray(claims) ? (claims as readonly Plain[]) : []).filter(isPlainObject);
  return [
    ...textsAt(found, ['roles']),
    ...claimed.flatMap((one) => {
      const { claim, value } = one;
      if (typeof claim !== 'string' || typeof value !== 'string') return [];
      return (traits.get(claim) ?? []).flatMap((text) =>
        claimedBy(text, value, textsAt(one, ['roles']), side),
      );
    }),
  ];
}

/** The roles for one value of a claim; `$1` in them is what the value's pattern found. */
function claimedBy(
  text: string,
  value: string,
  roles: readonly string[],
  side: 'allow' | 'deny',
): readonly string[] {
  if (!matcher(value, side === 'allow')(text)) return [];
  const expression = value.startsWith('^') ? value : `^${value.split('*').map(escaped).join('(.*)')}$`;
  return roles.flatMap((role) => {
    if (!role.includes('$') || role.startsWith('^')) return [role];
    // What cannot be worked out may be any role.
    return withReplacement(text, expression, role) ?? (side === 'allow' ? ['*'] : []);
  });
}

const escaped = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');

/** Roles that may be searched as: names, and no patterns. */
const searched = (role: Role, side: 'allow' | 'deny'): readonly string[] =>
  textsAt(clause(role, side, 'request'), ['search_as_roles']);

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
export interface RequestRoute {
  readonly target: Untrusted;
  /** The held roles that allow asking for it. */
  readonly through: readonly Role[];
  /** How many approvals are needed: those of every role that allows it, in the easiest way. */
  readonly approvals: number;
}

/** A pattern that cannot be tried denies nothing. */
const isDenied = (patterns: readonly string[], name: Untrusted): boolean =>
  patterns.some((pattern) => matches(pattern, rawText(name)));

interface Threshold {
  readonly approve: number;
  readonly filter: string;
}

const thresholdsKnown = new WeakMap<Role, readonly Threshold[]>();

/** The thresholds of a role that approve; one approval where there are none, never where all only deny. */
function thresholdsOf(role: Role): readonly Threshold[] {
  const before = thresholdsKnown.get(role);
  if (before) return before;
  const thresholds = valueAt(clause(role, 'allow', 'request'), ['thresholds']);
  const found = (Array.isArray(thresholds) ? (thresholds as readonly Plain[]) : []).flatMap((one) => {
    const approve = valueAt(one, ['approve']);
    if (typeof approve !== 'number' || approve <= 0) return [];
    return [{ approve, filter: textsAt(one, ['filter']).join('').trim() }];
  });
  const made = found.length === 0 ? [{ approve: approvalsOf(role.value), filter: '' }] : found;
  thresholdsKnown.set(role, made);
  return made;
}

/** More ways to meet several roles' thresholds than anybody writes. */
const mostWays = 256;

/**
 * How many approvals are needed where one threshold of each of these roles must be met. Those with other filters want
 * other people, so they add up.
 */
function approvalsOfAll(roles: readonly Role[]): number {
  const sets = roles.map(thresholdsOf);
  const filtered = sets.filter((set) => set.some(({ filter }) => filter !== '')).length;
  const count = sets.reduce((ways, { length }) => ways * length, 1);
  if (filtered < 2 || count > mostWays) return Math.max(...roles.map(({ value }) => approvalsOf(value)));
  let ways: readonly (readonly Threshold[])[] = [[]];
  for (const set of sets) ways = ways.flatMap((way) => set.map((one) => [...way, one]));
  return Math.min(...ways.map(costOf));
}

/** Thresholds with the same filter are met by the same approvals, those without one by any. */
function costOf(way: readonly Threshold[]): number {
  const most = new Map<string, number>();
  for (const { approve, filter } of way) most.set(filter, Math.max(approve, most.get(filter) ?? 0));
  const anybody = most.get('') ?? 0;
  most.delete('');
  return Math.max(
    anybody,
    [...most.values()].reduce((sum, approve) => sum + approve, 0),
  );
}

/** Finds out which roles may be asked for or reviewed; remembers what patterns mean. */
export class Requesting {
  readonly #names: readonly Untrusted[];
  readonly #roles: ReadonlyMap<Untrusted, Role>;
  readonly #matched = new Map<string, readonly Untrusted[]>();

  constructor(roles: ReadonlyMap<Untrusted, Role>) {
    this.#roles = roles;
    this.#names = [...roles.keys()];
  }

  /** What holders of these roles may ask for. A denial to search as a role leaves the plain way to it. */
  ways(roles: readonly Role[], traits: Traits): readonly RequestRoute[] {
    const denied = roles.flatMap((role) => patternsIn(clause(role, 'deny', 'request'), traits, 'deny'));
    const notSearched = new Set(roles.flatMap((role) => searched(role, 'deny')));
    const found = new Map<Untrusted, Role[]>();
    for (const role of roles.filter(mayAsk)) {
      const names = searched(role, 'allow').filter((name) => !notSearched.has(name));
      for (const target of this.#named([
        ...patternsIn(clause(role, 'allow', 'request'), traits, 'allow'),
        ...names,
      ])) {
        const through = found.get(target);
        if (through) through.push(role);
        else if (!isDenied(denied, target)) found.set(target, [role]);
      }
    }
    return [...found].map(([target, through]) => ({ target, through, approvals: approvalsOfAll(through) }));
  }

  /** The roles whose requests holders of these roles may review. A condition is not looked into. */
  reviewed(roles: readonly Role[], traits: Traits): ReadonlySet<Untrusted> {
    const denied = roles.flatMap((role) =>
      patternsIn(clause(role, 'deny', 'review_requests'), traits, 'deny'),
    );
    const patterns = roles
      .filter(mayReview)
      .flatMap((role) => patternsIn(clause(role, 'allow', 'review_requests'), traits, 'allow'));
    return new Set(this.#named(patterns).filter((name) => !isDenied(denied, name)));
  }

  /** The roles that are there and fit. */
  #named(patterns: readonly string[]): readonly Untrusted[] {
    return [...new Set(patterns.flatMap((pattern) => this.#one(pattern)))];
  }

  #one(pattern: string): readonly Untrusted[] {
    const before = this.#matched.get(pattern);
    if (before) return before;
    const exact = this.#roles.get(untrusted(pattern));
    const plain = isName(pattern);
    const fits = matcher(pattern);
    const found = plain
      ? exact
        ? [exact.name]
        : []
      : this.#names.filter((name) => fits(rawText(name)) && this.#roles.get(name)?.made !== 'system');
    this.#matched.set(pattern, found);
    return found;
  }
}
