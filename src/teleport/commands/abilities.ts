import type { Failure, FailureKind } from '../process/failure.ts';

/**
 * Operations that depend on the edition and on the user's roles. No command tells beforehand whether an
 * operation is allowed. The extension learns it from calls that worked or were refused.
 */
export const abilities = [
  'capabilities',
  'search',
  'kube',
  'review',
  'seeRequests',
  'decide',
  'deleteRequests',
  'lock',
  'unlock',
  'readLocks',
  'readRoles',
  'writeRoles',
  'removeRoles',
  'readUsers',
  'readConnectors',
  'readAccessLists',
  'readBots',
  'readTrustedClusters',
] as const;

/** An operation that the edition or the user's roles may not allow. */
export type Ability = (typeof abilities)[number];

/** The failure kinds of a refusal, where the kind is not `notPermitted`. */
const refusals: Partial<Record<Ability, FailureKind>> = {
  review: 'noReviewRights',
  search: 'notRequestable',
};

/** Called when a call worked or was refused because of the user's rights. */
export type AbilityListener = (ability: Ability, works: boolean) => void;

/** Whether a call that failed in this way was refused because the user lacks the ability that it needs. */
export function isRefusal(ability: Ability, { kind }: Failure): boolean {
  // `notPermitted` for a review is about this request only; the user may review other requests.
  return kind === (refusals[ability] ?? 'notPermitted');
}
