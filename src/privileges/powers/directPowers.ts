import { untrusted } from '../../access/untrusted/untrusted.ts';
import { isCloudAdmin } from './adminNames.ts';
import type { Role, Traits } from '../census/census.ts';
import { oncePerObject } from '../census/oncePerObject.ts';
import { covers, coversEveryResource, reachOf, type Denials } from './denials.ts';
import { lowerSeverity, worstSeverity, type FindingSeverity } from './severity.ts';
import { contentOf } from '../../roles/role/roleContent.ts';
import { isPlainObject, listAt, textsAt, valueAt, type PlainValue } from '../../roles/role/value.ts';
import {
  writeSeverity,
  writeRank,
  adminTargets,
  createdAccounts,
  writeVerbs,
  type Power,
  type PowerKind,
  type AdminTarget,
} from './powers.ts';
import { fillTemplate, traitsIn } from './traitTemplates.ts';

/** Returns the names of the traits that the templates of a role use. They are computed once for each role. */
export const traitsUsedBy = oncePerObject((role: Role): readonly string[] => {
  const allow = valueAt(role.value, ['spec', 'allow']);
  const { impersonate } = contentOf(role.value).allow;
  const texts = [
    ...Object.keys(isPlainObject(allow) ? allow : {}).flatMap((field) => textsAt(allow, [field])),
    ...impersonate.users,
    ...impersonate.roles,
  ];
  return [...new Set(texts.flatMap(traitsIn))];
});

/** Returns the powers that a role gives by itself, without impersonation. */
export function directPowers(role: Role, traits: Traits, denials: Denials | undefined): readonly Power[] {
  const allow = valueAt(role.value, ['spec', 'allow']);
  if (!isPlainObject(allow)) return [];
  return [
    ...adminTargets.flatMap((target) => adminPowers(role, allow, target, traits, denials)),
    ...createdAccounts.flatMap((target) => adminPowers(role, allow, target, traits, denials)),
    ...accountAssignments(role, allow),
    ...sessionJoins(role, allow),
    ...rulePowers(role, denials),
  ];
}

/**
 * Returns the power that values in a field of `allow` give, if there are any. The ids of findings of kind
 * `ownsList` depend on the order of its fields.
 */
function fieldPower(
  role: Role,
  kind: PowerKind,
  field: string,
  values: readonly string[],
  grade: FindingSeverity,
): readonly Power[] {
  if (values.length === 0) return [];
  const path = ['spec', 'allow', field];
  return [{ kind, role: role.name, path, values: values.map(untrusted), grade, conditional: false }];
}

/** Returns the admin rights on one kind of resource, or the access to all of its resources without them. */
function adminPowers(
  role: Role,
  allow: PlainValue,
  { kind, labelKind, fields, grade, accounts }: AdminTarget,
  traits: Traits,
  denials: Denials | undefined,
): readonly Power[] {
  const reach = reachOf(contentOf(role.value).allow, labelKind);
  if (reach === 'none' || denials?.deniesAllLabels(labelKind)) return [];
  if (accounts && !createsAccounts(role, accounts)) return [];
  const isLimited = kind === 'kubernetes' && limitsResources(role, allow);
  const reachGrade = reach === 'some' ? lowerSeverity(grade) : grade;
  const powers: Power[] = [];
  let otherNames = 0;
  for (const [field, isAdminName] of Object.entries(fields)) {
    const texts = textsAt(allow, [field]);
    const usable = texts
      .flatMap((text) => fillTemplate(text, traits) ?? [])
      .filter((text) => !denials?.deniesValue(field, text));
    const values = usable.filter(isAdminName);
    // A template that cannot be evaluated here may give any right.
    const unclear = texts.filter((text) => fillTemplate(text, traits) === undefined);
    powers.push(
      ...fieldPower(role, 'unclear', field, unclear, 'medium'),
      ...fieldPower(role, kind, field, values, isLimited ? lowerSeverity(reachGrade) : reachGrade),
    );
    otherNames += usable.length - values.length;
  }
  if (powers.length > 0 || otherNames === 0 || reach === 'some' || accounts) return powers;
  return fieldPower(role, 'reach', `${labelKind}_labels`, ['*'], 'medium');
}

/** Whether a login creates accounts on hosts or desktops. */
function createsAccounts({ value }: Role, accounts: 'host' | 'desktop'): boolean {
  const options = valueAt(value, ['spec', 'options']);
  if (accounts === 'desktop') return valueAt(options, ['create_desktop_user']) === true;
  const mode = valueAt(options, ['create_host_user_mode']);
  return (
    valueAt(options, ['create_host_user']) === true ||
    (mode !== undefined && ![0, 1, '', 'off', 'HOST_USER_MODE_OFF', null].includes(mode as string))
  );
}

