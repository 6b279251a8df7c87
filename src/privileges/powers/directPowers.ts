import { untrusted } from '../../access/untrusted/untrusted.ts';
import { isCloudAdmin, isRootGroup, isWindowsGroup } from './adminNames.ts';
import type { Role, Traits } from '../census/census.ts';
import { oncePerObject } from '../census/oncePerObject.ts';
import { covers, coversEveryResource, reachOf, resourceRulesOf, type Denials } from './denials.ts';
import { lowerSeverity, worstSeverity, type FindingSeverity } from './severity.ts';
import { isPlainObject, textsAt, valueAt, type PlainValue } from '../../roles/role/value.ts';
import {
  writeSeverity,
  writeRank,
  adminTargets,
  writeVerbs,
  type Power,
  type AdminTarget,
} from './powers.ts';
import { makesRoot } from './sudoers.ts';
import { fillTemplate, traitsIn } from './traitTemplates.ts';

/** Returns the names of the traits that the templates of a role use. They are computed once for each role. */
export const traitsUsedBy = oncePerObject((role: Role): readonly string[] => {
  const allow = valueAt(role.value, ['spec', 'allow']);
  const texts = [
    ...Object.keys(isPlainObject(allow) ? allow : {}).flatMap((field) => textsAt(allow, [field])),
    ...['users', 'roles'].flatMap((field) => textsAt(allow, ['impersonate', field])),
  ];
  return [...new Set(texts.flatMap(traitsIn))];
});

/** Returns the powers that a role gives by itself, without impersonation. */
export function directPowers(role: Role, traits: Traits, denials: Denials | undefined): readonly Power[] {
  const allow = valueAt(role.value, ['spec', 'allow']);
  if (!isPlainObject(allow)) return [];
  return [
    ...adminTargets.flatMap((target) => adminPowers(role, allow, target, traits, denials)),
    ...createdAccounts(role, allow, traits, denials),
    ...accountAssignments(role, allow),
    ...sessionJoins(role, allow),
    ...rulePowers(role, denials),
  ];
}

/** Returns the admin rights on one kind of resource, or the access to all of its resources without them. */
function adminPowers(
  role: Role,
  allow: PlainValue,
  { kind, labelKind, fields, grade }: AdminTarget,
  traits: Traits,
  denials: Denials | undefined,
): readonly Power[] {
  const reach = reachOf(allow, labelKind);
  if (reach === 'none' || denials?.deniesAllLabels(labelKind)) return [];
  const isLimited = kind === 'kubernetes' && limitsResources(role, allow);
  const reachGrade = reach === 'some' ? lowerSeverity(grade) : grade;
  const powers: Power[] = [];
  let otherNames = 0;
  for (const [field, isAdminName] of Object.entries(fields)) {
    const texts = textsAt(allow, [field]);
    const usable = texts
      .flatMap((text) => fillTemplate(text, traits) ?? [])
      .filter((text) => !denials?.deniesValue(field, text));
    const values = usable.filter(isAdminName).map(untrusted);
    powers.push(...unclearTemplates(role, field, texts, traits));
    otherNames += usable.length - values.length;
    if (values.length > 0)
      powers.push({
        kind,
        role: role.name,
        path: ['spec', 'allow', field],
        values,
        grade: isLimited ? lowerSeverity(reachGrade) : reachGrade,
        conditional: false,
      });
  }
  if (powers.length > 0 || otherNames === 0 || reach === 'some') return powers;
  const path = ['spec', 'allow', `${labelKind}_labels`];
  return [
    { kind: 'reach', role: role.name, path, values: [untrusted('*')], grade: 'medium', conditional: false },
  ];
}

/**
 * Whether `kubernetes_resources` of a role exclude some resources. Before role version v7 they name pods
 * only, and everything else is allowed anyway. The server fills in all pods where a role names none.
 */
function limitsResources({ value }: Role, allow: PlainValue): boolean {
  if (/^v[3-6]$/.test(textsAt(value, ['version']).join())) return false;
  return Array.isArray(valueAt(allow, ['kubernetes_resources'])) && !coversEveryResource(allow);
}

