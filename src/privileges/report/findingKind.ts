import type { PowerKind } from '../powers/powers.ts';

/**
 * The kind of a finding: a power that is held permanently, or
 * - `ownsList`: the holder may add any user to an access list that gives admin rights.
 * - `openMapping`: an identity provider or another cluster decides the name of the role.
 * - `oneApproval`: a single approval gives the right to change who has which rights.
 * - `nobodyApproves`: a role is requestable, but too few people may approve it.
 * - `tooLong`: an admin role lasts longer than the team's limit.
 * - `longGrant`: a role allows grants of more than two weeks.
 */
export type FindingKind =
  PowerKind | 'ownsList' | 'openMapping' | 'oneApproval' | 'nobodyApproves' | 'tooLong' | 'longGrant';