/**
 * Whether `kubernetes_resources` of a role exclude some resources. Before role version v7 they name pods
 * only, and everything else is allowed anyway. The server fills in all pods where a role names none.
 */
function limitsResources({ value }: Role, allow: PlainValue): boolean {
  if (/^v[3-6]$/.test(textsAt(value, ['version']).join())) return false;
  return Array.isArray(valueAt(allow, ['kubernetes_resources'])) && !coversEveryResource(allow);
}

/** Returns the power of admin permission sets for AWS accounts, which need no labels. */
function accountAssignments(role: Role, allow: PlainValue): readonly Power[] {
  const values = listAt(allow, ['account_assignments'])
    .flatMap((assignment) => textsAt(assignment, ['permission_set']))
    .filter(isCloudAdmin);
  return fieldPower(role, 'cloud', 'account_assignments', values, 'high');
}

/** Returns the power to join the sessions of holders of any role as more than an observer. */
function sessionJoins(role: Role, allow: PlainValue): readonly Power[] {
  const joinsAny = listAt(allow, ['join_sessions']).some(
    (policy) =>
      textsAt(policy, ['roles']).includes('*') &&
      textsAt(policy, ['modes']).some((mode) => ['peer', 'moderator', '*'].includes(mode)),
  );
  return fieldPower(role, 'joins', 'join_sessions', joinsAny ? ['*'] : [], 'medium');
}

/**
 * Returns the powers that `rules` give over the cluster's own resources. Rules with a condition count
 * separately, one severity lower.
 */
function rulePowers(role: Role, denials: Denials | undefined): readonly Power[] {
  const { rules } = contentOf(role.value).allow;
  const powers: Power[] = [];
  const reported = new Set<string>();
  for (const conditional of [false, true]) {
    const kinds: string[] = [];
    let writeIndex = -1;
    let decideIndex = -1;
    let keysIndex = -1;
    for (const [index, { resources, verbs, where }] of rules.entries()) {
      if ((where !== '') !== conditional) continue;
      const allowedWrites = (kind: string): string[] =>
        (verbs.includes('*') ? writeVerbs : verbs.filter((verb) => writeVerbs.includes(verb))).filter(
          (verb) => !denials?.deniesVerb(kind, verb),
        );
      for (const kind of resources) {
        if (kind in writeSeverity && !reported.has(kind) && allowedWrites(kind).length > 0) {
          reported.add(kind);
          kinds.push(kind);
          // The finding points to the rule with the worst kind.
          if (writeIndex < 0 || writeRank(kind) < Math.min(...kinds.slice(0, -1).map(writeRank)))
            writeIndex = index;
        }
        // Keys are secrets: the verbs `list` and `readnosecrets` do not show them.
        if (
          ['cert_authority', '*'].includes(kind) &&
          covers(verbs, 'read') &&
          !denials?.deniesVerb('cert_authority', 'read')
        )
          keysIndex = index;
        if (kind === 'access_request' && !reported.has(kind) && allowedWrites(kind).includes('update')) {
          reported.add(kind);
          decideIndex = index;
        }
      }
    }
    const graded = (grade: FindingSeverity): FindingSeverity => (conditional ? lowerSeverity(grade) : grade);
    const power = { role: role.name, conditional } as const;
    if (kinds.length > 0)
      powers.push({
        ...power,
        kind: 'writes',
        path: ['spec', 'allow', 'rules', writeIndex],
        values: kinds.sort((a, b) => writeRank(a) - writeRank(b)).map(untrusted),
        grade: graded(worstSeverity(kinds.flatMap((kind) => writeSeverity[kind] ?? []))),
      });
    if (keysIndex >= 0 && !reported.has('keys') && !reported.has('*') && !reported.has('cert_authority')) {
      reported.add('keys');
      powers.push({
        ...power,
        kind: 'readsKeys',
        path: ['spec', 'allow', 'rules', keysIndex],
        values: [untrusted('cert_authority')],
        grade: graded('critical'),
      });
    }
    if (decideIndex >= 0 && !reported.has('*'))
      powers.push({
        ...power,
        kind: 'decides',
        path: ['spec', 'allow', 'rules', decideIndex],
        values: [untrusted('access_request')],
        grade: graded('high'),
      });
  }
  return powers;
}
