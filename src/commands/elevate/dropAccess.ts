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
import { inUse } from '../shared/pickers.ts';
import { openRequest } from '../shared/openRequest.ts';
import { signIn } from '../login/signIn.ts';
import type { CommandTarget } from '../shared/commandTarget.ts';
import type { ElevateServices } from './services.ts';

/** Why an elevation is given back when nobody asked for it. */
export type DropReason = 'ended' | 'left' | 'idle' | 'loginGone' | 'locked' | 'signedOutThere';

/** Gives an elevation back, on command. */
export async function dropAccess(services: ElevateServices, target?: CommandTarget): Promise<void> {
  await drop(services, await inUse(services, target, l10n.t('Drop Access')));
}

/** Gives everything back, in every window and in the main login; what each means is said in one message. */
export async function dropAll(services: ElevateServices): Promise<void> {
  const { store, clock } = services;
  const all = runningElevations(store.snapshot.elevations, clock.now());
  if (all.length === 0) {
    void showInfo(l10n.t('Nothing is elevated.'));
    throw new Cancelled();
  }
  const done: { said: string; told: boolean }[] = [];
  for (const elevation of all) {
    await runWithRecovery(services, async () => {
      const given = await giveBack(services, elevation);
      if (!given) return;
      const said = `${elevationName(elevation)}: ${dropResultWords(given, clock.now())}.`;
      done.push({ said, told: given.dropFailure === undefined });
    });
  }
  const text = done.map(({ said }) => said).join(' ');
  const ok = { title: l10n.t('OK'), value: true };
  if (done.length > 0) void (done.every(({ told }) => told) ? showInfo(text, ok) : showWarning(text, ok));
}

/** Gives back what a closed terminal held. The person is there: what still runs is named first. */
export async function terminalClosed(services: ElevateServices, home: string): Promise<void> {
  const record = services.elevations.record(home);
  // Another window or the watchdog ended it.
  if ((await services.records.read(home))?.leaving) return;
  if (record?.state === 'ready') await drop(services, elevationOf(record));
}

/** The end has come: nobody is asked. */
export async function endReached(services: ElevateServices, elevation: Elevation): Promise<void> {
  const { journal, refresh } = services;
  if (elevation.where.kind === 'mainLogin') {
    refresh.loginMayHaveChanged();
    await sayLoginOver(services, elevation);
    return;
  }
  if (await dropUnasked(services, elevation, 'ended'))
    await journal.note({ kind: 'ended', id: elevation.requestId, roles: elevation.roles });
}

/** A main login ends with what was assumed in it; one window says so. */
async function sayLoginOver(services: ElevateServices, elevation: Elevation): Promise<void> {
  const { windows, elevations, journal } = services;
  const { requestId, roles, certificateEnds } = elevation;
  if (!windows.leads || !(await elevations.claim('over', `${requestId}-${String(certificateEnds)}`))) return;
  await journal.note({ kind: 'ended', id: requestId, roles });
  const text = l10n.t('The time of {0} is over, and your login has ended with it.', elevationName(elevation));
  if (await showInfo(text, { title: l10n.t('Sign In'), value: true })) await signIn(services);
}

/** Gives a private home back without a question, and says why and what that means. */
export async function dropUnasked(
  services: ElevateServices,
  elevation: Elevation,
  why: DropReason,
): Promise<DropResult | undefined> {
  const given = await services.drops.drop(elevation);
  if (given) sayUnasked(services, elevation, given, why);
  return given;
}

/** Gives back what a closed or killed window left, also a home that is only half filled, and says so. */
export async function dropLeftBehind(
  services: ElevateServices,
  record: HomeRecord,
  why: DropReason = 'left',
): Promise<void> {
  const given = await services.drops.dropAbandoned(record);
  // One that was never filled was never elevated for anybody to see.
  if (given && record.state === 'ready') sayUnasked(services, elevationOf(record), given, why);
}

/** Says what a watchdog did while no window was there. */
export function showWatchdogDrop(services: ElevateServices, record: HomeRecord, account: WatchdogDrop): void {
  const { why, at, notTold, unsure, openUntil, reusableUntil } = account;
  const given: DropResult = {
    requestId: record.requestId,
    at,
    where: 'private',
    ...(notTold ? { dropFailure: { kind: unsure ?? 'unreachable' } } : {}),
    ...(openUntil === undefined ? {} : { openUntil }),
    ...(reusableUntil === undefined ? {} : { reusableUntil }),
  };
  sayUnasked(services, elevationOf(record), given, why === 'ended' ? 'ended' : 'left');
}

async function drop(services: ElevateServices, elevation: Elevation): Promise<void> {
  const given = await giveBack(services, elevation);
  if (given) void say(elevation, given, elevationName(elevation), services.clock.now());
}

async function giveBack(services: ElevateServices, elevation: Elevation): Promise<DropResult | undefined> {
  const what = elevation.roles.map(forPick).join(', ') || elevation.requestId;
  const given = await services.drops.drop(elevation, (programs) => confirmEndPrograms(what, programs));
  if (given && elevation.where.kind === 'private') services.terminals.close(elevation.where.home);
  return given;
}

function sayUnasked(
  services: ElevateServices,
  elevation: Elevation,
  given: DropResult,
  why: DropReason,
): void {
  if (elevation.where.kind === 'private') services.terminals.close(elevation.where.home);
  // A lock cuts what is open, and keeps the approval from being used again.
  const { requestId, at, where } = given;
  const meant: DropResult = why === 'locked' ? { requestId, at, where } : given;
  void say(elevation, meant, occasionWords(why, elevationName(elevation)), services.clock.now());
}

function occasionWords(why: DropReason, what: string): string {
  switch (why) {
    case 'ended':
      return l10n.t('The time of {0} is over', what);
    case 'left':
      return l10n.t('{0} was left elevated by a window that closed', what);
    case 'idle':
      return l10n.t('{0} was not needed any more: this window was idle', what);
    case 'loginGone':
      return l10n.t('The login behind {0} was signed out, or is another person now', what);
    case 'locked':
      return l10n.t('{0} was locked on the cluster; your main login is not affected', what);
    case 'signedOutThere':
      return l10n.t('{0} was signed out in its own terminal', what);
  }
}

/** Says what giving back means. With a button the whole sentence is shown, and stays. */
async function say(elevation: Elevation, given: DropResult, about: string, now: Instant): Promise<void> {
  const text = l10n.t('{0}: {1}.', about, dropResultWords(given, now));
  const open = { title: l10n.t('Open Request'), value: true };
  if (await (given.dropFailure ? showWarning(text, open) : showInfo(text, open)))
    await openRequest(elevation.requestId);
}

/** An elevation's name for a message: its roles, or the request's id where one of them is not plain. */
export const elevationName = ({ roles, requestId }: Elevation): string => namesForMessage(roles) ?? requestId;
