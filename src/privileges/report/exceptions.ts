import * as v from 'valibot';
import { LineCounter, parseDocument, isMap, isScalar, isSeq, visit, type Document } from 'yaml';
import { untrusted, type Untrusted, type Instant } from '../../access/untrusted/untrusted.ts';
import { parsingObstacle } from '../../roles/manifest/yamlLimits.ts';
import { nearestName } from '../../roles/role/roleSchema.ts';
import type { Finding } from './finding.ts';

/** A day, in ms. */
export const day = 86_400_000;
/** How far ahead an exception may end, in ms: a year, so that each exception is reviewed every year. */
export const longestException = 366 * day;
/** The largest exceptions file that is read, in bytes. Of a file with fewer, not every one is parsed. */
export const largestExceptions = 1_000_000;
/** The longest text of an exception, in characters. */
export const longestText = 2_000;

/**
 * An accepted finding: its owner answers for it until the end of a day (UTC). The fields but `ends` are those
 * of the file.
 */
export interface Exception extends Readonly<v.InferOutput<typeof entrySchema>> {
  /** The end of the day `until`. */
  readonly ends: Instant;
}

/**
 * A problem in the exceptions file.
 * - `tooBig`, `alias`: the file is too large, or contains YAML aliases.
 * - `notYaml`: the file is not valid YAML.
 * - `shape`: there is no list below "exceptions", or an entry is no map.
 * - `id`, `day`: the id or the day of an entry is malformed.
 * - `missing`, `text`: a field of the schema is missing, or is no text of an allowed length.
 * - `unknownField`: the file contains an unknown field; `suggestion` is a field of the schema with a similar
 *   name.
 */
export type ExceptionProblem =
  | { readonly kind: 'tooBig' | 'alias' | 'shape' | 'id' | 'day' }
  | { readonly kind: 'notYaml'; readonly parserMessage: Untrusted }
  | { readonly kind: 'missing' | 'text'; readonly field: string }
  | { readonly kind: 'unknownField'; readonly field: Untrusted; readonly suggestion: string | undefined };

/** An exceptions file that cannot be used, with its first problem. */
export interface BrokenExceptions {
  readonly kind: 'broken';
  /** The line of the problem; the first line is 1. */
  readonly line: number;
  readonly problem: ExceptionProblem;
}

/** The content of an exceptions file. */
export interface ParsedExceptions {
  readonly kind: 'read';
  readonly list: readonly Exception[];
}

/** Returns the day of an instant (UTC), such as `2026-12-31`. */
export const dayOf = (instant: Instant): string => new Date(instant).toISOString().slice(0, 10);

/**
 * Returns the end of a day, UTC.
 * @param text a day such as `2026-12-31`
 * @returns undefined where the text is no valid day
 */
export function endOfDay(text: string): Instant | undefined {
  const start = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  // Date.parse reads the 30th of February as a day in March.
  if (Number.isNaN(start) || dayOf(start) !== text) return undefined;
  return start + day;
}

const shortText = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(longestText));
const untrustedText = v.pipe(shortText, v.transform(untrusted));
const entrySchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{20}$/)),
  what: untrustedText,
  owner: untrustedText,
  reason: untrustedText,
  /** The last day of the exception, such as `2026-12-31`. */
  until: v.pipe(
    v.string(),
    v.check((text) => endOfDay(text) !== undefined),
  ),
});
const schema = v.strictObject({ exceptions: v.nullable(v.array(entrySchema)) });

// The parser would compare each key with all keys before it; `repeatedKey` finds one that stands twice.
const parse = (text: string, lines: LineCounter): Document.Parsed =>
  parseDocument(text, { version: '1.2', strict: true, uniqueKeys: false, lineCounter: lines });

/** The place of the first key that stands twice in its map; undefined if there is none. */
function repeatedKey(document: Document.Parsed): number | undefined {
  let place: number | undefined;
  visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value)) {
          place = key.range?.[0] ?? 0;
          return visit.BREAK;
        }
        keys.add(key.value);
      }
      return undefined;
    },
  });
  return place;
}

const broken = (line: number, problem: ExceptionProblem): BrokenExceptions => ({
  kind: 'broken',
  line,
  problem,
});

/**
 * Parses an exceptions file. An empty file, or one with comments only, contains no exceptions. One problem
 * makes the whole file unusable.
 */
export function readExceptions(text: string): ParsedExceptions | BrokenExceptions {
  const lines = new LineCounter();
  if (parsingObstacle(text)) return broken(1, { kind: 'tooBig' });
  const document = parse(text, lines);
  const [syntaxError] = [...document.errors, ...document.warnings];
  if (syntaxError) {
    const parserMessage = untrusted(syntaxError.message.split(/ at line |\n/)[0] ?? '');
    return broken(syntaxError.linePos?.[0].line ?? 1, { kind: 'notYaml', parserMessage });
  }
  const repeated = repeatedKey(document);
  if (repeated !== undefined)
    return broken(lines.linePos(repeated).line, {
      kind: 'notYaml',
      parserMessage: untrusted('Map keys must be unique'),
    });
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 0 });
  } catch {
    return broken(1, { kind: 'alias' });
  }
  if (content === null) return { kind: 'read', list: [] };
  const result = v.safeParse(schema, content);
  if (!result.success) return firstProblem(document, lines, result.issues);
  return {
    kind: 'read',
    list: (result.output.exceptions ?? []).map((entry) => ({ ...entry, ends: endOfDay(entry.until) ?? 0 })),
  };
}

