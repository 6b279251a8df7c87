/*
 * Matches names against the patterns of a role as Teleport does. A pattern is a literal name, a glob with
 * `*`, or a regular expression between `^` and `$`.
 */

import { compilePattern, type LinearPattern } from '../../access/untrusted/linearPattern.ts';

/** The length of the longest pattern and the longest name that are tried, in characters. */
const mostCharacters = 200;

/** Whether a name matches a pattern; undefined for a pattern or name that cannot be tried here. */
type NameMatcher = (name: string) => boolean | undefined;

const matchers = new Map<string, NameMatcher>();

function matcher(pattern: string): NameMatcher {
  const cached = matchers.get(pattern);
  if (cached) return cached;
  const created = createMatcher(pattern);
  if (matchers.size > 10_000) matchers.clear();
  matchers.set(pattern, created);
  return created;
}

function createMatcher(pattern: string): NameMatcher {
  if (pattern === '*') return () => true;
  const [call, negation, quoted = ''] = matchTemplate.exec(pattern) ?? [];
  const isNegated = negation !== undefined;
  if (call === undefined && !isExpression(pattern))
    return pattern.includes('*') ? globMatcher(pattern.split('*')) : (name) => name === pattern;
  const source = call === undefined ? pattern : quoted;
  const expression = call !== undefined && quoted.includes('\\') ? undefined : safeExpression(source);
  return (name) =>
    expression && name.length <= mostCharacters
      ? (expression.find(name) !== undefined) !== isNegated
      : undefined;
}

/**
 * The size of what is compiled: counts such as `{1,30}` repeat what stands before them, and the classes of Unicode
 * are long tables. An expression of names is far below.
 */
const mostParts = 1_000;
const partsOfClass = 30;

function partsOf(expression: string): number {
  const counts = [...expression.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].map(([, least, most]) =>
    Math.max(1, Number(least), Number(most ?? 0)),
  );
  const classes = (expression.match(/\\[pP]/g) ?? []).length;
  return counts.reduce((product, count) => product * count, expression.length + partsOfClass * classes);
}

/**
 * Compiles an expression as Teleport does, with RE2, so that its time grows with the text only.
 * @returns undefined for an expression that is too long, too large or not one of RE2
 */
const safeExpression = (pattern: string): LinearPattern | undefined =>
  pattern.length > mostCharacters || partsOf(pattern) > mostParts ? undefined : compilePattern(pattern);

/** The work of compiling an expression, as the number of parts that are compared in the same time. */
const partsComparedMeanwhile = 4_000;

/**
 * About how much work it is to try a pattern on names: parts of the expression that are compared with characters, some
 * nanoseconds each.
 * @param name the name; without one it is the work of compiling the expression
 */
export function workOf(pattern: string, name?: string): number {
  if (!isExpression(pattern) && !matchTemplate.test(pattern)) return 0;
  const parts = partsOf(pattern);
  if (pattern.length > mostCharacters || parts > mostParts) return 0;
  return parts * (name === undefined ? partsComparedMeanwhile : name.length + 10);
}

/**
 * Replaces each match of an expression, as Go's `regexp.ReplaceAllString` does with `$1` and `${1}`.
 * @returns an empty list when the expression does not match; undefined when it cannot be tried here
 */
export function withReplacement(
  text: string,
  pattern: string,
  replacement: string,
): readonly string[] | undefined {
  const expression = safeExpression(pattern);
  if (!expression || text.length > mostCharacters) return undefined;
  if (expression.find(text) === undefined) return [];
  return [
    expression.replace(text, (groups) =>
      replacement.replace(
        /\$(?:(\$)|\{(\w+)\}|(\w+))/g,
        (_all, dollar?: string, braced?: string, open?: string) =>
          dollar ?? groups[Number(braced ?? open)] ?? '',
      ),
    ),
  ];
}

/** The template `regexp.match` or `regexp.not_match`, whose expression may match anywhere in a name. */
const matchTemplate = /^\{\{\s*regexp\.(not_)?match\(\s*["`](.*)["`]\s*\)\s*\}\}$/;

const isExpression = (pattern: string): boolean => pattern.startsWith('^') && pattern.endsWith('$');

/** Whether the text is a literal name. A text with `{{` is a template that a user's traits fill in. */
export const isName = (pattern: string): boolean =>
  !pattern.includes('*') && !pattern.includes('{{') && !isExpression(pattern);

/** Matches the pieces between the stars in order. It uses no regular expression, so it always ends soon. */
function globMatcher(pieces: readonly string[]): NameMatcher {
  const [first = '', ...rest] = pieces;
  const last = rest.pop() ?? '';
  return (name) => {
    if (name.length < first.length + last.length) return false;
    if (!name.startsWith(first) || !name.endsWith(last)) return false;
    let end = first.length;
    for (const piece of rest) {
      const start = name.indexOf(piece, end);
      if (start < 0) return false;
      end = start + piece.length;
    }
    return end <= name.length - last.length;
  };
}

/** Whether a pattern matches a name; false where that cannot be tried here. */
export const matches = (pattern: string, name: string): boolean => matcher(pattern)(name) ?? false;

/** Whether a pattern matches a name; true where that cannot be tried here, so that reports miss nothing. */
export const mayMatch = (pattern: string, name: string): boolean => matcher(pattern)(name) ?? true;

/** Whether any of the patterns may match a name (`mayMatch`). */
export const anyMatches = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => mayMatch(pattern, name));
