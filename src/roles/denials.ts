import type { Role, Traits } from './census.ts';
import { matcher } from './patterns.ts';
import { isPlainObject, textsAt, valueAt, type Path, type Plain, type PlainObject } from './plain.ts';
import { filled } from './templates.ts';

/** What the roles of one holder take away: whatever one of them denies counts against all. */
export interface Denials {
  /** Whether a text of a field is denied. */
  value(field: string, text: string): boolean;
  /** Whether everything of a kind is denied by its labels, `*: *`. */
  labels(kind: string): boolean;
  /** Whether an unconditional rule denies a verb on a kind. */
  rule(kind: string, verb: string): boolean;
  /** Whether acting as holders of a role is denied. */
  impersonating(role: string): boolean;
}

/** Whether labels mean everything, something, or nothing. */
export function reachOf(side: Plain | undefined, kind: string): 'all' | 'some' | 'none' {
  const labels = valueAt(side, [`${kind}_labels`]);
  const any = isPlainObject(labels) ? textsAt(labels, ['*']) : [];
  if (any.includes('*')) return 'all';
  const expression = valueAt(side, [`${kind}_labels_expression`]);
  const some = isPlainObject(labels) && Object.keys(labels).length > 0;
  return some || (typeof expression === 'string' && expression !== '') ? 'some' : 'none';
}

export interface Rule {
  readonly index: number;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly conditional: boolean;
}

/** The rules of one side of a role. */
export function rulesOf(role: PlainObject, side: 'allow' | 'deny'): readonly Rule[] {
  const rules = valueAt(role, ['spec', side, 'rules']);
  return (Array.isArray(rules) ? (rules as readonly Plain[]) : []).map((rule, index) => {
    const where = valueAt(rule, ['where']);
    return {
      index,
      resources: textsAt(rule, ['resources']),
      verbs: textsAt(rule, ['verbs']),
      conditional: typeof where === 'string' && where !== '',
    };
  });
}

const covers = (list: readonly string[], name: string): boolean => list.includes('*') || list.includes(name);

/** Whether Kubernetes resources are everything there is. */
export function everyResource(side: Plain | undefined): boolean {
  const resources = valueAt(side, ['kubernetes_resources']);
  const all: Path[] = [['kind'], ['name']];
  return (Array.isArray(resources) ? (resources as readonly Plain[]) : []).some(
    (one) =>
      all.every((path) => valueAt(one, path) === '*') &&
      ['*', undefined, ''].includes(valueAt(one, ['namespace']) as string) &&
      textsAt(one, ['verbs']).includes('*'),
  );
}

/** Whether a role denies anything at all. */
export function denies({ value }: Role): boolean {
  const deny = valueAt(value, ['spec', 'deny']);
  return isPlainObject(deny) && Object.keys(deny).length > 0;
}

/** What these roles deny together; undefined where they deny nothing. */
export function denialsOf(roles: readonly Role[], traits: Traits): Denials | undefined {
  const denying = roles.filter(denies);
  if (denying.length === 0) return undefined;
  const sides = denying.map(({ value }) => valueAt(value, ['spec', 'deny']));
  const rules = denying
    .flatMap(({ value }) => rulesOf(value, 'deny'))
    .filter(({ conditional }) => !conditional);
  return {
    value: (field, text) =>
      sides.some((side) =>
        textsAt(side, [field])
          .flatMap((denied) => filled(denied, traits))
          .some((denied) => matcher(denied)(text)),
      ),
    labels: (kind) =>
      sides.some((side) => reachOf(side, kind) === 'all' || (kind === 'kubernetes' && everyResource(side))),
    rule: (kind, verb) =>
      rules.some(({ resources, verbs }) => covers(resources, kind) && covers(verbs, verb)),
    impersonating: (role) =>
      sides.some(
        (side) =>
          textsAt(side, ['impersonate', 'users']).includes('*') ||
          textsAt(side, ['impersonate', 'roles']).some((denied) => matcher(denied)(role)),
      ),
  };
}
