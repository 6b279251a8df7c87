/** Expressions that take no longer than their text is long, about: no repeated group, few repetitions. */
const harmless = (body: string): boolean =>
  !/\)[*+?{]/.test(body) && (body.match(/[*+?{]/g)?.length ?? 0) <= 3 && !/\(\?|\\\d/.test(body);

/** No name of a role that is matched is longer. */
const longestName = 256;

/** Whether a text with stars for anything is the whole name. */
function globs(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (!rest.length) return pattern === name;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1 || found + part.length > name.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}

/** Whether it is one name and no pattern. A text with `{{` is filled in from a person's traits. */
export const isName = (pattern: string): boolean =>
  !pattern.includes('*') && !pattern.includes('{{') && !(pattern.startsWith('^') && pattern.endsWith('$'));

/**
 * Whether a pattern of a role, as in `allow.request.roles`, means a name: the name, with `*` for anything, or an
 * expression from `^` to `$`. An expression that could take long to match, which Teleport's matcher cannot, counts
 * as not meaning it.
 */
export function matches(pattern: string, name: string): boolean {
  if (name.length > longestName) return pattern === name;
  if (!(pattern.startsWith('^') && pattern.endsWith('$'))) return globs(pattern, name);
  if (!harmless(pattern)) return false;
  try {
    return new RegExp(pattern, 'u').test(name);
  } catch {
    return false;
  }
}