type Issue = v.BaseIssue<unknown>;
const keysOf = ({ path }: Issue): readonly unknown[] => (path ?? []).map((item) => item.key);
/**
 * Whether an issue is about an unknown field. A misspelt field is also reported as missing, but only the
 * issue about the unknown field has its position.
 */
const isUnknownField = ({ kind, expected }: Issue): boolean => kind === 'schema' && expected === 'never';

/** Returns the problem to show first, with its line. */
function firstProblem(
  document: Document.Parsed,
  lines: LineCounter,
  issues: readonly [Issue, ...Issue[]],
): BrokenExceptions {
  const issue = issues.find(isUnknownField) ?? issues[0];
  return broken(lineOf(document, lines, keysOf(issue)), problemOf(issue));
}

function problemOf(issue: Issue): ExceptionProblem {
  const keys = keysOf(issue);
  const field = keys.at(-1);
  // To valibot a list is an object too.
  if (typeof field !== 'string' || Array.isArray(issue.path?.at(-1)?.input)) return { kind: 'shape' };
  if (isUnknownField(issue)) {
    const known = Object.keys(keys.length === 1 ? schema.entries : entrySchema.entries);
    const suggestion = nearestName(field, known);
    return { kind: 'unknownField', field: untrusted(field), suggestion };
  }
  if (keys.length < 3) return { kind: 'shape' };
  if (issue.input === undefined) return { kind: 'missing', field };
  return field === 'id' ? { kind: 'id' } : field === 'until' ? { kind: 'day' } : { kind: 'text', field };
}

/** Returns the line of a value; where the value is missing, the line of the closest parent that exists. */
function lineOf(document: Document.Parsed, lines: LineCounter, keys: readonly unknown[]): number {
  for (let depth = keys.length; depth > 0; depth -= 1) {
    const parent: unknown = depth === 1 ? document.contents : document.getIn(keys.slice(0, depth - 1), true);
    const key = keys[depth - 1];
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    // The position of the key: an empty value may be on a later line.
    const node: unknown = pair?.key ?? document.getIn(keys.slice(0, depth), true);
    const range = (node as { range?: readonly number[] } | undefined)?.range;
    if (range?.[0] !== undefined) return lines.linePos(range[0]).line;
  }
  return 1;
}

const heading = ` Findings of "JIT Access: Check Standing Privileges" that somebody answers for.
 Each counts until the end of its day (UTC), at most a year; then it is a finding again.
 An id is of exactly what was found and who holds it: somebody new is a new finding.`;

/**
 * Adds an exception to the text of an exceptions file. Comments and all other content stay.
 * @returns undefined where the file has a problem that the user must fix first
 */
export function addException(text: string, added: Omit<Exception, 'ends'>): string | undefined {
  if (readExceptions(text).kind === 'broken') return undefined;
  const document = parse(text, new LineCounter());
  const entry = document.createNode(added);
  if (!isMap(document.contents)) {
    document.contents = document.createNode({}) as never;
    document.commentBefore = [document.commentBefore, heading].filter(Boolean).join('\n');
  }
  const list = document.get('exceptions', true);
  if (isSeq(list)) {
    list.flow = false;
    list.add(entry);
  } else document.set('exceptions', document.createNode([entry]));
  return document.toString({ lineWidth: 0 });
}

/** Findings with the exceptions applied. */
export interface JudgedFindings {
  /** The findings that no exception accepts. */
  readonly open: readonly Finding[];
  /** The findings that an exception accepts. */
  readonly accepted: readonly MatchedFinding[];
  /** The findings whose exception has ended. */
  readonly expired: readonly MatchedFinding[];
  /** The findings whose exception ends too far ahead to count. */
  readonly tooFar: readonly MatchedFinding[];
  /** The exceptions that match no finding. */
  readonly unused: readonly Exception[];
}

/** Matches findings with exceptions by id. Of several for one finding, the one that ends last counts. */
export function applyExceptions(
  findings: readonly Finding[],
  exceptions: readonly Exception[],
  now: Instant,
): JudgedFindings {
  const byId = new Map<string, Exception>();
  for (const exception of exceptions) {
    const other = byId.get(exception.id);
    if (!other || other.ends < exception.ends) byId.set(exception.id, exception);
  }
  const open: Finding[] = [];
  const matched = {
    accepted: [] as MatchedFinding[],
    expired: [] as MatchedFinding[],
    tooFar: [] as MatchedFinding[],
  };
  for (const finding of findings) {
    const exception = byId.get(finding.id);
    byId.delete(finding.id);
    const state = !exception
      ? undefined
      : exception.ends <= now
        ? 'expired'
        : exception.ends - now > longestException
          ? 'tooFar'
          : 'accepted';
    if (exception && state) matched[state].push({ finding, exception });
    if (state !== 'accepted') open.push(finding);
  }
  return { open, ...matched, unused: [...byId.values()] };
}

/** A finding with the exception of the same id. */
interface MatchedFinding {
  readonly finding: Finding;
  readonly exception: Exception;
}
