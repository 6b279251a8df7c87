// What a role gives by itself, without acting as others.
import { untrusted } from '../../access/text/untrusted.ts';
import { isCloudAdmin, isRootGroup, isWindowsGroup } from './adminNames.ts';
import type { Role, Traits } from '../census/census.ts';
import { covers, everyResource, reachOf, resourceRulesOf, type Denials } from './denials.ts';
import { lower, worst, type FindingSeverity } from './severity.ts';
import { isPlainObject, textsAt, valueAt, type Plain } from '../../roles/role/value.ts';
import { dangerous, rank, targets, writing, type Power, type ActsAs } from './powers.ts';
import { makesRoot } from './sudoers.ts';
import { filled, isTemplate } from './traitTemplates.ts';

const templated = new WeakMap<Role, readonly string[]>();

/** The traits a role's own templates ask for. */
export function traitsIn(role: Role): readonly string[] {
  const before = templated.get(role);
  if (before) return before;
  const allow = valueAt(role.value, ['spec', 'allow']);
  const names = new Set<string>();
  const texts = [
    ...Object.keys(isPlainObject(allow) ? allow : {}).flatMap((field) => textsAt(allow, [field])),
    ...['users', 'roles'].flatMap((field) => textsAt(allow, ['impersonate', field])),
  ];
  for (const text of texts)
    if (isTemplate(text))
      for (const [, dotted, quoted] of text.matchAll(
        /(?:internal|external)(?:\.([\w.-]+)|\[\s*"([^"]+)"\s*\])/g,
      ))
        names.add(dotted ?? quoted ?? '');
  const found = [...names];
  templated.set(role, found);
  return found;
}

/** What a role gives by itself, without acting as others. */
export function directPowers(role: Role, traits: Traits, denials: Denials | undefined): readonly Power[] {
  const allow = valueAt(role.value, ['spec', 'allow']);
  if (!isPlainObject(allow)) return [];
  return [
    ...targets.flatMap((target) => admin(role, allow, target, traits, denials)),
    ...accounts(role, allow, traits, denials),
    ...assignments(role, allow),
    ...joins(role, allow),
    ...writes(role, denials),
  ];
}

function admin(
  role: Role,
  allow: Plain,
  { kind, labels, fields, grade }: ActsAs,
  traits: Traits,
  denials: Denials | undefined,
): readonly Power[] {
  const reach = reachOf(allow, labels);
  if (reach === 'none' || denials?.labels(labels)) return [];
  const narrowed = kind === 'kubernetes' && narrows(role, allow);
  const lowered = reach === 'some' ? lower(grade) : grade;
  const found: Power[] = [];
  let others = 0;
  for (const [field, isAdminName] of Object.entries(fields)) {
    const texts = textsAt(allow, [field]);
    const usable = texts
      .flatMap((text) => filled(text, traits) ?? [])
      .filter((text) => !denials?.value(field, text));
    const values = usable.filter(isAdminName).map(untrusted);
    found.push(...unclear(role, field, texts, traits));
    others += usable.length - values.length;
    if (values.length > 0)
      found.push({
        kind,
        role: role.name,
        path: ['spec', 'allow', field],
        values,
        grade: narrowed ? lower(lowered) : lowered,
        conditional: false,
      });
  }
  if (found.length > 0 || others === 0 || reach === 'some') return found;
  const path = ['spec', 'allow', `${labels}_labels`];
  return [
    { kind: 'reach', role: role.name, path, values: [untrusted('*')], grade: 'medium', conditional: false },
  ];
}

/**
 * Whether Kubernetes resources leave something out. Before version 7 they name pods only, and everything else is given
 * anyhow; the server fills in all pods where a role names none.
 */
function narrows({ value }: Role, allow: Plain): boolean {
  if (/^v[3-6]$/.test(textsAt(value, ['version']).join())) return false;
  return Array.isArray(valueAt(allow, ['kubernetes_resources'])) && !everyResource(allow);
}

/** Templates that may give anything, as far as is known here. */
function unclear(role: Role, field: string, texts: readonly string[], traits: Traits): readonly Power[] {
  const values = texts.filter((text) => filled(text, traits) === undefined).map(untrusted);
  if (values.length === 0) return [];
  const path = ['spec', 'allow', field];
  return [{ kind: 'unclear', role: role.name, path, values, grade: 'medium', conditional: false }];
}

/** Permission sets of AWS accounts, which need no labels. */
function assignments(role: Role, allow: Plain): readonly Power[] {
  const listed = valueAt(allow, ['account_assignments']);
  const values = (Array.isArray(listed) ? (listed as readonly Plain[]) : [])
    .flatMap((one) => textsAt(one, ['permission_set']))
    .filter(isCloudAdmin)
    .map(untrusted);
  if (values.length === 0) return [];
  const path = ['spec', 'allow', 'account_assignments'];
  return [{ kind: 'cloud', role: role.name, path, values, grade: 'high', conditional: false }];
}

