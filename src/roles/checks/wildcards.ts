import { allows, roleRulesOf } from './knownRoles.ts';
import { textsAt, type Path, type PlainObject } from '../role/value.ts';

/** A place where a role gives all there is of something. */
export interface Wildcard {
  readonly path: Path;
  readonly field: string;
  readonly value: string;
}

const allow = ['spec', 'allow'] as const;

/** What one needs beside the labels to get in. Where nothing is named, the labels alone are enough. */
const needs: Readonly<Record<string, readonly string[]>> = {
  node: ['logins'],
  kubernetes: ['kubernetes_groups', 'kubernetes_users'],
  db: ['db_users', 'db_roles'],
  windows_desktop: ['windows_desktop_logins'],
  linux_desktop: ['linux_desktop_logins'],
  app: [],
  group: [],
};

/** Fields in which a star is everybody or everything. */
const stars = [
  ['db_users'],
  ['aws_role_arns'],
  ['azure_identities'],
  ['gcp_service_accounts'],
  ['kubernetes_users'],
  ['windows_desktop_logins'],
  ['impersonate', 'users'],
  ['impersonate', 'roles'],
];

const anything = ['create', 'update', 'delete', 'list', 'read'];

/** Everything a role gives without limit: all machines, all users of a database, all resources of the cluster. */
export function* wildcardsOf(role: PlainObject): Generator<Wildcard> {
  for (const [kind, fields] of Object.entries(needs)) {
    const path = [...allow, `${kind}_labels`, '*'];
    const enters = !fields.length || fields.some((field) => textsAt(role, [...allow, field]).length);
    if (enters && textsAt(role, path).includes('*')) yield { path, field: `${kind}_labels`, value: '*' };
  }
  for (const names of stars) {
    const path = [...allow, ...names];
    const at = textsAt(role, path).indexOf('*');
    if (at !== -1) yield { path: [...path, at], field: names.join('.'), value: '*' };
  }
  for (const rule of roleRulesOf(role))
    if (rule.resources.includes('*') && rule.where === '' && allows(rule, [], anything))
      yield { path: rule.path, field: 'rules', value: '*' };
}
