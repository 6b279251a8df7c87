import * as l10n from '@vscode/l10n';
import {
  availableActions,
  mayTry,
  type ElevationAction,
  type RequestAction,
} from '../../access/availableActions.ts';
import { endOf, samePlace, type Elevation } from '../../access/elevation.ts';
import { forPick, namesForPick } from '../../access/untrusted/sinks.ts';
import { subjects, type AccessRequest } from '../../access/request.ts';
import { showInfo } from '../../editor/messages.ts';
import { Cancelled, pickOne, type Choice } from '../../editor/quickInput.ts';
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

/** How a picker asks. */
export interface PickerWords {
  readonly title: string;
  /** Shown if the action is possible with nothing. */
  readonly noneText: string;
}

/**
 * The target of a command. Without a target the user picks one of the requests with which the action is
 * possible.
 * @param alwaysAsk also asks if there is only one such request. Callers set it when they assume the request
 *   without another question, because a task or another extension can also call a command.
 * @throws Cancelled if there is none, or if the user closes the pick
 */
export async function chooseRequest(
  services: SharedServices,
  target: CommandTarget | undefined,
  action: RequestAction,
  { title, noneText }: PickerWords,
  alwaysAsk = false,
): Promise<AccessRequest> {
  const { store, refresh, clock } = services;
  if (target)
    return store.snapshot.requests?.find(({ id }) => id === target.id) ?? (await refresh.show(target.id));
  await refresh.refreshNow();
  const now = clock.now();
  const choices = availableActions(store.snapshot, now)
    .requests.filter(({ obstacles }) => mayTry(obstacles[action]))
    .map(({ request }): Choice<AccessRequest> => ({
      label: namesForPick(subjects(request)),
      description: l10n.t('{0}, until {1}', forPick(request.user), atTime(request.grantEnds, now)),
      ...(request.reason ? { detail: forPick(request.reason) } : {}),
      value: request,
    }));
  return chooseOne(title, choices, noneText, alwaysAsk);
}

/** An approved request of the user that is not in use. `alwaysAsk` as for `chooseRequest`. */
export const chooseReadyRequest = (
  services: SharedServices,
  target: CommandTarget | undefined,
  alwaysAsk = false,
): Promise<AccessRequest> =>
  chooseRequest(
    services,
    target,
    'use',
    { title: l10n.t('Use Access'), noneText: l10n.t('Nothing approved waits to be used.') },
    alwaysAsk,
  );

/** The running elevations with which an action is possible: those that the target names, or all of them. */
export function elevationsFor(
  { store, clock }: SharedServices,
  target: CommandTarget | undefined,
  action: ElevationAction,
): Elevation[] {
  return availableActions(store.snapshot, clock.now())
    .elevations.filter(({ obstacles }) => mayTry(obstacles[action]))
    .map(({ elevation }) => elevation)
    .filter(({ where, requestId }) =>
      target?.elevation ? samePlace(where, target.elevation.where) : !target || requestId === target.id,
    );
}

/**
 * One of the running elevations with which an action is possible; the user picks if several fit.
 * @throws Cancelled if there is none, or if the user closes the pick
 */
export function chooseElevation(
  services: SharedServices,
  target: CommandTarget | undefined,
  action: ElevationAction,
  { title, noneText }: PickerWords,
): Promise<Elevation> {
  const now = services.clock.now();
  const choices = elevationsFor(services, target, action).map((elevation): Choice<Elevation> => ({
    label: namesForPick(elevation.roles) || elevation.requestId,
    description: l10n.t('ends in {0}', span(Math.ceil((endOf(elevation).at - now) / 60_000))),
    detail:
      elevation.where.kind === 'mainLogin' ? l10n.t('in the main login') : l10n.t('in an elevated terminal'),
    value: elevation,
  }));
  return chooseOne(title, choices, noneText);
}
