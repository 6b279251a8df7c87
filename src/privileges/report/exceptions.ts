import * as v from 'valibot';
import { LineCounter, parseDocument, isMap, isScalar, isSeq, type Document } from 'yaml';
import { untrusted, type Untrusted, type Instant } from '../../access/text/untrusted.ts';
import { nearestName } from '../../roles/role/roleSchema.ts';
import type { Finding } from './finding.ts';

const day = 86_400_000;
/** How far ahead an exception may end: a year, so that each is looked at again. */
export const longestException = 366 * day;
/** More than a file of exceptions ever holds, in characters. */
const largest = 1_000_000;

/** A finding somebody answers for, until the end of a day (UTC). */
export interface Exception {
  readonly id: string;
  readonly what: Untrusted;
  readonly owner: Untrusted;
  readonly reason: Untrusted;
  /** The last day, `2026-12-31`. */
  readonly until: string;
  /** When that day is over. */
  readonly ends: Instant;
}

/**
 * What is not as it must be. `field` is one of ours, but with `unknownField`, which names what stands there and, if one
 * is near, what was meant. `shape`: no list below "exceptions", or an entry that is no map.
 */
export type ExceptionProblem =
  | { readonly kind: 'tooBig' | 'alias' | 'shape' | 'id' | 'day' }
  | { readonly kind: 'notYaml'; readonly said: Untrusted }
  | { readonly kind: 'missing' | 'text'; readonly field: string }
  | { readonly kind: 'unknownField'; readonly field: Untrusted; readonly meant: string | undefined };

/** Where and why a file is broken as a whole; the line is 1 for the first. */
export interface Broken {
  readonly kind: 'broken';
  readonly line: number;
  readonly fault: ExceptionProblem;
}

/** What is in the file; broken as a whole where anything in it is not as it must be. */
export type Exceptions = { readonly kind: 'read'; readonly list: readonly Exception[] } | Broken;

/** The end of a day written `2026-12-31`; undefined for what is no day. */
export function endOfDay(text: string): Instant | undefined {
  const start = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  // The 30th of February is read as a day in March.
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== text) return undefined;
  return start + day;
}

const fields = ['id', 'what', 'owner', 'reason', 'until'];
const words = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(2_000));
const foreignWords = v.pipe(words, v.transform(untrusted));
const schema = v.strictObject({
  exceptions: v.nullable(
    v.array(
      v.strictObject({
        id: v.pipe(v.string(), v.regex(/^[0-9a-f]{20}$/)),
        what: foreignWords,
        owner: foreignWords,
        reason: foreignWords,
        until: v.pipe(
          v.string(),
          v.check((text) => endOfDay(text) !== undefined),
        ),
      }),
    ),
  ),
});

const parse = (text: string, lines: LineCounter): Document.Parsed =>
  parseDocument(text, { version: '1.2', strict: true, uniqueKeys: true, lineCounter: lines });

const broken = (line: number, fault: ExceptionProblem): Broken => ({ kind: 'broken', line, fault });

/** Reads the file. An empty one, or one of comments only, accepts nothing. */
export function readExceptions(text: string): Exceptions {
  const lines = new LineCounter();
  if (text.length > largest) return broken(1, { kind: 'tooBig' });
  const document = parse(text, lines);
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong) {
    const said = untrusted(wrong.message.split(/ at line |\n/)[0] ?? '');
    return broken(wrong.linePos?.[0].line ?? 1, { kind: 'notYaml', said });
  }
  let plain: unknown;
  try {
    plain = document.toJS({ maxAliasCount: 0 });
  } catch {
    return broken(1, { kind: 'alias' });
  }
  if (plain === null) return { kind: 'read', list: [] };
  const found = v.safeParse(schema, plain);
  if (!found.success) return brokenBy(document, lines, found.issues);
  return {
    kind: 'read',
    list: (found.output.exceptions ?? []).map((one) => ({ ...one, ends: endOfDay(one.until) ?? 0 })),
  };
}

