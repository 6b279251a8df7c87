import { mayMatch } from '../../roles/role/namePatterns.ts';

/*
 * Role names with placeholders. A mapping of a connector or a role map of a trusted cluster may build the
 * name of a role from the incoming value: `$1` stands for the text that the first group of the pattern
 * matched.
 */

const placeholder = /\$(?:\{\w+\}|\w+)|\{\{[^{}]*\}\}/;

/** Whether a role name contains a placeholder, so that the incoming value decides about it. */
export const hasPlaceholder = (role: string): boolean => /\$\{?\w|\{\{/.test(role);

/**
 * Whether a pattern and a role name with placeholders can produce the name of a certain role.
 * @returns true also where that cannot be decided, so that no role is overlooked
 */
export function mayProduceRole(pattern: string, template: string, role: string): boolean {
  const [before = '', ...rest] = template.split(new RegExp(placeholder, 'g'));
  const after = rest.at(-1) ?? '';
  if (!role.startsWith(before) || !role.endsWith(after)) return false;
  if (role.length < before.length + after.length) return false;
  const number = /^\$\{?(\d+)\}?$/.exec(template.slice(before.length, template.length - after.length))?.[1];
  const groups = number === undefined ? undefined : groupsOf(pattern);
  const group = groups?.[Number(number) - 1];
  if (group === undefined || role.length > 200) return true;
  return mayMatch(`^(${group})$`, role.slice(before.length, role.length - after.length));
}

/** Returns the expressions in the groups of a pattern, in order; undefined where it is too complex. */
function groupsOf(pattern: string): readonly string[] | undefined {
  // In a pattern that is no regular expression each star is a group, as on the server.
  if (!pattern.startsWith('^') || !pattern.endsWith('$')) return [...pattern.matchAll(/\*/g)].map(() => '.*');
  if (/[\\[]|\(\?|\([^()]*\(|\)[*+?{]/.test(pattern)) return undefined;
  return [...pattern.matchAll(/\(([^()]*)\)/g)].map(([, inside = '']) => inside);
}
