import { allowsAny, contentOf, principalsByKind, type LabelKind } from '../role/roleContent.ts';
import { textsAt, type Path, type PlainObject } from '../role/value.ts';

/** A field of a role that gives access to everything of one kind. */
export interface Wildcard {
  readonly path: Path;
  readonly field: string;
  readonly value: string;
}

const allow = ['spec', 'allow'] as const;

/** Kinds of resources that the labels open alone, without a name to act as. */
const openByLabels: readonly LabelKind[] = ['app', 'group'];

/** Fields whose value `*` means every principal. */
const wildcardFields = [
  ['db_users'],
  ['aws_role_arns'],
  ['azure_identities'],
  ['gcp_service_accounts'],
  ['kubernetes_users'],
  ['windows_desktop_logins'],
  ['impersonate', 'users'],
  ['impersonate', 'roles'],
];

const anyVerb = ['create', 'update', 'delete', 'list', 'read'];

/**
 * Finds every access without limit in a role: all machines, all users of a
 * database, all resources of the cluster.
 */
export function* wildcardsOf(role: PlainObject): Generator<Wildcard> {
  const { labels, rules } = contentOf(role).allow;
  for (const kind of Object.keys(principalsByKind) as readonly LabelKind[]) {
    const isOpen =
      openByLabels.includes(kind) ||
      principalsByKind[kind].some((field) => textsAt(role, [...allow, field]).length > 0);
    if (isOpen && textsAt(labels[kind], ['*']).includes('*'))
      yield { path: [...allow, `${kind}_labels`, '*'], field: `${kind}_labels`, value: '*' };
  }
  for (const names of wildcardFields) {
    const path = [...allow, ...names];
    const index = textsAt(role, path).indexOf('*');
    if (index !== -1) yield { path: [...path, index], field: names.join('.'), value: '*' };
  }
  for (const rule of rules)
    if (rule.resources.includes('*') && rule.where === '' && allowsAny(rule, [], anyVerb))
      yield { path: rule.path, field: 'rules', value: '*' };
}
