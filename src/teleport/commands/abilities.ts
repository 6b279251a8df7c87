import { failureOf, type FailureKind } from '../process/failure.ts';

/**
 * What a person may be able to do, in this edition and with their roles. No command tells beforehand: it is learned
 * from what worked and what was refused.
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

export type Ability = (typeof abilities)[number];

/** What a refusal is called where it is not `notPermitted`. */
const refusals: Partial<Record<Ability, FailureKind>> = {
  review: 'noReviewRights',
  search: 'notRequestable',
};

/** Told whenever an ability was seen to work, or was refused for want of it. */
export type AbilityListener = (ability: Ability, works: boolean) => void;

/** Runs a call and notices whether the ability it needs is there. */
export async function recordAbility<T>(
  noticed: AbilityListener,
  ability: Ability,
  call: () => Promise<T>,
): Promise<T> {
  try {
    const result = await call();
    noticed(ability, true);
    return result;
  } catch (error) {
    const kind = failureOf(error)?.kind;
    // That one request may not be reviewed by this person says nothing of others.
    const refused = kind === (refusals[ability] ?? 'notPermitted');
    if (refused) noticed(ability, false);
    throw error;
  }
}
