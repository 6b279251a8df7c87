import { rawText } from '../../access/untrusted/untrusted.ts';
import type { Census, Role } from '../census/census.ts';
import { oncePerObject } from '../census/oncePerObject.ts';
import type { Finding, FindingKind } from './finding.ts';
import { contentOf } from '../../roles/role/roleContent.ts';
import { isPlainObject, valueAt, type PlainValue } from '../../roles/role/value.ts';
import { writeSeverity, adminTargets, createdAccounts } from '../powers/powers.ts';

/*
 * Fingerprints the reach of a finding from the fields of its roles: a user who accepts root on staging has
 * not accepted root everywhere. Only relevant fields count and not whole roles, because preset roles gain
 * harmless rules with every version of Teleport.
 *
 * The ids of findings, which teams keep in their exceptions files, hash these texts. So the keys of the
 * objects below must not change.
 */

/** Returns the fields of a role that decide how many resources of a kind it reaches. */
const reachFields = (labelKind: string): readonly string[] => [
  `${labelKind}_labels`,
  `${labelKind}_labels_expression`,
  ...(labelKind === 'kubernetes' ? ['kubernetes_resources'] : []),
  ...(labelKind === 'db' ? ['db_names'] : []),
];

/** The kinds of findings whose reach is that of other roles: their values are the names of those roles. */
const kindsAboutRoles = new Set<FindingKind>([
  'ownsList',
  'impersonates',
  'oneApproval',
  'nobodyApproves',
  'tooLong',
  'longGrant',
] as const);

/**
 * Returns a text for the reach of a finding. The same reach gives the same text, independent of the order of
 * fields.
 */
export function fingerprint(
  census: Census,
  finding: Pick<Finding, 'kind' | 'role' | 'path' | 'values'>,
): string {
  const { kind } = finding;
  const role = census.roles.get(finding.role);
  if (kindsAboutRoles.has(kind)) {
    const others = kind === 'tooLong' ? [finding.role] : finding.values;
    const given = others.map((name) => {
      const other = census.roles.get(name);
      return [rawText(name), other ? adminPartsOf(other) : ''] as const;
    });
    const own = kind === 'impersonates' && role ? fieldsOf(role, ['impersonate']) : null;
    return canonical({ own, given: Object.fromEntries(given) });
  }
  if (!role) return '';
  if (kind === 'writes' || kind === 'decides')
    return canonical({
      rules: rulesAbout(role, new Set(finding.values.map(rawText))),
      denied: valueAt(role.value, ['spec', 'deny', 'rules']) ?? null,
    });
  const { labelKind } = [...adminTargets, ...createdAccounts].find((target) => target.kind === kind) ?? {};
  const last = finding.path.at(-1);
  if (labelKind !== undefined)
    return canonical({
      part: fieldsOf(role, reachFields(labelKind)),
      host: kind === 'hostUsers' ? hostUserOptions(role) : null,
    });
  return typeof last === 'string'
    ? canonical(fieldsOf(role, [last, `${last}_expression`]))
    : adminPartsOf(role);
}

/** Returns a text for all parts of a role that may give admin rights. It is computed once for each role. */
const adminPartsOf = oncePerObject((role: Role): string => {
  const fields = adminTargets.flatMap(({ labelKind, fields: nameFields }) => [
    ...reachFields(labelKind),
    ...Object.keys(nameFields),
  ]);
  const rules = rulesAbout(role, new Set([...Object.keys(writeSeverity), 'access_request']));
  const part = fieldsOf(role, [...fields, 'impersonate', 'host_sudoers']);
  return canonical({ part, rules, host: hostUserOptions(role) });
});

/**
 * Returns the allowed and denied values of fields, and the version of the role, because the meaning of a
 * field may change with it.
 */
function fieldsOf({ value }: Role, fields: readonly string[]): { readonly [key: string]: PlainValue } {
  const side = (name: string): PlainValue =>
    Object.fromEntries(fields.map((field) => [field, valueAt(value, ['spec', name, field]) ?? null]));
  return { version: valueAt(value, ['version']) ?? null, allow: side('allow'), deny: side('deny') };
}

/** Returns the allowed rules about certain kinds of resources. */
function rulesAbout(role: Role, kinds: ReadonlySet<string>): PlainValue {
  return contentOf(role.value).allow.rules.flatMap(({ resources, verbs, where }) => {
    const about = resources.filter((kind) => kinds.has(kind));
    return about.length === 0 ? [] : [{ about, verbs, where }];
  });
}

/** Returns the options of a role that create users on hosts. */
function hostUserOptions({ value }: Role): PlainValue {
  const options = valueAt(value, ['spec', 'options']);
  const option = (name: string): PlainValue => valueAt(options, [name]) ?? null;
  return { makes: option('create_host_user'), mode: option('create_host_user_mode') };
}

/** Serialises a value without regard to order. An absent field is the same as an empty one. */
function canonical(value: PlainValue): string {
  if (Array.isArray(value)) {
    const items = (value as readonly PlainValue[]).map(canonical);
    return items.length === 0 ? 'null' : `[${items.sort().join()}]`;
  }
  if (!isPlainObject(value)) return JSON.stringify(value === '' ? null : value);
  const fields = Object.entries(value)
    .map(([key, inside]) => [key, canonical(inside)] as const)
    .filter(([, text]) => text !== 'null')
    .map(([key, text]) => `${JSON.stringify(key)}:${text}`);
  return fields.length === 0 ? 'null' : `{${fields.sort().join()}}`;
}
