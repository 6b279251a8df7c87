import * as l10n from '@vscode/l10n';
import { running, type Elevation } from '../../access/elevation.ts';
import { forPick, namesForMessage } from '../../access/text/sinks.ts';
import type { Instant } from '../../access/text/foreign.ts';
import { tell, warn } from '../../editor/messages.ts';
import { Left } from '../../editor/quickInput.ts';
import type { GivenBack } from '../../state/elevation/giveBack.ts';
import { elevationOf, type Account, type HomeRecord } from '../../state/elevation/homeRecords.ts';
import { givenBackWords } from '../../text/givenBack.ts';
import { askToEnd } from './confirmEndPrograms.ts';
import { attempt } from '../login/runWithRecovery.ts';
import { inUse } from '../shared/pickers.ts';
import { openRequest } from '../shared/openRequest.ts';
import { signIn } from '../login/signIn.ts';
import type { Target } from '../shared/commandTarget.ts';
import type { Tools } from '../shared/services.ts';

/** Why an elevation is given back when nobody asked for it. */
export type Occasion = 'ended' | 'left' | 'idle' | 'loginGone' | 'locked' | 'signedOutThere';

/** Gives an elevation back, on command. */
export async function dropAccess(tools: Tools, target?: Target): Promise<void> {
  await drop(tools, await inUse(tools, target, l10n.t('Drop Access')));
}

/** Gives everything back, in every window and in the whole login; what each means is said in one message. */
export async function dropAll(tools: Tools): Promise<void> {
  const { store, clock } = tools;
  const all = running(store.snapshot.elevations, clock.now());
  if (all.length === 0) {
    void tell(l10n.t('Nothing is elevated.'));
    throw new Left();
  }
  const done: { said: string; told: boolean }[] = [];
  for (const elevation of all) {
    await attempt(tools, async () => {
      const given = await giveBack(tools, elevation);
      if (!given) return;
      const said = `${nameOf(elevation)}: ${givenBackWords(given, clock.now())}.`;
      done.push({ said, told: given.notTold === undefined });
    });
  }
  const text = done.map(({ said }) => said).join(' ');
  const ok = { title: l10n.t('OK'), means: true };
  if (done.length > 0) void (done.every(({ told }) => told) ? tell(text, ok) : warn(text, ok));
}

/** Gives back what a closed terminal held. The person is there: what still runs is named first. */
export async function terminalClosed(tools: Tools, home: string): Promise<void> {
  const record = tools.elevations.record(home);
  // Another window or the watchdog ended it.
  if ((await tools.records.one(home))?.leaving) return;
  if (record?.state === 'ready') await drop(tools, elevationOf(record));
}

/** The end has come: nobody is asked. */
export async function endReached(tools: Tools, elevation: Elevation): Promise<void> {
  const { journal, refresh } = tools;
  if (elevation.where.kind === 'everyday') {
    refresh.loginMayHaveChanged();
    await sayLoginOver(tools, elevation);
    return;
  }
  if (await giveBackUnasked(tools, elevation, 'ended'))
    await journal.note({ kind: 'ended', id: elevation.requestId, roles: elevation.roles });
}

/** A whole login ends with what was assumed in it; one window says so. */
async function sayLoginOver(tools: Tools, elevation: Elevation): Promise<void> {
  const { windows, elevations, journal } = tools;
  const { requestId, roles, certificateEnds } = elevation;
  if (!windows.leads || !(await elevations.first('over', `${requestId}-${String(certificateEnds)}`))) return;
  await journal.note({ kind: 'ended', id: requestId, roles });
  const text = l10n.t('The time of {0} is over, and your login has ended with it.', nameOf(elevation));
  if (await tell(text, { title: l10n.t('Sign In'), means: true })) await signIn(tools);
}

/** Gives a private home back without a question, and says why and what that means. */
export async function giveBackUnasked(
  tools: Tools,
  elevation: Elevation,
  why: Occasion,
): Promise<GivenBack | undefined> {
  const given = await tools.giveBack.run(elevation);
  if (given) sayUnasked(tools, elevation, given, why);
  return given;
}

/** Gives back what a closed or killed window left, also a home that is only half filled, and says so. */
export async function giveBackLeft(tools: Tools, record: HomeRecord, why: Occasion = 'left'): Promise<void> {
  const given = await tools.giveBack.leftBehind(record);
  // One that was never filled was never elevated for anybody to see.
  if (given && record.state === 'ready') sayUnasked(tools, elevationOf(record), given, why);
}

/** Says what a watchdog did while no window was there. */
export function sayAccount(tools: Tools, record: HomeRecord, account: Account): void {
  const { why, at, notTold, unsure, openUntil, reusableUntil } = account;
  const given: GivenBack = {
    requestId: record.requestId,
    at,
    where: 'private',
    ...(notTold ? { notTold: { kind: unsure ?? 'unreachable' } } : {}),
    ...(openUntil === undefined ? {} : { openUntil }),
    ...(reusableUntil === undefined ? {} : { reusableUntil }),
  };
  sayUnasked(tools, elevationOf(record), given, why === 'ended' ? 'ended' : 'left');
}

async function drop(tools: Tools, elevation: Elevation): Promise<void> {
  const given = await giveBack(tools, elevation);
  if (given) void say(elevation, given, nameOf(elevation), tools.clock.now());
}

async function giveBack(tools: Tools, elevation: Elevation): Promise<GivenBack | undefined> {
  const what = elevation.roles.map(forPick).join(', ') || elevation.requestId;
  const given = await tools.giveBack.run(elevation, (programs) => askToEnd(what, programs));
  if (given && elevation.where.kind === 'private') tools.terminals.close(elevation.where.home);
  return given;
}

function sayUnasked(tools: Tools, elevation: Elevation, given: GivenBack, why: Occasion): void {
  if (elevation.where.kind === 'private') tools.terminals.close(elevation.where.home);
  // A lock cuts what is open, and keeps the approval from being used again.
  const { requestId, at, where } = given;
  const meant: GivenBack = why === 'locked' ? { requestId, at, where } : given;
  void say(elevation, meant, occasionWords(why, nameOf(elevation)), tools.clock.now());
}

function occasionWords(why: Occasion, what: string): string {
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
      return l10n.t('{0} was locked on the cluster; your everyday login is not affected', what);
    case 'signedOutThere':
      return l10n.t('{0} was signed out in its own terminal', what);
  }
}

/** Says what giving back means. With a button the whole sentence is shown, and stays. */
async function say(elevation: Elevation, given: GivenBack, about: string, now: Instant): Promise<void> {
  const text = l10n.t('{0}: {1}.', about, givenBackWords(given, now));
  const open = { title: l10n.t('Open Request'), means: true };
  if (await (given.notTold ? warn(text, open) : tell(text, open))) await openRequest(elevation.requestId);
}

/** An elevation's name for a message: its roles, or the request's id where one of them is not plain. */
export const nameOf = ({ roles, requestId }: Elevation): string => namesForMessage(roles) ?? requestId;
