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

/** How a picker asks. */
export interface PickerWords {
  readonly title: string;
  /** Shown if the action is possible with nothing. */
  readonly noneText: string;
  /**
   * Whether Enter takes the only entry. Only giving back sets it: it harms nobody, and it must be quick. With
   * everything else Enter takes nothing until the user has chosen, because a task, a keybinding or another
   * extension can open the pick while the user types something else.
   */
  readonly enterTakesOnly?: boolean;
}

/**
 * Lets the user pick one entry, also the only one: the pick names it, and that is the user's consent.
 * @throws Cancelled if there is no entry, or if the user closes the pick
 */
async function chooseOne<T>(
  choices: readonly Choice<T>[],
  { title, noneText, enterTakesOnly = false }: PickerWords,
): Promise<T> {
  if (choices.length === 0) {
    void showInfo(noneText);
    throw new Cancelled();
  }
  const isSelected = (): boolean => enterTakesOnly && choices.length === 1;
  const placeholder = isSelected()
    ? l10n.t('Press Enter, or choose it')
    : l10n.t('Which one? Choose it with an arrow key, a letter or the mouse');
  return pickOne({ title }, { choices, placeholder, isSelected });
}

/**
 * The target of a command. Without a target the user picks one of the requests with which the action is
 * possible, also the only one.
 * @throws Cancelled if there is none, or if the user closes the pick
 */
export async function chooseRequest(
  services: SharedServices,
  target: CommandTarget | undefined,
  action: RequestAction,
  words: PickerWords,
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
  return chooseOne(choices, words);
}

/** An approved request of the user that is not in use, see `chooseRequest`. */
export const chooseReadyRequest = (
  services: SharedServices,
  target: CommandTarget | undefined,
): Promise<AccessRequest> =>
  chooseRequest(services, target, 'use', {
    title: l10n.t('Use Access'),
    noneText: l10n.t('Nothing approved waits to be used.'),
  });

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
 * The running elevation that the target names, if the action is possible with it. Without a target, or if the
 * request of the target is in use twice, the user picks one, also the only one.
 * @param detailOf what the action would do with an elevation; where it is in use by default
 * @throws Cancelled if there is none, or if the user closes the pick
 */
export async function chooseElevation(
  services: SharedServices,
  target: CommandTarget | undefined,
  action: ElevationAction,
  words: PickerWords,
  detailOf: (elevation: Elevation) => string = placeWords,
): Promise<Elevation> {
  const now = services.clock.now();
  const fitting = elevationsFor(services, target, action);
  if (target && fitting[0] && fitting.length === 1) return fitting[0];
  const choices = fitting.map((elevation): Choice<Elevation> => ({
    label: namesForPick(elevation.roles) || elevation.requestId,
    description: l10n.t('ends in {0}', span(Math.ceil((endOf(elevation).at - now) / 60_000))),
    detail: detailOf(elevation),
    value: elevation,
  }));
  return chooseOne(choices, words);
}

const placeWords = ({ where }: Elevation): string =>
  where.kind === 'mainLogin' ? l10n.t('in the main login') : l10n.t('in an elevated terminal');
