import * as l10n from '@vscode/l10n';
import type { Instant } from '../access/untrusted/untrusted.ts';
import type { DropResult } from '../state/elevation/drops.ts';
import { mayHaveWorked } from '../teleport/process/failure.ts';
import { atTime } from './time.ts';

/** The part of a drop's result that the sentence needs. */
type DropFacts = Pick<
  DropResult,
  'at' | 'dropFailure' | 'openUntil' | 'reusableUntil' | 'windowStays' | 'loginEnds'
>;

/**
 * Describes the effects of a drop that apply in this case. It never says "revoked", because the approval
 * stays valid on the server.
 */
export function dropResultWords(drop: DropFacts, now: Instant): string {
  const parts = [l10n.t('given back here {0}', atTime(drop.at, now))];
  if (drop.dropFailure)
    parts.push(
      mayHaveWorked(drop.dropFailure)
        ? l10n.t('whether the cluster was told is not known, but the keys here are gone')
        : l10n.t('the cluster could not be told, but the keys here are gone'),
    );
  if (drop.openUntil !== undefined) {
    parts.push(l10n.t('connections already open may last until {0}', atTime(drop.openUntil, now)));
  }
  if (drop.windowStays) {
    parts.push(l10n.t('a VS Code window that was opened from its terminal stays open without this access'));
  }
  if (drop.reusableUntil !== undefined) {
    parts.push(l10n.t('the approval can be used again until {0}', atTime(drop.reusableUntil, now)));
  }
  if (drop.loginEnds !== undefined) {
    parts.push(l10n.t('your login still ends at {0}', atTime(drop.loginEnds, now)));
  }
  return parts.join(' · ');
}
