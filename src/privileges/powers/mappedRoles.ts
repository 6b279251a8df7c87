import { matcher } from '../../roles/role/namePatterns.ts';

/*
 * Roles that a mapping of a connector or a trusted cluster does not name but makes of what comes in: `$1` is what the
 * first group of the pattern took.
 */

const reference = /\$(?:\{\w+\}|\w+)|\{\{[^{}]*\}\}/;

/** Whether a role's name is made of what comes in. */
export const isOpenEnded = (role: string): boolean => /\$\{?\w|\{\{/.test(role);

/**
 * Whether a pattern and the name made from it may come to this role.
 * @returns true too for whatever cannot be tried here, so that nothing is overlooked
 */
export function mayYield(pattern: string, template: string, role: string): boolean {
  const [before = '', ...rest] = template.split(new RegExp(reference, 'g'));
  const after = rest.at(-1) ?? '';
  if (!role.startsWith(before) || !role.endsWith(after)) return false;
  if (role.length < before.length + after.length) return false;
  const number = /^\$\{?(\d+)\}?$/.exec(template.slice(before.length, template.length - after.length))?.[1];
  const groups = number === undefined ? undefined : groupsOf(pattern);
  const group = groups?.[Number(number) - 1];
  if (group === undefined || role.length > 200) return true;
  return matcher(`^(${group})$`)(role.slice(before.length, role.length - after.length));
}

/** What stands in the groups of a pattern, one after the other; undefined where they are more than that. */
function groupsOf(pattern: string): readonly string[] | undefined {
  // Outside of expressions each star is a group, as on the server.
  if (!pattern.startsWith('^') || !pattern.endsWith('$')) return [...pattern.matchAll(/\*/g)].map(() => '.*');
  if (/[\\[]|\(\?|\([^()]*\(|\)[*+?{]/.test(pattern)) return undefined;
  return [...pattern.matchAll(/\(([^()]*)\)/g)].map(([, inside = '']) => inside);
}
