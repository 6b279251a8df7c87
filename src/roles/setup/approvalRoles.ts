// Who approves, in fields of roles. Enterprise counts reviews against thresholds; Community has tctl and rules.
import { approvalsOf as leastApprovals, thresholds } from '../role/thresholds.ts';
import { rawText, untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import {
  approverOf,
  secondApproverOf,
  secondAsking,
  type Answers,
  type Approvals,
  type KnownRoles,
} from './answers.ts';
import type { FieldChange } from '../manifest/changeManifest.ts';
import { newRole } from './elevatedRole.ts';
import { matches } from '../role/namePatterns.ts';
import { isPlainObject, textsAt, valueAt, type Path, type Plain, type PlainObject } from '../role/value.ts';

const allow: Path = ['spec', 'allow'];
export const requestRoles: Path = [...allow, 'request', 'roles'];
const searchAsRoles: Path = [...allow, 'request', 'search_as_roles'];
const reviewRoles: Path = [...allow, 'review_requests', 'roles'];
const rules: Path = [...allow, 'rules'];

const listAt = (value: Plain | undefined, path: Path): readonly Plain[] => {
  const found = valueAt(value, path);
  return Array.isArray(found) ? (found as readonly Plain[]) : [];
};

/** A threshold that only reviews of people with this role count for. */
const ofTeam = (name: string, reviewer: Untrusted): PlainObject => ({
  name,
  filter: `contains(reviewer.roles, ${JSON.stringify(rawText(reviewer))})`,
  approve: 1,
  deny: 1,
});

/**
 * The thresholds of a role that asks. Those of one role are alternatives, any one of them is enough; and of every role
 * of the asker that allows the request one must be met. So two different teams take two roles with one filter each.
 */
function wanted(answers: Answers): PlainObject | undefined {
  switch (answers.approvals) {
    case 'one':
      return { name: 'one', approve: 1, deny: 1 };
    case 'two':
      return { name: 'two', approve: 2, deny: 1 };
    case 'twoTeams':
      return ofTeam('first team', approverOf(answers));
    case 'asIs':
      return undefined;
  }
}

/** How many approvals roles ask for, if it is the same for all. */
export function approvalsIn(roles: readonly (PlainObject | undefined)[]): Approvals {
  const [first = 'one', ...others] = new Set(roles.map(approvalsOf));
  return others.length > 0 ? 'asIs' : first;
}

/** What a role asks for in approvals. */
export interface Demand {
  /** By the easiest of its thresholds; without any, one. */
  readonly approve: number;
  /** Whose approvals alone count. */
  readonly team?: Untrusted;
  /** Whether a filter says which approvals count. */
  readonly conditional: boolean;
}

export function demandOf(role: PlainObject | undefined): Demand {
  const list = listAt(role, thresholds).filter(isPlainObject);
  const team = teamOf(role);
  return {
    approve: leastApprovals(role),
    ...(team === undefined ? {} : { team }),
    conditional: list.length > 0 && list.every(({ filter = '' }) => filter !== ''),
  };
}

/** The names and patterns of roles that a role may ask for, whole or by resource. */
export const requestablePatternsOf = (role: PlainObject | undefined): readonly string[] => [
  ...new Set([...textsAt(role, requestRoles), ...textsAt(role, searchAsRoles)]),
];

/** The role whose people alone count for a role that asks, if it is set to one. */
export function teamOf(role: PlainObject | undefined): Untrusted | undefined {
  if (approvalsOf(role) !== 'twoTeams') return undefined;
  const [, name] = oneTeam.exec(textsAt(role, [...thresholds, 0, 'filter'])[0] ?? '') ?? [];
  return name === undefined ? undefined : untrusted(name);
}

const oneTeam = /^contains\(reviewer\.roles, "([^"\\]+)"\)$/;

/** How many approvals a role asks for. No thresholds at all mean one. */
function approvalsOf(role: PlainObject | undefined): Approvals {
  const list = listAt(role, thresholds).filter(isPlainObject);
  if (list.length === 0) return 'one';
  const filters = list.filter(({ filter = '' }) => filter !== '');
  const [only] = list;
  if (filters.length > 0)
    return list.length === 1 && oneTeam.test(textsAt(only, ['filter'])[0] ?? '') ? 'twoTeams' : 'asIs';
  const least = leastApprovals(role);
  return least <= 1 ? 'one' : least === 2 ? 'two' : 'asIs';
}

