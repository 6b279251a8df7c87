import * as l10n from '@vscode/l10n';
import { runningElevations, type Elevation } from '../../access/elevation.ts';
import { forPick, namesForMessage } from '../../access/text/sinks.ts';
import type { Instant } from '../../access/text/untrusted.ts';
import { showInfo, showWarning } from '../../editor/messages.ts';
import { Cancelled } from '../../editor/quickInput.ts';
import type { DropResult } from '../../state/elevation/drops.ts';
import { elevationOf, type WatchdogDrop, type HomeRecord } from '../../state/elevation/homeRecords.ts';
import { dropResultWords } from '../../text/dropResult.ts';
import { confirmEndPrograms } from './confirmEndPrograms.ts';
import { runWithRecovery } from '../login/runWithRecovery.ts';
import { elevationInUse } from '../shared/pickers.ts';
import { openRequest } from '../shared/openRequest.ts';
import { signIn } from '../login/signIn.ts';
import type { CommandTarget } from '../shared/commandTarget.ts';
import type { ElevateServices } from './services.ts';

/** Why an elevation is dropped without a command of the user. */
export type DropReason = 'ended' | 'abandoned' | 'idle' | 'loginGone' | 'locked' | 'signedOutThere';

/** Drops the target, or the elevation that the user picks. */
export async function dropAccess(services: ElevateServices, target?: CommandTarget): Promise<void> {
  await dropAndShow(services, await elevationInUse(services, target, l10n.t('Drop Access')));
}

/** Drops all elevations, of every window and of the main login, and shows the results in one message. */
export async function dropAll(services: ElevateServices): Promise<void> {
  const { store, clock } = services;
  const running = runningElevations(store.snapshot.elevations, clock.now());
  if (running.length === 0) {
    void showInfo(l10n.t('Nothing is elevated.'));
    throw new Cancelled();
  }
  const results: { sentence: string; succeeded: boolean }[] = [];
  for (const elevation of running) {
    await runWithRecovery(services, async () => {
      const result = await confirmAndDrop(services, elevation);
      if (!result) return;
      const sentence = `${elevationName(elevation)}: ${dropResultWords(result, clock.now())}.`;
      results.push({ sentence, succeeded: result.dropFailure === undefined });
    });
  }
  const text = results.map(({ sentence }) => sentence).join(' ');
  const ok = { title: l10n.t('OK'), value: true };
  if (results.length > 0)
    void (results.every(({ succeeded }) => succeeded) ? showInfo(text, ok) : showWarning(text, ok));
}

/** Drops the elevation of a closed terminal. The user is asked before running programs are ended. */
export async function handleTerminalClosed(services: ElevateServices, home: string): Promise<void> {
  const record = services.elevations.record(home);
  // Another window or the watchdog already drops it.
  if ((await services.records.read(home))?.leaving) return;
  if (record?.state === 'ready') await dropAndShow(services, elevationOf(record));
}

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
  const { windows, elevations, journal } = services;
  const { requestId, roles, certificateEnds } = elevation;
  if (!windows.leads || !(await elevations.claim('over', `${requestId}-${String(certificateEnds)}`))) return;
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
  watchdogDrop: WatchdogDrop,
): void {
  const { why, at, notTold, unsure, openUntil, reusableUntil } = watchdogDrop;
  const result: DropResult = {
    requestId: record.requestId,
    at,
    where: 'private',
    ...(notTold ? { dropFailure: { kind: unsure ?? 'unreachable' } } : {}),
    ...(openUntil === undefined ? {} : { openUntil }),
    ...(reusableUntil === undefined ? {} : { reusableUntil }),
  };
  showAutomaticDrop(services, elevationOf(record), result, why === 'ended' ? 'ended' : 'abandoned');
}

async function dropAndShow(services: ElevateServices, elevation: Elevation): Promise<void> {
  const result = await confirmAndDrop(services, elevation);
  if (result) void showResult(elevation, result, elevationName(elevation), services.clock.now());
}

async function confirmAndDrop(
  services: ElevateServices,
  elevation: Elevation,
): Promise<DropResult | undefined> {
  const roleNames = elevation.roles.map(forPick).join(', ') || elevation.requestId;
  const result = await services.drops.drop(elevation, (programs) => confirmEndPrograms(roleNames, programs));
  if (result && elevation.where.kind === 'private') services.terminals.close(elevation.where.home);
  return result;
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
  void showResult(
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

/** Shows the result of a drop. The button makes VS Code show the full text and keep the message. */
async function showResult(
  elevation: Elevation,
  result: DropResult,
  subject: string,
  now: Instant,
): Promise<void> {
  const text = l10n.t('{0}: {1}.', subject, dropResultWords(result, now));
  const openButton = { title: l10n.t('Open Request'), value: true };
  if (await (result.dropFailure ? showWarning(text, openButton) : showInfo(text, openButton)))
    await openRequest(elevation.requestId);
}

/** An elevation's name for a message: its roles, or the id of the request if a role is not a plain name. */
export const elevationName = ({ roles, requestId }: Elevation): string => namesForMessage(roles) ?? requestId;
