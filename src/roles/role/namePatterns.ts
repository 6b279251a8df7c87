/*
 * How Teleport compares a name with what a role says: as it stands, with `*` for anything, or, between `^` and `$`, as
 * a regular expression.
 */

/**
 * A repeated group, more repetitions than a few, or what Teleport's matcher does not know: one name could keep such an
 * expression busy for hours.
 */
const explosive = /\)[*+?{]|(?:[*+?{][^*+?{]*){4}|\(\?|\\\d/;
/** The longest pattern and name that are tried, in characters. */
const longest = 200;

export type Matches = (name: string) => boolean;

/** What was made, for each answer about a pattern that cannot be tried. */
const known = { true: new Map<string, Matches>(), false: new Map<string, Matches>() };

/**
 * Whether a name fits.
 * @param untried the answer for a pattern that cannot be tried here: in a report it fits, so that nothing is overlooked
 */
export function matcher(pattern: string, untried = true): Matches {
  const made = known[untried ? 'true' : 'false'];
  const before = made.get(pattern);
  if (before) return before;
  const matches = make(pattern, untried);
  if (made.size > 10_000) made.clear();
  made.set(pattern, matches);
  return matches;
}

const anything: Matches = () => true;
const nothing: Matches = () => false;

function make(pattern: string, untried: boolean): Matches {
  if (pattern === '*') return anything;
  const [call, not, quoted] = matching.exec(pattern) ?? [];
  if (call !== undefined) return searching(quoted ?? '', not !== undefined, untried);
  const expresses = isExpression(pattern);
  if (!expresses && !pattern.includes('*')) return (name) => name === pattern;
  if (!expresses) return glob(pattern.split('*'));
  const expression = expressionOf(pattern);
  if (!expression) return untried ? anything : nothing;
  return (name) => (name.length <= longest ? expression.test(name) : untried);
}

/** A regular expression that is sure to end soon on a name of at most `longest`; undefined where it is not. */
export function expressionOf(pattern: string, flags = 'u'): RegExp | undefined {
  if (pattern.length > longest || explosive.test(pattern)) return undefined;
  try {
    return new RegExp(pattern, flags);
  } catch {
    return undefined;
  }
}

/**
 * What an expression makes of a text, as `regexp.ReplaceAllString` of Go: `$1`, `${1}`.
 * @returns nothing where it does not match; undefined where that cannot be tried here
 */
export function withReplacement(text: string, pattern: string, by: string): readonly string[] | undefined {
  const expression = expressionOf(pattern, 'gu');
  if (!expression || text.length > longest) return undefined;
  if (text.search(expression) < 0) return [];
  return [
    text.replace(expression, (...found: readonly unknown[]) =>
      by.replace(/\$(?:(\$)|\{(\w+)\}|(\w+))/g, (_all, dollar?: string, braced?: string, open?: string) => {
        const group = found[Number(braced ?? open)];
        return dollar ?? (typeof group === 'string' ? group : '');
      }),
    ),
  ];
}

/** A matcher in the form of a template, which finds its expression anywhere in a name. */
const matching = /^\{\{\s*regexp\.(not_)?match\(\s*["`](.*)["`]\s*\)\s*\}\}$/;

function searching(pattern: string, not: boolean, untried: boolean): Matches {
  const expression = pattern.includes('\\') ? undefined : expressionOf(pattern);
  if (!expression) return untried ? anything : nothing;
  return (name) => (name.length <= longest ? expression.test(name) !== not : untried);
}

const isExpression = (pattern: string): boolean => pattern.startsWith('^') && pattern.endsWith('$');

/** Whether it is one name and no pattern. A text with `{{` is filled in from a person's traits. */
export const isName = (pattern: string): boolean =>
  !pattern.includes('*') && !pattern.includes('{{') && !isExpression(pattern);

/** The pieces between the stars, one after the other: no expression, so that nothing can take long. */
function glob(pieces: readonly string[]): Matches {
  const [first = '', ...rest] = pieces;
  const last = rest.pop() ?? '';
  return (name) => {
    if (name.length < first.length + last.length) return false;
    if (!name.startsWith(first) || !name.endsWith(last)) return false;
    let at = first.length;
    for (const piece of rest) {
      const found = name.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return at <= name.length - last.length;
  };
}

/** Whether a pattern means a name; one that cannot be tried means none. */
export const matches = (pattern: string, name: string): boolean => matcher(pattern, false)(name);

/** Whether one of several patterns fits. */
export const anyMatches = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => matcher(pattern)(name));
