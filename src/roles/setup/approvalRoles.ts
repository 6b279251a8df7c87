// Reads and plans the fields that decide about approval. Enterprise compares reviews with thresholds; on
// Community, users approve with tctl, which rules on access_request allow.
import { leastApprovals, thresholdsPath } from '../role/thresholds.ts';
import { rawText, untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import {
  approverRole,
  secondApproverRole,
  secondAskingRole,
  type Answers,
  type Approvals,
  type KnownRoles,
} from './answers.ts';
import type { FieldChange } from '../manifest/changeManifest.ts';
import { newRole } from './elevatedRole.ts';
import { matches } from '../role/namePatterns.ts';
import {
  isPlainObject,
  textsAt,
  valueAt,
  type Path,
  type PlainValue,
  type PlainObject,
} from '../role/value.ts';

const allow: Path = ['spec', 'allow'];
/** The path of the names and patterns of the roles that a role may request. */
export const requestRolesPath: Path = [...allow, 'request', 'roles'];
const searchAsRolesPath: Path = [...allow, 'request', 'search_as_roles'];
const reviewRolesPath: Path = [...allow, 'review_requests', 'roles'];
const rulesPath: Path = [...allow, 'rules'];

const listAt = (value: PlainValue | undefined, path: Path): readonly PlainValue[] => {
  const list = valueAt(value, path);
  return Array.isArray(list) ? (list as readonly PlainValue[]) : [];
};

/** A threshold that counts only the reviews of users with the reviewer role. */
const teamThreshold = (name: string, reviewer: Untrusted): PlainObject => ({
  name,
  filter: `contains(reviewer.roles, ${JSON.stringify(rawText(reviewer))})`,
  approve: 1,
  deny: 1,
});

/**
 * The threshold for an asking role; undefined when its thresholds stay. The thresholds of one role are
 * alternatives, and a request must meet one threshold of every role of the user that allows it. So approvals
 * by two teams need two roles with one filter each.
 */
function thresholdFor(answers: Answers): PlainObject | undefined {
  switch (answers.approvals) {
    case 'one':
      return { name: 'one', approve: 1, deny: 1 };
    case 'two':
      return { name: 'two', approve: 2, deny: 1 };
    case 'twoTeams':
      return teamThreshold('first team', approverRole(answers));
    case 'asIs':
      return undefined;
  }
}

/** The answer that matches the thresholds of all roles; `asIs` when the roles differ. */
export function commonApprovals(roles: readonly (PlainObject | undefined)[]): Approvals {
  const [first = 'one', ...others] = new Set(roles.map(approvalsAnswer));
  return others.length > 0 ? 'asIs' : first;
}

/** The approvals that a request needs by the thresholds of one role. */
export interface RequiredApprovals {
  /** The number by the threshold that needs the fewest approvals; 1 without thresholds. */
  readonly approve: number;
  /** The reviewer role whose holders' approvals alone count. */
  readonly team?: Untrusted;
  /** Whether every threshold has a filter on the approvals that count. */
  readonly conditional: boolean;
}

/** Reads the required approvals from the thresholds of a role. */
export function requiredApprovals(role: PlainObject | undefined): RequiredApprovals {
  const list = listAt(role, thresholdsPath).filter(isPlainObject);
  const team = teamOf(role);
  return {
    approve: leastApprovals(role),
    ...(team === undefined ? {} : { team }),
    conditional: list.length > 0 && list.every(({ filter = '' }) => filter !== ''),
  };
}

/** The names and patterns in `request.roles` and `request.search_as_roles` of a role, without duplicates. */
export const requestablePatternsOf = (role: PlainObject | undefined): readonly string[] => [
  ...new Set([...textsAt(role, requestRolesPath), ...textsAt(role, searchAsRolesPath)]),
];

/**
 * The reviewer role whose holders alone count for a role's requests; undefined
 * when the role is not set up that way.
 */
export function teamOf(role: PlainObject | undefined): Untrusted | undefined {
  if (approvalsAnswer(role) !== 'twoTeams') return undefined;
  const [, name] = teamFilter.exec(textsAt(role, [...thresholdsPath, 0, 'filter'])[0] ?? '') ?? [];
  return name === undefined ? undefined : untrusted(name);
}

const teamFilter = /^contains\(reviewer\.roles, "([^"\\]+)"\)$/;

/** The answer that matches the thresholds of a role. A role without thresholds needs one approval. */
function approvalsAnswer(role: PlainObject | undefined): Approvals {
  const list = listAt(role, thresholdsPath).filter(isPlainObject);
  if (list.length === 0) return 'one';
  const filters = list.filter(({ filter = '' }) => filter !== '');
  const [only] = list;
  if (filters.length > 0)
    return list.length === 1 && teamFilter.test(textsAt(only, ['filter'])[0] ?? '') ? 'twoTeams' : 'asIs';
  const least = leastApprovals(role);
  return least <= 1 ? 'one' : least === 2 ? 'two' : 'asIs';
}

