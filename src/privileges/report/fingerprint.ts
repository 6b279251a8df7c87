import { rawText, type Untrusted } from '../../access/text/untrusted.ts';
import type { Census, Role } from '../census/census.ts';
import { resourceRulesOf } from '../powers/denials.ts';
import type { FindingKind } from './finding.ts';
import { isPlainObject, valueAt, type Path, type Plain } from '../../roles/role/value.ts';
import { dangerous, targets } from '../powers/powers.ts';

/*
 * How far a finding reaches, as its roles say it: whoever accepts root on staging has not accepted root everywhere.
 * Field by field, not whole roles: presets gain harmless rules with every version of Teleport.
 */

const wide = (labels: string): readonly string[] => [
  `${labels}_labels`,
  `${labels}_labels_expression`,
  ...(labels === 'kubernetes' ? ['kubernetes_resources'] : []),
  ...(labels === 'db' ? ['db_names'] : []),
];

/** Kinds whose values are roles: what they come to is what those roles give. */
const ofOthers: ReadonlySet<FindingKind> = new Set([
  ...(['ownsList', 'impersonates', 'oneApproval', 'nobodyApproves', 'tooLong', 'longGrant'] as const),
]);

/** What a finding stands on beyond its own words, as one text: the same for the same reach, in whatever order. */
export function fingerprint(
  census: Census,
  of: {
    readonly kind: FindingKind;
    readonly role: Untrusted;
    readonly path: Path;
    readonly values: readonly Untrusted[];
  },
): string {
  const role = census.roles.get(of.role);
  if (ofOthers.has(of.kind)) {
    const others = of.kind === 'tooLong' ? [of.role] : of.values;
    const given = others.map((name) => [rawText(name), whole(census.roles.get(name))] as const);
    const own = of.kind === 'impersonates' && role ? partOf(role, ['impersonate']) : null;
    return canonical({ own, given: Object.fromEntries(given) });
  }
  if (!role) return '';
  if (of.kind === 'writes' || of.kind === 'decides')
    return canonical({
      rules: rulesAbout(role, new Set(of.values.map(rawText))),
      denied: valueAt(role.value, ['spec', 'deny', 'rules']) ?? null,
    });
  const labels = of.kind === 'hostUsers' ? 'node' : targets.find(({ kind }) => kind === of.kind)?.labels;
  const last = of.path.at(-1);
  if (labels !== undefined)
    return canonical({
      part: partOf(role, wide(labels)),
      host: of.kind === 'hostUsers' ? hostUsers(role) : null,
    });
  return typeof last === 'string' ? canonical(partOf(role, [last, `${last}_expression`])) : whole(role);
}

const wholes = new WeakMap<Role, string>();

/** All of a role that may make somebody admin. */
function whole(role: Role | undefined): string {
  if (!role) return '';
  const before = wholes.get(role);
  if (before !== undefined) return before;
  const fields = targets.flatMap(({ labels, fields: named }) => [...wide(labels), ...Object.keys(named)]);
  const rules = rulesAbout(role, new Set([...Object.keys(dangerous), 'access_request']));
  const part = partOf(role, [...fields, 'impersonate', 'host_sudoers']);
  const text = canonical({ part, rules, host: hostUsers(role) });
  wholes.set(role, text);
  return text;
}

/** Fields as they are allowed and denied; what a field means may change with the role's version. */
function partOf({ value }: Role, fields: readonly string[]): { readonly [key: string]: Plain } {
  const side = (name: string): Plain =>
    Object.fromEntries(fields.map((field) => [field, valueAt(value, ['spec', name, field]) ?? null]));
  return { version: valueAt(value, ['version']) ?? null, allow: side('allow'), deny: side('deny') };
}

function rulesAbout(role: Role, kinds: ReadonlySet<string>): Plain {
  return resourceRulesOf(role.value, 'allow').flatMap(({ index, resources, verbs }) => {
    const about = resources.filter((kind) => kinds.has(kind));
    const where = valueAt(role.value, ['spec', 'allow', 'rules', index, 'where']) ?? null;
    return about.length === 0 ? [] : [{ about, verbs, where }];
  });
}

function hostUsers({ value }: Role): Plain {
  const options = valueAt(value, ['spec', 'options']);
  const option = (name: string): Plain => valueAt(options, [name]) ?? null;
  return { makes: option('create_host_user'), mode: option('create_host_user_mode') };
}

/** A value as one text: nothing said is as good as empty, and order says nothing. */
function canonical(value: Plain): string {
  if (Array.isArray(value)) {
    const items = (value as readonly Plain[]).map(canonical);
    return items.length === 0 ? 'null' : `[${items.sort().join()}]`;
  }
  if (!isPlainObject(value)) return JSON.stringify(value === '' ? null : value);
  const fields = Object.entries(value)
    .map(([key, inside]) => [key, canonical(inside)] as const)
    .filter(([, text]) => text !== 'null')
    .map(([key, text]) => `${JSON.stringify(key)}:${text}`);
  return fields.length === 0 ? 'null' : `{${fields.sort().join()}}`;
}
