import * as l10n from '@vscode/l10n';
import type { Instant, RequestId } from '../access/text/untrusted.ts';
import type { FailureKind } from '../teleport/process/failure.ts';
import { atTime } from './time.ts';

/** What giving back came to; see `state/giveBack.ts`. */
interface Account {
  readonly requestId: RequestId;
  readonly at: Instant;
  readonly where: 'private' | 'mainLogin';
  readonly notTold?: { readonly kind: FailureKind };
  readonly openUntil?: Instant;
  readonly reusableUntil?: Instant;
  readonly loginEnds?: Instant;
}

/** Whether a call that failed so may have been done all the same. */
const mayBeTold = (kind: FailureKind): boolean => /^(timedOut|unreadable|cancelled)$/.test(kind);

/** Exactly what giving back means, leaving out what is not so. Never "revoked": the approval lives on the server. */
export function dropResultWords(account: Account, now: Instant): string {
  const parts = [l10n.t('given back here {0}', atTime(account.at, now))];
  if (account.notTold)
    parts.push(
      mayBeTold(account.notTold.kind)
        ? l10n.t('whether the cluster was told is not known, but the keys here are gone')
        : l10n.t('the cluster could not be told, but the keys here are gone'),
    );
  if (account.openUntil !== undefined) {
    parts.push(l10n.t('connections already open may last until {0}', atTime(account.openUntil, now)));
  }
  if (account.reusableUntil !== undefined) {
    parts.push(l10n.t('the approval can be used again until {0}', atTime(account.reusableUntil, now)));
  }
  if (account.loginEnds !== undefined) {
    parts.push(l10n.t('your login still ends at {0}', atTime(account.loginEnds, now)));
  }
  return parts.join(' · ');
}
