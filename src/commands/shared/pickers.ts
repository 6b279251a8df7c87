import * as l10n from '@vscode/l10n';
import { endOf, isReady, runningElevations, samePlace, type Elevation } from '../../access/elevation.ts';
import { forPick, namesForPick } from '../../access/untrusted/sinks.ts';
import { isOpen, subjects, type AccessRequest } from '../../access/request.ts';
import { showInfo } from '../../editor/messages.ts';
import { Cancelled, pickOne, type Choice } from '../../editor/quickInput.ts';
import { signedInUser } from '../../state/store.ts';
import { atTime, span } from '../../text/time.ts';
import type { CommandTarget } from './commandTarget.ts';
import type { SharedServices } from './services.ts';

/**
 * Lets the user pick one entry. The only entry is returned without a question.
 * @param noneText the message if there is no entry
 * @param alwaysAsk also asks if there is only one entry
 * @throws Cancelled if there is no entry, or if the user closes the pick
 */
async function chooseOne<T>(
  title: string,
  choices: readonly Choice<T>[],
  noneText: string,
  alwaysAsk = false,
): Promise<T> {
  const [only, ...others] = choices;
  if (!only) {
    void showInfo(noneText);
    throw new Cancelled();
  }
  if (others.length === 0 && !alwaysAsk) return only.value;
  return pickOne({ title }, { choices, placeholder: l10n.t('Which one?') });
}

/** The target of a command. Without a target the user picks one of the requests that match. */
async function requestFor(
  services: SharedServices,
  target: CommandTarget | undefined,
  matches: (request: AccessRequest) => boolean,
  title: string,
  noneText: string,
  alwaysAsk = false,
): Promise<AccessRequest> {
  const { store, refresh, clock } = services;
  if (target)
    return store.snapshot.requests?.find(({ id }) => id === target.id) ?? (await refresh.show(target.id));
  await refresh.refreshNow();
  const now = clock.now();
  const choices = (store.snapshot.requests ?? []).filter(matches).map((request): Choice<AccessRequest> => ({
    label: namesForPick(subjects(request)),
    description: l10n.t('{0}, until {1}', forPick(request.user), atTime(request.grantEnds, now)),
    ...(request.reason ? { detail: forPick(request.reason) } : {}),
    value: request,
  }));
  return chooseOne(title, choices, noneText, alwaysAsk);
}

/**
 * One of the user's own requests that is approved and not in use.
 * @param alwaysAsk also asks if there is only one such request. Callers set it when they assume the request
 *   without another question, because a task or another extension can also call a command.
 */
export function usableRequest(
  services: SharedServices,
  target: CommandTarget | undefined,
  alwaysAsk = false,
): Promise<AccessRequest> {
  const { store, clock } = services;
  const matches = (request: AccessRequest): boolean =>
    isReady(request, signedInUser(store.snapshot), store.snapshot.elevations, clock.now());
  const noneText = l10n.t('Nothing approved waits to be used.');
  return requestFor(services, target, matches, l10n.t('Use Access'), noneText, alwaysAsk);
}

/** A pending request of another user that this user has not reviewed. */
export function reviewableRequest(
  services: SharedServices,
  target: CommandTarget | undefined,
  title: string,
): Promise<AccessRequest> {
  const { store, clock } = services;
  const matches = (request: AccessRequest): boolean =>
    request.user !== signedInUser(store.snapshot) &&
    isOpen(request, clock.now()) &&
    !request.reviews.some(({ author }) => author === signedInUser(store.snapshot));
  return requestFor(services, target, matches, title, l10n.t('Nothing waits for a review.'));
}

/** One of the user's own pending requests. */
export function pendingRequest(
  services: SharedServices,
  target: CommandTarget | undefined,
  title: string,
): Promise<AccessRequest> {
  const { store, clock } = services;
  const matches = (request: AccessRequest): boolean =>
    request.user === signedInUser(store.snapshot) && isOpen(request, clock.now());
  return requestFor(services, target, matches, title, l10n.t('None of your requests waits for a decision.'));
}

/** Any request, to open its page or to copy its id. */
export function anyRequest(
  services: SharedServices,
  target: CommandTarget | undefined,
  title: string,
): Promise<AccessRequest> {
  return requestFor(services, target, () => true, title, l10n.t('There are no requests.'));
}

/** The running elevations that the target names; all of them without a target. */
function matchingElevations(
  { store, clock }: SharedServices,
  target: CommandTarget | undefined,
): Elevation[] {
  const running = runningElevations(store.snapshot.elevations, clock.now());
  return target?.elevation
    ? running.filter(({ where }) => samePlace(where, target.elevation?.where))
    : running.filter(({ requestId }) => !target || requestId === target.id);
}

/** The matching elevations that have terminals in this window. */
const matchingInTerminals = (services: SharedServices, target: CommandTarget | undefined): Elevation[] =>
  matchingElevations(services, target).filter(({ where, here }) => where.kind === 'private' && here);

/** Whether a matching elevation runs in terminals of this window. */
export const hasElevationInTerminals = (services: SharedServices, target?: CommandTarget): boolean =>
  matchingInTerminals(services, target).length > 0;

/** One of the running elevations; the user picks if several match. */
export function elevationInUse(
  services: SharedServices,
  target: CommandTarget | undefined,
  title: string,
): Promise<Elevation> {
  return chooseElevation(services, matchingElevations(services, target), title);
}

/** One of the elevations that run in terminals of this window; the user picks if several match. */
export function elevationInTerminals(
  services: SharedServices,
  target: CommandTarget | undefined,
  title: string,
  matches: (elevation: Elevation) => boolean = () => true,
  noneText = l10n.t('No terminal is elevated.'),
): Promise<Elevation> {
  return chooseElevation(services, matchingInTerminals(services, target).filter(matches), title, noneText);
}

function chooseElevation(
  { clock }: SharedServices,
  elevations: readonly Elevation[],
  title: string,
  noneText = l10n.t('Nothing is elevated.'),
): Promise<Elevation> {
  const choices = elevations.map((elevation): Choice<Elevation> => ({
    label: namesForPick(elevation.roles) || elevation.requestId,
    description: l10n.t('ends in {0}', span(Math.ceil((endOf(elevation).at - clock.now()) / 60_000))),
    detail:
      elevation.where.kind === 'mainLogin' ? l10n.t('in the main login') : l10n.t('in an elevated terminal'),
    value: elevation,
  }));
  return chooseOne(title, choices, noneText);
}
