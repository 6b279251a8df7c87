import { allows, roleRulesOf } from './knownRoles.ts';
import { textsAt, type Path, type PlainObject } from '../role/value.ts';

/** A field of a role that gives access to everything of one kind. */
export interface Wildcard {
  readonly path: Path;
  readonly field: string;
  readonly value: string;
}

const allow = ['spec', 'allow'] as const;

/**
 * The fields that a user needs beside the labels for access to each kind. An empty
 * list: the labels alone are enough.
 */
const principalFields: Readonly<Record<string, readonly string[]>> = {
  node: ['logins'],
  kubernetes: ['kubernetes_groups', 'kubernetes_users'],
  db: ['db_users', 'db_roles'],
  windows_desktop: ['windows_desktop_logins'],
  linux_desktop: ['linux_desktop_logins'],
  app: [],
  group: [],
};

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
  for (const [kind, fields] of Object.entries(principalFields)) {
    const path = [...allow, `${kind}_labels`, '*'];
    const givesAccess = !fields.length || fields.some((field) => textsAt(role, [...allow, field]).length);
    if (givesAccess && textsAt(role, path).includes('*')) yield { path, field: `${kind}_labels`, value: '*' };
  }
  for (const names of wildcardFields) {
    const path = [...allow, ...names];
    const index = textsAt(role, path).indexOf('*');
    if (index !== -1) yield { path: [...path, index], field: names.join('.'), value: '*' };
  }
  for (const rule of roleRulesOf(role))
    if (rule.resources.includes('*') && rule.where === '' && allows(rule, [], anyVerb))
      yield { path: rule.path, field: 'rules', value: '*' };
}
