import * as l10n from '@vscode/l10n';
import type { Instant } from '../../access/untrusted/untrusted.ts';
import type { Snapshot } from '../../state/store.ts';
import { atTime } from '../../text/time.ts';
import type { Row } from './row.ts';

/** The state of an empty view. As a context key it selects the welcome text and button for each state. */
export type EmptyViewState =
  'starting' | 'tshMissing' | 'tooOld' | 'signedOut' | 'expired' | 'offline' | 'failing' | 'nothing';

/** Determines why a view may be empty. */
export function emptyViewState({ login, stale, requests }: Snapshot): EmptyViewState {
  if (login.kind !== 'signedIn') return login.kind === 'starting' && stale ? 'failing' : login.kind;
  if (stale) return stale.kind === 'unreachable' || stale.kind === 'timedOut' ? 'offline' : 'failing';
  return requests === undefined ? 'starting' : 'nothing';
}

/** A row that says why the rows below it may be out of date; undefined while they are current. */
export function stateRow(snapshot: Snapshot, now: Instant): Row | undefined {
  // Without a valid login "as of" is left out: "login expired, as of" would read as the time it expired.
  const signedIn = snapshot.login.kind === 'signedIn';
  const asOf = signedIn && snapshot.asOf !== undefined ? atTime(snapshot.asOf, now) : undefined;
  const row = (label: string, icon: string, command: string): Row => ({
    id: 'state',
    label,
    ...(asOf === undefined ? {} : { description: l10n.t('as of {0}', asOf) }),
    icon,
    can: [],
    spoken: asOf === undefined ? label : l10n.t('{0}, as of {1}', label, asOf),
    command,
  });
  switch (emptyViewState(snapshot)) {
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