type Issue = v.BaseIssue<unknown>;
const keysOf = ({ path }: Issue): readonly unknown[] => (path ?? []).map((item) => item.key);
/** A field that is not ours. One that is misspelt is missing as well, and this says where it stands. */
const isUnknown = ({ kind, expected }: Issue): boolean => kind === 'schema' && expected === 'never';

function brokenBy(
  document: Document.Parsed,
  lines: LineCounter,
  issues: readonly [Issue, ...Issue[]],
): Broken {
  const issue = issues.find(isUnknown) ?? issues[0];
  return broken(lineOf(document, lines, keysOf(issue)), faultOf(issue));
}

function faultOf(issue: Issue): ExceptionProblem {
  const keys = keysOf(issue);
  const field = keys.at(-1);
  // To the checking library a list is a map as well.
  if (typeof field !== 'string' || Array.isArray(issue.path?.at(-1)?.input)) return { kind: 'shape' };
  if (isUnknown(issue)) {
    const meant = nearestName(field, keys.length === 1 ? ['exceptions'] : fields);
    return { kind: 'unknownField', field: untrusted(field), meant };
  }
  if (keys.length < 3) return { kind: 'shape' };
  if (issue.input === undefined) return { kind: 'missing', field };
  return field === 'id' ? { kind: 'id' } : field === 'until' ? { kind: 'day' } : { kind: 'text', field };
}

/** The line of what is not as it must be, or of what holds it. */
function lineOf(document: Document.Parsed, lines: LineCounter, keys: readonly unknown[]): number {
  for (let depth = keys.length; depth > 0; depth -= 1) {
    const parent: unknown = depth === 1 ? document.contents : document.getIn(keys.slice(0, depth - 1), true);
    const key = keys[depth - 1];
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    // Where the key stands: the value of an empty one is somewhere below.
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
 * The file with one more entry; comments and everything else stay.
 * @returns undefined where the file is broken and must be mended first
 */
export function withException(text: string, added: Omit<Exception, 'ends'>): string | undefined {
  if (readExceptions(text).kind === 'broken') return undefined;
  const document = parse(text, new LineCounter());
  const entry = document.createNode({
    id: added.id,
    what: added.what,
    owner: added.owner,
    reason: added.reason,
    until: added.until,
  });
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

/** Findings as exceptions leave them. */
export interface Judged {
  /** What counts. */
  readonly open: readonly Finding[];
  readonly accepted: readonly { readonly finding: Finding; readonly exception: Exception }[];
  /** Exceptions whose end has passed while what they accepted is still there. */
  readonly lapsed: readonly { readonly finding: Finding; readonly exception: Exception }[];
  /** Exceptions that end too far ahead to count. */
  readonly tooFar: readonly { readonly finding: Finding; readonly exception: Exception }[];
  /** Exceptions of what is no longer found. */
  readonly needless: readonly Exception[];
}

export function judge(findings: readonly Finding[], exceptions: readonly Exception[], now: Instant): Judged {
  const byId = new Map<string, Exception>();
  for (const one of exceptions) {
    const before = byId.get(one.id);
    if (!before || before.ends < one.ends) byId.set(one.id, one);
  }
  const open: Finding[] = [];
  const judged = { accepted: [] as Pair[], lapsed: [] as Pair[], tooFar: [] as Pair[] };
  for (const finding of findings) {
    const exception = byId.get(finding.id);
    byId.delete(finding.id);
    const state = !exception
      ? undefined
      : exception.ends <= now
        ? 'lapsed'
        : exception.ends - now > longestException
          ? 'tooFar'
          : 'accepted';
    if (exception && state) judged[state].push({ finding, exception });
    if (state !== 'accepted') open.push(finding);
  }
  return { open, ...judged, needless: [...byId.values()] };
}

interface Pair {
  readonly finding: Finding;
  readonly exception: Exception;
}