/** How the thresholds of a role change, so that as many approve as was answered. */
export function writeThresholds(answers: Answers, role: PlainObject | undefined): readonly FieldChange[] {
  const want = wanted(answers);
  if (!want) return [];
  const isThere =
    answers.approvals === 'twoTeams'
      ? listAt(role, thresholds).length === 1 &&
        textsAt(role, [...thresholds, 0, 'filter'])[0] === want['filter']
      : approvalsOf(role) === answers.approvals;
  return isThere ? [] : [{ path: thresholds, set: [want] }];
}

/** The second team's role for askers. */
export function writeSecondAsking(answers: Answers, { roles }: KnownRoles): Written {
  const threshold = ofTeam('second team', secondApproverOf(answers));
  const there = roles.get(secondAsking(answers));
  if (!there) {
    const request = { roles: [rawText(answers.elevated)], thresholds: [threshold] };
    return { manifest: newRole(rawText(secondAsking(answers)), { allow: { request } }) };
  }
  const filter = textsAt(there, [...thresholds, 0, 'filter'])[0];
  return {
    changes: [
      ...adds(there, requestRoles, rawText(answers.elevated)),
      ...(filter === threshold['filter'] && listAt(there, thresholds).length === 1
        ? []
        : [{ path: thresholds, set: [threshold] }]),
    ],
  };
}

/** A role to be written: whole, or what changes of it. */
export type Written = { readonly manifest: PlainObject } | { readonly changes: readonly FieldChange[] };

/** Adds a role's name to a list of names, unless one of them covers it. */
export function adds(role: PlainObject, path: Path, name: string): readonly FieldChange[] {
  const names = textsAt(role, path);
  return names.includes(name) || names.includes('*') ? [] : [{ path, add: name }];
}

/** The role that reviews requests for the elevated one. */
export function writeReviewer(reviewer: Untrusted, { elevated }: Answers, { roles }: KnownRoles): Written {
  const there = roles.get(reviewer);
  if (there) return { changes: adds(there, reviewRoles, rawText(elevated)) };
  return {
    manifest: newRole(rawText(reviewer), { allow: { review_requests: { roles: [rawText(elevated)] } } }),
  };
}

/** Whether people with a role review requests for another. */
export const reviews = (role: PlainObject, elevated: Untrusted): boolean =>
  textsAt(role, reviewRoles).some((name) => matches(name, rawText(elevated)));

const needed = ['list', 'read', 'update'];

/** What a role may do with access requests of others, by rules without a condition. */
function verbsOf(role: PlainObject): readonly string[] {
  return listAt(role, rules)
    .filter((rule) => {
      const kinds = textsAt(rule, ['resources']);
      return (
        textsAt(rule, ['where']).join('') === '' && (kinds.includes('access_request') || kinds.includes('*'))
      );
    })
    .flatMap((rule) => textsAt(rule, ['verbs']));
}

/** Whether people with this role approve with tctl, their own requests too. */
export const approvesByRule = (role: PlainObject): boolean =>
  verbsOf(role).some((verb) => verb === 'update' || verb === '*');

/** The role that approves with tctl on Community: the preset editor may not (recorded). */
export function writeApprover(answers: Answers, { roles }: KnownRoles): Written {
  const approver = approverOf(answers);
  const there = roles.get(approver);
  const rule = { resources: ['access_request'], verbs: needed };
  if (!there) return { manifest: newRole(rawText(approver), { allow: { rules: [rule] } }) };
  const has = verbsOf(there);
  const missing = needed.filter((verb) => !has.includes(verb) && !has.includes('*'));
  const own = listAt(there, rules).findIndex(
    (one) =>
      textsAt(one, ['where']).join('') === '' && textsAt(one, ['resources']).join() === 'access_request',
  );
  if (missing.length === 0) return { changes: [] };
  if (own < 0) return { changes: [{ path: rules, add: { ...rule, verbs: missing } }] };
  return { changes: missing.map((verb) => ({ path: [...rules, own, 'verbs'], add: verb })) };
}
