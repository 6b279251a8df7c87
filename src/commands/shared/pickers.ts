import * as l10n from '@vscode/l10n';
import { endOf, isReady, runningElevations, samePlace, type Elevation } from '../../access/elevation.ts';
import { forPick } from '../../access/text/sinks.ts';
import { isOpen, subjects, type AccessRequest } from '../../access/request.ts';
import type { Untrusted } from '../../access/text/untrusted.ts';
import { showInfo } from '../../editor/messages.ts';
import { back, Cancelled, pickOne, type Choice } from '../../editor/quickInput.ts';
import { signedInUser } from '../../state/store.ts';
import { atTime, span } from '../../text/time.ts';
import type { CommandTarget } from './commandTarget.ts';
import type { SharedServices } from './services.ts';

const names = (list: readonly Untrusted[]): string => list.map(forPick).join(', ');

/**
 * One of several, the only one without asking.
 * @param always asks even then
 * @throws Left, after saying so when there is none
 */
async function chooseOne<T>(
  title: string,
  choices: readonly Choice<T>[],
  none: string,
  always = false,
): Promise<T> {
  const [only, ...others] = choices;
  if (!only) {
    void showInfo(none);
    throw new Cancelled();
  }
  if (others.length === 0 && !always) return only.value;
  const answer = await pickOne({ title }, { choices, placeholder: l10n.t('Which one?') });
  if (answer === back) throw new Cancelled();
  return answer;
}

/** The request a command is about: the one pressed on, else one of those that fit. */
async function requestFor(
  services: SharedServices,
  target: CommandTarget | undefined,
  fits: (request: AccessRequest) => boolean,
  title: string,
  none: string,
  always = false,
): Promise<AccessRequest> {
  const { store, refresh, clock } = services;
  if (target)
    return store.snapshot.requests?.find(({ id }) => id === target.id) ?? (await refresh.show(target.id));
  await refresh.refreshNow();
  const now = clock.now();
  const choices = (store.snapshot.requests ?? []).filter(fits).map((request): Choice<AccessRequest> => ({
    label: names(subjects(request)),
    description: l10n.t('{0}, until {1}', forPick(request.user), atTime(request.grantEnds, now)),
    ...(request.reason ? { detail: forPick(request.reason) } : {}),
    value: request,
  }));
  return chooseOne(title, choices, none, always);
}

/**
 * One of the own requests that is approved and not in use.
 * @param always asks also when there is only one: what follows assumes it without another question, and a task or
 *   another extension can call a command as well as a person
 */
export function usableRequest(
  services: SharedServices,
  target: CommandTarget | undefined,
  always = false,
): Promise<AccessRequest> {
  const { store, clock } = services;
  const fits = (request: AccessRequest): boolean =>
    isReady(request, signedInUser(store.snapshot), store.snapshot.elevations, clock.now());
  const none = l10n.t('Nothing approved waits to be used.');
  return requestFor(services, target, fits, l10n.t('Use Access'), none, always);
}

/** A colleague's open request that this person has not reviewed. */
export function reviewableRequest(
  services: SharedServices,
  target: CommandTarget | undefined,
  title: string,
): Promise<AccessRequest> {
  const { store, clock } = services;
  const fits = (request: AccessRequest): boolean =>
    request.user !== signedInUser(store.snapshot) &&
    isOpen(request, clock.now()) &&
    !request.reviews.some(({ author }) => author === signedInUser(store.snapshot));
  return requestFor(services, target, fits, title, l10n.t('Nothing waits for a review.'));
}

/** One of the own requests that wait for a decision. */
export function pendingRequest(
  services: SharedServices,
  target: CommandTarget | undefined,
  title: string,
): Promise<AccessRequest> {
  const { store, clock } = services;
  const fits = (request: AccessRequest): boolean =>
    request.user === signedInUser(store.snapshot) && isOpen(request, clock.now());
  return requestFor(services, target, fits, title, l10n.t('None of your requests waits for a decision.'));
}

/** Any request, for opening its page or copying its id. */
export function anyRequest(
  services: SharedServices,
  target: CommandTarget | undefined,
  title: string,
): Promise<AccessRequest> {
  return requestFor(services, target, () => true, title, l10n.t('There are no requests.'));
}

/** The elevations in use that a command can be about. */
function meant({ store, clock }: SharedServices, target: CommandTarget | undefined): Elevation[] {
  const all = runningElevations(store.snapshot.elevations, clock.now());
  return target?.elevation
    ? all.filter(({ where }) => samePlace(where, target.elevation?.where))
    : all.filter(({ requestId }) => !target || requestId === target.id);
}

/** The ones of them that have terminals in this window. */
const meantInTerminals = (services: SharedServices, target: CommandTarget | undefined): Elevation[] =>
  meant(services, target).filter(({ where, here }) => where.kind === 'private' && here);

/** Whether there is any in use in terminals of this window. */
export const someInTerminals = (services: SharedServices, target?: CommandTarget): boolean =>
  meantInTerminals(services, target).length > 0;

/** One of the elevations in use. */
export function inUse(
  services: SharedServices,
  target: CommandTarget | undefined,
  title: string,
): Promise<Elevation> {
  return chooseElevation(services, meant(services, target), title);
}

/** One of the elevations in use in terminals of this window. */
export function inTerminals(
  services: SharedServices,
  target: CommandTarget | undefined,
  title: string,
  fits: (elevation: Elevation) => boolean = () => true,
  none = l10n.t('No terminal is elevated.'),
): Promise<Elevation> {
  return chooseElevation(services, meantInTerminals(services, target).filter(fits), title, none);
}

function chooseElevation(
  { clock }: SharedServices,
  elevations: readonly Elevation[],
  title: string,
  none = l10n.t('Nothing is elevated.'),
): Promise<Elevation> {
  const choices = elevations.map((elevation): Choice<Elevation> => ({
    label: names(elevation.roles) || elevation.requestId,
    description: l10n.t('ends in {0}', span(Math.ceil((endOf(elevation).at - clock.now()) / 60_000))),
    detail:
      elevation.where.kind === 'mainLogin' ? l10n.t('in the main login') : l10n.t('in an elevated terminal'),
    value: elevation,
  }));
  return chooseOne(title, choices, none);
}