/** The change that makes the thresholds of a role match the answers; empty when they already do. */
export function thresholdChanges(answers: Answers, role: PlainObject | undefined): readonly FieldChange[] {
  const threshold = thresholdFor(answers);
  if (!threshold) return [];
  const isMet =
    answers.approvals === 'twoTeams'
      ? listAt(role, thresholdsPath).length === 1 &&
        textsAt(role, [...thresholdsPath, 0, 'filter'])[0] === threshold['filter']
      : approvalsAnswer(role) === answers.approvals;
  return isMet ? [] : [{ path: thresholdsPath, set: [threshold] }];
}

/** Plans the role with the second team's threshold, which users need beside an asking role. */
export function planSecondAskingRole(answers: Answers, { roles }: KnownRoles): RoleWrite {
  const threshold = teamThreshold('second team', secondApproverRole(answers));
  const existing = roles.get(secondAskingRole(answers));
  if (!existing) {
    const request = { roles: [rawText(answers.elevated)], thresholds: [threshold] };
    return { manifest: newRole(rawText(secondAskingRole(answers)), { allow: { request } }) };
  }
  const filter = textsAt(existing, [...thresholdsPath, 0, 'filter'])[0];
  return {
    changes: [
      ...addName(existing, requestRolesPath, rawText(answers.elevated)),
      ...(filter === threshold['filter'] && listAt(existing, thresholdsPath).length === 1
        ? []
        : [{ path: thresholdsPath, set: [threshold] }]),
    ],
  };
}

/** How a role is written: as a new manifest, or as changes of the existing role. */
export type RoleWrite = { readonly manifest: PlainObject } | { readonly changes: readonly FieldChange[] };

/** The change that adds a name to a list, unless the list has the name or `*`. */
export function addName(role: PlainObject, path: Path, name: string): readonly FieldChange[] {
  const names = textsAt(role, path);
  return names.includes(name) || names.includes('*') ? [] : [{ path, add: name }];
}

/** Plans the role that reviews requests for the elevated role. */
export function planReviewerRole(
  reviewer: Untrusted,
  { elevated }: Answers,
  { roles }: KnownRoles,
): RoleWrite {
  const existing = roles.get(reviewer);
  if (existing) return { changes: addName(existing, reviewRolesPath, rawText(elevated)) };
  return {
    manifest: newRole(rawText(reviewer), { allow: { review_requests: { roles: [rawText(elevated)] } } }),
  };
}

/** Whether the holders of a role may review requests for the elevated role. */
export const canReview = (role: PlainObject, elevated: Untrusted): boolean =>
  textsAt(role, reviewRolesPath).some((name) => matches(name, rawText(elevated)));

const approverVerbs = ['list', 'read', 'update'];

/** The verbs that a role allows on access requests, by rules without a condition. */
function accessRequestVerbs(role: PlainObject): readonly string[] {
  return listAt(role, rulesPath)
    .filter((rule) => {
      const kinds = textsAt(rule, ['resources']);
      return (
        textsAt(rule, ['where']).join('') === '' && (kinds.includes('access_request') || kinds.includes('*'))
      );
    })
    .flatMap((rule) => textsAt(rule, ['verbs']));
}

/** Whether the holders of a role can approve with tctl, which includes their own requests. */
export const approvesByRule = (role: PlainObject): boolean =>
  accessRequestVerbs(role).some((verb) => verb === 'update' || verb === '*');

/** Plans the role that approves with tctl on Community, because the preset `editor` may not (recorded). */
export function planApproverRole(answers: Answers, { roles }: KnownRoles): RoleWrite {
  const approver = approverRole(answers);
  const existing = roles.get(approver);
  const rule = { resources: ['access_request'], verbs: approverVerbs };
  if (!existing) return { manifest: newRole(rawText(approver), { allow: { rules: [rule] } }) };
  const allowed = accessRequestVerbs(existing);
  const missing = approverVerbs.filter((verb) => !allowed.includes(verb) && !allowed.includes('*'));
  const ruleIndex = listAt(existing, rulesPath).findIndex(
    (candidate) =>
      textsAt(candidate, ['where']).join('') === '' &&
      textsAt(candidate, ['resources']).join() === 'access_request',
  );
  if (missing.length === 0) return { changes: [] };
  if (ruleIndex < 0) return { changes: [{ path: rulesPath, add: { ...rule, verbs: missing } }] };
  return { changes: missing.map((verb) => ({ path: [...rulesPath, ruleIndex, 'verbs'], add: verb })) };
}
