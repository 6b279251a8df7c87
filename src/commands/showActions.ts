import * as l10n from '@vscode/l10n';
import { isInUse, mayContinue, runningElevations, type Elevation } from '../access/elevation.ts';
import { forPick, namesForPick } from '../access/untrusted/sinks.ts';
import { isOpen, isUsable, subjects } from '../access/request.ts';
import { pickOne, type Choice } from '../editor/quickInput.ts';
import { signedInUser } from '../state/store.ts';
import { copyEnvironment } from './elevate/copyEnvironment.ts';
import { runDoctor } from './doctor/runDoctor.ts';
import { continueAccess } from './elevate/continueAccess.ts';
import { dropAccess, dropAll } from './elevate/dropAccess.ts';
import { keepKubernetesCluster, pointKubectlBack } from './elevate/kubeCluster.ts';
import { openRequest } from './shared/openRequest.ts';
import { nudge } from './request/nudge.ts';
import { requestAccess } from './request/requestAccess.ts';
import { runInElevatedTerminal } from './elevate/runInElevatedTerminal.ts';
import { signIn } from './login/signIn.ts';
import { signOut } from './account/signOut.ts';
import { switchProfile } from './account/switchProfile.ts';
import type { CommandServices } from './services.ts';
import { openElevatedTerminal, useAccess } from './elevate/useAccess.ts';

type Action = () => unknown;

/**
 * Shows the pick of the status bar item with the actions that are possible now, and runs the picked one.
 * @throws Cancelled
 */
export async function showActions(services: CommandServices): Promise<void> {
  const action = await pickOne(
    { title: 'JIT Access' },
    { choices: actions(services), placeholder: l10n.t('What next?') },
  );
  await action();
}

function choice(icon: string, label: string, value: Action, description = ''): Choice<Action> {
  return { label: `$(${icon}) ${label}`, ...(description === '' ? {} : { description }), value };
}

/** The actions for an elevation whose kubectl uses another cluster than the chosen one. */
function kubeMismatchActions(services: CommandServices, elevation: Elevation): Choice<Action>[] {
  const { requestId: id, kube, mismatch } = elevation;
  if (kube === undefined || mismatch === undefined) return [];
  const target = { id, elevation };
  const roleNames = namesForPick(elevation.roles);
  const label = l10n.t('Point kubectl at {0} Again', forPick(kube));
  return [
    choice('discard', label, () => pointKubectlBack(services, target), roleNames),
    choice(
      'check',
      l10n.t('Keep kubectl at {0}', forPick(mismatch)),
      () => keepKubernetesCluster(services, target),
      roleNames,
    ),
  ];
}

function actions(services: CommandServices): Choice<Action>[] {
  const { store, clock } = services;
  const { snapshot } = store;
  const now = clock.now();
  // Elevations are the most urgent, so they come first, and the one that ends first is at the top.
  const elevationActions = runningElevations(snapshot.elevations, now).flatMap((elevation) => {
    const target = { id: elevation.requestId, elevation };
    const elevationAction = (icon: string, label: string, value: Action): Choice<Action> =>
      choice(icon, label, value, namesForPick(elevation.roles));
    const hasTerminal = elevation.where.kind === 'private' && elevation.here;
    return [
      ...(hasTerminal
        ? [
            elevationAction('terminal', l10n.t('Open Elevated Terminal'), () =>
              openElevatedTerminal(services, target),
            ),
            ...kubeMismatchActions(services, elevation),
          ]
        : []),
      ...(mayContinue(elevation)
        ? [
            elevationAction('debug-continue', l10n.t('Continue Access'), () =>
              continueAccess(services, target),
            ),
          ]
        : []),
      elevationAction('lock', l10n.t('Drop Access'), () => dropAccess(services, target)),
      elevationAction('file', l10n.t('Open Request'), () => openRequest(elevation.requestId)),
      ...(hasTerminal
        ? [
            elevationAction('play', l10n.t('Run in Elevated Terminal…'), () =>
              runInElevatedTerminal(services, target),
            ),
            elevationAction('copy', l10n.t('Copy Environment'), () => copyEnvironment(services, target)),
          ]
        : []),
    ];
  });
  const ownRequests = (snapshot.requests ?? []).filter(
    (request) => request.user === signedInUser(snapshot) && !isInUse(request, snapshot.elevations),
  );
  const usableActions = ownRequests
    .filter((request) => isUsable(request, now))
    .map((request) =>
      choice(
        'unlock',
        l10n.t('Use Access…'),
        () => useAccess(services, request),
        namesForPick(subjects(request)),
      ),
    );
  const pendingActions = ownRequests
    .filter((request) => isOpen(request, now))
    .flatMap((request) => [
      choice('file', l10n.t('Open Request'), () => openRequest(request.id), namesForPick(subjects(request))),
      choice(
        'megaphone',
        l10n.t('Copy a Nudge'),
        () => nudge(services, request),
        namesForPick(subjects(request)),
      ),
    ]);
  const signedIn = snapshot.login.kind === 'signedIn';
  return [
    ...elevationActions,
    ...(runningElevations(snapshot.elevations, now).length > 1
      ? [choice('lock', l10n.t('Drop All Access'), () => dropAll(services))]
      : []),
    ...usableActions,
    ...pendingActions,
    ...(signedIn ? [] : [choice('sign-in', l10n.t('Sign In'), () => signIn(services))]),
    choice('add', l10n.t('Request Access…'), () => requestAccess(services)),
    choice('refresh', l10n.t('Refresh'), () => services.refresh.refreshNow()),
    ...(signedIn
      ? [
          choice('arrow-swap', l10n.t('Switch Profile…'), () => switchProfile(services)),
          choice('sign-out', l10n.t('Sign Out…'), () => signOut(services)),
        ]
      : []),
    choice('pulse', l10n.t('Run Doctor'), () => runDoctor(services)),
    choice('output', l10n.t('Show Log'), () => services.log.show()),
  ];
}