/** Returns a power for the templates that cannot be evaluated here, so that they may give any right. */
function unclearTemplates(
  role: Role,
  field: string,
  texts: readonly string[],
  traits: Traits,
): readonly Power[] {
  const values = texts.filter((text) => fillTemplate(text, traits) === undefined).map(untrusted);
  if (values.length === 0) return [];
  const path = ['spec', 'allow', field];
  return [{ kind: 'unclear', role: role.name, path, values, grade: 'medium', conditional: false }];
}

/** Returns the power of admin permission sets for AWS accounts, which need no labels. */
function accountAssignments(role: Role, allow: PlainValue): readonly Power[] {
  const listed = valueAt(allow, ['account_assignments']);
  const values = (Array.isArray(listed) ? (listed as readonly PlainValue[]) : [])
    .flatMap((assignment) => textsAt(assignment, ['permission_set']))
    .filter(isCloudAdmin)
    .map(untrusted);
  if (values.length === 0) return [];
  const path = ['spec', 'allow', 'account_assignments'];
  return [{ kind: 'cloud', role: role.name, path, values, grade: 'high', conditional: false }];
}

/**
 * Returns the power to join the sessions of holders of any role as peer or moderator, not only as observer.
 */
function sessionJoins(role: Role, allow: PlainValue): readonly Power[] {
  const listed = valueAt(allow, ['join_sessions']);
  const joinsAny = (Array.isArray(listed) ? (listed as readonly PlainValue[]) : []).some(
    (policy) =>
      textsAt(policy, ['roles']).includes('*') &&
      textsAt(policy, ['modes']).some((mode) => ['peer', 'moderator', '*'].includes(mode)),
  );
  if (!joinsAny) return [];
  const path = ['spec', 'allow', 'join_sessions'];
  const values = [untrusted('*')];
  return [{ kind: 'joins', role: role.name, path, values, grade: 'medium', conditional: false }];
}

/**
 * Returns the admin rights of host and desktop users that are created at login, by sudoers lines or groups.
 */
function createdAccounts(
  role: Role,
  allow: PlainValue,
  traits: Traits,
  denials: Denials | undefined,
): readonly Power[] {
  const options = valueAt(role.value, ['spec', 'options']);
  const mode = valueAt(options, ['create_host_user_mode']);
  const createsHostUser =
    valueAt(options, ['create_host_user']) === true ||
    (mode !== undefined && ![0, 1, '', 'off', 'HOST_USER_MODE_OFF', null].includes(mode as string));
  const createsDesktopUser = valueAt(options, ['create_desktop_user']) === true;
  const powersOfField = (
    kind: 'hostUsers' | 'desktops',
    labelKind: string,
    field: string,
    isAdminName: (name: string) => boolean,
  ): readonly Power[] => {
    const reach = reachOf(allow, labelKind);
    if (reach === 'none' || denials?.deniesAllLabels(labelKind)) return [];
    const texts = textsAt(allow, [field]);
    const values = texts
      .flatMap((text) => fillTemplate(text, traits) ?? [])
      .filter(isAdminName)
      .map(untrusted);
    const path = ['spec', 'allow', field];
    const grade: FindingSeverity = reach === 'all' ? 'high' : 'medium';
    const power = { kind, role: role.name, path, values, grade, conditional: false };
    return [...(values.length > 0 ? [power] : []), ...unclearTemplates(role, field, texts, traits)];
  };
  return [
    ...(createsHostUser ? powersOfField('hostUsers', 'node', 'host_sudoers', makesRoot) : []),
    ...(createsHostUser ? powersOfField('hostUsers', 'node', 'host_groups', isRootGroup) : []),
    ...(createsDesktopUser
      ? powersOfField('desktops', 'windows_desktop', 'desktop_groups', isWindowsGroup)
      : []),
  ];
}

/**
 * Returns the powers that `rules` give over the cluster's own resources. Rules with a condition count
 * separately, one severity lower.
 */
function rulePowers(role: Role, denials: Denials | undefined): readonly Power[] {
  const rules = resourceRulesOf(role.value, 'allow');
  const powers: Power[] = [];
  const reported = new Set<string>();
  for (const conditional of [false, true]) {
    const kinds: string[] = [];
    let writeIndex = -1;
    let decideIndex = -1;
    let keysIndex = -1;
    for (const { index, resources, verbs, ...rule } of rules) {
      if (rule.conditional !== conditional) continue;
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
