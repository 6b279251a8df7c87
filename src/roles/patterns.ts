/*
 * How Teleport compares a name with what a role says: as it stands, with `*` for anything, or, between `^` and `$`, as
 * a regular expression.
 */

/** A repeated group, or more repetitions than a few: one name could keep such an expression busy for hours. */
const explosive = /\)[*+{]|(?:[*+{][^*+{]*){4}/;
/** The longest pattern and name that are tried, in characters. */
const longest = 200;

export type Matches = (name: string) => boolean;

const known = new Map<string, Matches>();

/** Whether a name fits. A pattern that cannot be tried here counts as fitting: nothing is overlooked because of it. */
export function matcher(pattern: string): Matches {
  const before = known.get(pattern);
  if (before) return before;
  const made = make(pattern);
  if (known.size > 10_000) known.clear();
  known.set(pattern, made);
  return made;
}

const anything: Matches = () => true;

function make(pattern: string): Matches {
  if (pattern === '*') return anything;
  const isExpression = pattern.startsWith('^') && pattern.endsWith('$');
  if (!isExpression && !pattern.includes('*')) return (name) => name === pattern;
  if (!isExpression) return glob(pattern.split('*'));
  if (pattern.length > longest || explosive.test(pattern)) return anything;
  try {
    const expression = new RegExp(pattern, 'u');
    return (name) => name.length <= longest && expression.test(name);
  } catch {
    return anything;
  }
}

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

/** Whether one of several patterns fits. */
export const anyMatches = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => matcher(pattern)(name));
