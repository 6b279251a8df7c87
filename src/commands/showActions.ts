import * as l10n from '@vscode/l10n';
import {
  availableActions,
  type ElevationAction,
  type ElevationActions,
  type RequestActions,
} from '../access/availableActions.ts';
import { forPick, namesForPick } from '../access/untrusted/sinks.ts';
import type { Elevation } from '../access/elevation.ts';
import { subjects, type AccessRequest } from '../access/request.ts';
import type { Instant } from '../access/untrusted/untrusted.ts';
import { pickOne, type Choice } from '../editor/quickInput.ts';
import type { Snapshot } from '../state/store.ts';
import type { CommandId } from './shared/commandIds.ts';
import { runCommand, type CommandArgument } from './shared/runCommand.ts';
import type { CommandServices } from './services.ts';

/** A command with its argument. */
type Call = readonly [id: CommandId, argument?: CommandArgument];

/**
 * Shows the pick of the status bar item with the actions that are possible now, and runs the picked one.
 * @param isOfStatusBar whether the user pressed the status bar item. Enter then takes the first action.
 * @throws Cancelled
 */
export async function showActions({ store, clock }: CommandServices, isOfStatusBar: boolean): Promise<void> {
  const choices = actionChoices(store.snapshot, clock.now());
  const isSelected = (call: Call): boolean => isOfStatusBar && call === choices[0]?.value;
  const placeholder = l10n.t('What next?');
  const call = await pickOne({ title: 'JIT Access' }, { choices, placeholder, isSelected });
  await runCommand(...call);
}

function choice(
  icon: string,
  label: string,
  id: CommandId,
  description = '',
  argument?: CommandArgument,
): Choice<Call> {
  return {
    label: `$(${icon}) ${label}`,
    ...(description === '' ? {} : { description }),
    value: argument ? [id, argument] : [id],
  };
}

/** The choices for an elevation, the most urgent first. */
function elevationChoices({ elevation, obstacles }: ElevationActions): Choice<Call>[] {
  const argument = { target: { id: elevation.requestId, elevation } };
  const choicesFor = (action: ElevationAction, icon: string, label: string, id: CommandId): Choice<Call>[] =>
    obstacles[action] === undefined ? [choice(icon, label, id, namesForPick(elevation.roles), argument)] : [];
  return [
    ...choicesFor('terminal', 'terminal', l10n.t('Open Elevated Terminal'), 'jitAccess.openElevatedTerminal'),
    ...kubeClusterLabels(elevation).flatMap(([icon, label, id]) =>
      choicesFor('kubeCluster', icon, label, id),
    ),
    ...choicesFor('continue', 'debug-continue', l10n.t('Continue Access'), 'jitAccess.continueAccess'),
    ...choicesFor('drop', 'lock', l10n.t('Drop Access'), 'jitAccess.dropAccess'),
    ...choicesFor('open', 'file', l10n.t('Open Request'), 'jitAccess.openRequest'),
    ...choicesFor('terminal', 'play', l10n.t('Run in Elevated Terminal…'), 'jitAccess.runInElevatedTerminal'),
    ...choicesFor('terminal', 'copy', l10n.t('Copy Environment'), 'jitAccess.copyEnvironment'),
  ];
}

/** The two ways to end a mismatch of kubectl's cluster; empty without a mismatch. */
function kubeClusterLabels({ kube, mismatch }: Elevation): (readonly [string, string, CommandId])[] {
  if (kube === undefined || mismatch === undefined) return [];
  return [
    ['discard', l10n.t('Point kubectl at {0} Again', forPick(kube)), 'jitAccess.pointKubectlBack'],
    ['check', l10n.t('Keep kubectl at {0}', forPick(mismatch)), 'jitAccess.keepKubernetesCluster'],
  ];
}

/** The choices for the user's own requests that are ready, then for those that are pending. */
function requestChoices(requests: readonly RequestActions[]): Choice<Call>[] {
  const choiceFor = (request: AccessRequest, icon: string, label: string, command: CommandId) =>
    choice(icon, label, command, namesForPick(subjects(request)), { target: { id: request.id } });
  return [
    ...requests
      .filter(({ obstacles }) => obstacles.use === undefined)
      .map(({ request }) => choiceFor(request, 'unlock', l10n.t('Use Access…'), 'jitAccess.useAccess')),
    ...requests
      .filter(({ obstacles }) => obstacles.nudge === undefined)
      .flatMap(({ request }) => [
        choiceFor(request, 'file', l10n.t('Open Request'), 'jitAccess.openRequest'),
        choiceFor(request, 'megaphone', l10n.t('Copy a Nudge'), 'jitAccess.nudge'),
      ]),
  ];
}

function actionChoices(snapshot: Snapshot, now: Instant): Choice<Call>[] {
  const { elevations, requests } = availableActions(snapshot, now);
  const signedIn = snapshot.login.kind === 'signedIn';
  return [
    // Elevations are the most urgent, and the one that ends first is at the top.
    ...elevations.flatMap(elevationChoices),
    ...(elevations.length > 1 ? [choice('lock', l10n.t('Drop All Access'), 'jitAccess.dropAll')] : []),
    ...requestChoices(requests),
    ...(signedIn ? [] : [choice('sign-in', l10n.t('Sign In'), 'jitAccess.signIn')]),
    choice('add', l10n.t('Request Access…'), 'jitAccess.requestAccess'),
    choice('refresh', l10n.t('Refresh'), 'jitAccess.refresh'),
    ...(signedIn
      ? [
          choice('arrow-swap', l10n.t('Switch Profile…'), 'jitAccess.switchProfile'),
          choice('sign-out', l10n.t('Sign Out…'), 'jitAccess.signOut'),
        ]
      : []),
    choice('pulse', l10n.t('Run Doctor'), 'jitAccess.doctor'),
    choice('output', l10n.t('Show Log'), 'jitAccess.showLog'),
  ];
}
