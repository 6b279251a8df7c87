import * as l10n from '@vscode/l10n';
import type { Elevation } from '../../access/elevation.ts';
import { showInfo } from '../../editor/messages.ts';
import type { DropResult } from '../../state/elevation/drops.ts';
import { elevationOf, type HomeRecord, type WatchdogDrop } from '../../state/elevation/homeRecords.ts';
import { elevationName } from '../../text/elevationName.ts';
import { signIn } from '../login/signIn.ts';
import { showDropResult } from './dropAccess.ts';
import type { ElevateServices } from './services.ts';

/** Why an elevation is dropped without a command of the user. */
export type DropReason =
  'ended' | 'abandoned' | 'misrecorded' | 'idle' | 'loginGone' | 'locked' | 'signedOutThere';

/** Drops an elevation that has reached its end, without a question. */
export async function handleEndReached(services: ElevateServices, elevation: Elevation): Promise<void> {
  const { journal, refresh } = services;
  if (elevation.where.kind === 'mainLogin') {
    refresh.loginMayHaveChanged();
    await showLoginEnded(services, elevation);
    return;
  }
  if (await dropAutomatically(services, elevation, 'ended'))
    await journal.note({ kind: 'ended', id: elevation.requestId, roles: elevation.roles });
}

/** Tells the user that the main login has ended with its elevation. Only one window shows it. */
async function showLoginEnded(services: ElevateServices, elevation: Elevation): Promise<void> {
  const { windows, files, journal } = services;
  const { requestId, roles, certificateEnds } = elevation;
  if (!windows.leads || !(await files.claim(`loginEnded-${requestId}-${String(certificateEnds)}`))) return;
  await journal.note({ kind: 'ended', id: requestId, roles });
  const text = l10n.t('The time of {0} is over, and your login has ended with it.', elevationName(elevation));
  if (await showInfo(text, { title: l10n.t('Sign In'), value: true })) await signIn(services);
}

/**
 * Drops an elevation without a question, and shows the reason and the result.
 * @returns undefined if another window or a watchdog drops it
 */
export async function dropAutomatically(
  services: ElevateServices,
  elevation: Elevation,
  reason: DropReason,
): Promise<DropResult | undefined> {
  const result = await services.drops.drop(elevation);
  if (result) showAutomaticDrop(services, elevation, result, reason);
  return result;
}

/** Drops the elevation of a closed or killed window, also in a home that is only partly filled. */
export async function dropAbandonedHome(
  services: ElevateServices,
  record: HomeRecord,
  reason: DropReason = 'abandoned',
): Promise<void> {
  const result = await services.drops.dropAbandoned(record);
  // The user never saw an elevation in a home that was not ready, so nothing is shown for it.
  if (result && record.state === 'ready') showAutomaticDrop(services, elevationOf(record), result, reason);
}

/** Shows the drop that a watchdog made while no window was open. */
export function showWatchdogDrop(
  services: ElevateServices,
  record: HomeRecord,
  { why, result }: WatchdogDrop,
): void {
  showAutomaticDrop(services, elevationOf(record), result, why === 'ended' ? 'ended' : 'abandoned');
}

function showAutomaticDrop(
  services: ElevateServices,
  elevation: Elevation,
  result: DropResult,
  reason: DropReason,
): void {
  if (elevation.where.kind === 'private') services.terminals.close(elevation.where.home);
  // A lock also ends open connections and makes the approval unusable, so those sentences do not apply.
  const { requestId, at, where } = result;
  const shownResult: DropResult = reason === 'locked' ? { requestId, at, where } : result;
  void showDropResult(
    elevation,
    shownResult,
    dropReasonWords(reason, elevationName(elevation)),
    services.clock.now(),
  );
}

function dropReasonWords(reason: DropReason, name: string): string {
  switch (reason) {
    case 'ended':
      return l10n.t('The time of {0} is over', name);
    case 'abandoned':
      return l10n.t('{0} was left elevated by a window that closed', name);
    case 'misrecorded':
      return l10n.t('{0} was recorded as given back, and was not', name);
    case 'idle':
      return l10n.t('{0} was not needed any more: this window was idle', name);
    case 'loginGone':
      return l10n.t('The login behind {0} was signed out, or is another person now', name);
    case 'locked':
      return l10n.t('{0} was locked on the cluster; your main login is not affected', name);
    case 'signedOutThere':
      return l10n.t('{0} was signed out in its own terminal', name);
  }
}
