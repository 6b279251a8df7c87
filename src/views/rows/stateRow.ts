import * as l10n from '@vscode/l10n';
import type { Instant } from '../../access/text/untrusted.ts';
import type { Snapshot } from '../../state/store.ts';
import { atTime } from '../../text/time.ts';
import type { Row } from './row.ts';

/** What the empty views say; a context key, so that each has its own welcome text and button. */
export type Emptiness =
  'starting' | 'tshMissing' | 'tooOld' | 'signedOut' | 'expired' | 'offline' | 'failing' | 'nothing';

/** Why a view may be empty. */
export function emptiness({ login, stale, requests }: Snapshot): Emptiness {
  if (login.kind !== 'signedIn') return login.kind === 'starting' && stale ? 'failing' : login.kind;
  if (stale) return stale.kind === 'unreachable' || stale.kind === 'timedOut' ? 'offline' : 'failing';
  return requests === undefined ? 'starting' : 'nothing';
}

/** A row above rows that may be old, saying so; undefined while all is well. */
export function stateRow(snapshot: Snapshot, now: Instant): Row | undefined {
  // Only what may be old says how old; "login expired as of" would read as the time it expired.
  const current = snapshot.login.kind === 'signedIn';
  const asOf = current && snapshot.asOf !== undefined ? atTime(snapshot.asOf, now) : undefined;
  const row = (label: string, icon: string, command: string): Row => ({
    id: 'state',
    label,
    ...(asOf === undefined ? {} : { description: l10n.t('as of {0}', asOf) }),
    icon,
    can: [],
    spoken: asOf === undefined ? label : l10n.t('{0}, as of {1}', label, asOf),
    command,
  });
  switch (emptiness(snapshot)) {
    case 'starting':
    case 'nothing':
      return undefined;
    case 'tshMissing':
      return row(l10n.t('tsh not found'), 'warning', 'jitAccess.openSettings');
    case 'tooOld':
      return row(l10n.t('tsh is too old'), 'warning', 'jitAccess.openSettings');
    case 'signedOut':
      return row(l10n.t('Signed out'), 'sign-in', 'jitAccess.signIn');
    case 'expired':
      return row(l10n.t('Login expired'), 'sign-in', 'jitAccess.signIn');
    case 'offline':
      return row(l10n.t('Offline'), 'debug-disconnect', 'jitAccess.refresh');
    case 'failing':
      return row(l10n.t('tsh does not answer properly'), 'warning', 'jitAccess.showLog');
  }
}