/** Taking part in sessions of whoever holds any role, not only watching. */
function joins(role: Role, allow: Plain): readonly Power[] {
  const listed = valueAt(allow, ['join_sessions']);
  const any = (Array.isArray(listed) ? (listed as readonly Plain[]) : []).some(
    (one) =>
      textsAt(one, ['roles']).includes('*') &&
      textsAt(one, ['modes']).some((mode) => ['peer', 'moderator', '*'].includes(mode)),
  );
  if (!any) return [];
  const path = ['spec', 'allow', 'join_sessions'];
  const values = [untrusted('*')];
  return [{ kind: 'joins', role: role.name, path, values, grade: 'medium', conditional: false }];
}

/** Accounts made at login, which sudoers lines or groups make admin. */
function accounts(role: Role, allow: Plain, traits: Traits, denials: Denials | undefined): readonly Power[] {
  const options = valueAt(role.value, ['spec', 'options']);
  const mode = valueAt(options, ['create_host_user_mode']);
  const onNodes =
    valueAt(options, ['create_host_user']) === true ||
    (mode !== undefined && ![0, 1, '', 'off', 'HOST_USER_MODE_OFF', null].includes(mode as string));
  const onDesktops = valueAt(options, ['create_desktop_user']) === true;
  const made = (
    kind: 'hostUsers' | 'desktops',
    labels: string,
    field: string,
    isAdminName: (name: string) => boolean,
  ): readonly Power[] => {
    const reach = reachOf(allow, labels);
    if (reach === 'none' || denials?.labels(labels)) return [];
    const texts = textsAt(allow, [field]);
    const values = texts
      .flatMap((text) => filled(text, traits) ?? [])
      .filter(isAdminName)
      .map(untrusted);
    const path = ['spec', 'allow', field];
    const grade: FindingSeverity = reach === 'all' ? 'high' : 'medium';
    const power = { kind, role: role.name, path, values, grade, conditional: false };
    return [...(values.length > 0 ? [power] : []), ...unclear(role, field, texts, traits)];
  };
  return [
    ...(onNodes ? made('hostUsers', 'node', 'host_sudoers', makesRoot) : []),
    ...(onNodes ? made('hostUsers', 'node', 'host_groups', isRootGroup) : []),
    ...(onDesktops ? made('desktops', 'windows_desktop', 'desktop_groups', isWindowsGroup) : []),
  ];
}

/** What may be changed by rules: those without a condition, and those with one, a grade lower. */
function writes(role: Role, denials: Denials | undefined): readonly Power[] {
  const rules = resourceRulesOf(role.value, 'allow');
  const found: Power[] = [];
  const seen = new Set<string>();
  for (const conditional of [false, true]) {
    const kinds: string[] = [];
    let at = -1;
    let decides = -1;
    let reads = -1;
    for (const { index, resources, verbs, ...rule } of rules) {
      if (rule.conditional !== conditional) continue;
      const allowed = (kind: string): string[] =>
        (verbs.includes('*') ? writing : verbs.filter((verb) => writing.includes(verb))).filter(
          (verb) => !denials?.rule(kind, verb),
        );
      for (const kind of resources) {
        if (kind in dangerous && !seen.has(kind) && allowed(kind).length > 0) {
          seen.add(kind);
          kinds.push(kind);
          if (at < 0 || rank(kind) < Math.min(...kinds.slice(0, -1).map(rank))) at = index;
        }
        // Keys are secrets: to list them, or "readnosecrets", does not show them.
        if (
          ['cert_authority', '*'].includes(kind) &&
          covers(verbs, 'read') &&
          !denials?.rule('cert_authority', 'read')
        )
          reads = index;
        if (kind === 'access_request' && !seen.has(kind) && allowed(kind).includes('update')) {
          seen.add(kind);
          decides = index;
        }
      }
    }
    const graded = (grade: FindingSeverity): FindingSeverity => (conditional ? lower(grade) : grade);
    const power = { role: role.name, conditional } as const;
    if (kinds.length > 0)
      found.push({
        ...power,
        kind: 'writes',
        path: ['spec', 'allow', 'rules', at],
        values: kinds.sort((a, b) => rank(a) - rank(b)).map(untrusted),
        grade: graded(worst(kinds.flatMap((kind) => dangerous[kind] ?? []))),
      });
    if (reads >= 0 && !seen.has('keys') && !seen.has('*') && !seen.has('cert_authority')) {
      seen.add('keys');
      found.push({
        ...power,
        kind: 'readsKeys',
        path: ['spec', 'allow', 'rules', reads],
        values: [untrusted('cert_authority')],
        grade: graded('critical'),
      });
    }
    if (decides >= 0 && !seen.has('*'))
      found.push({
        ...power,
        kind: 'decides',
        path: ['spec', 'allow', 'rules', decides],
        values: [untrusted('access_request')],
        grade: graded('high'),
      });
  }
  return found;
}
