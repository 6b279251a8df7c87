import * as l10n from '@vscode/l10n';
import { mayContinue, running } from '../access/elevation.ts';
import { forPick } from '../access/inert.ts';
import { isOpen, isUsable, subjects } from '../access/request.ts';
import type { Foreign } from '../access/text.ts';
import { isInUse } from '../access/elevation.ts';
import { back, Left, pickOne, type Choice } from '../editor/steps.ts';
import { meIn } from '../state/store.ts';
import { doctor } from './doctor.ts';
import { continueAccess } from './continueAccess.ts';
import { dropAccess, dropAll } from './givingBack.ts';
import { openRequest } from './openRequest.ts';
import { nudge } from './pending.ts';
import { requestAccess } from './requestAccess.ts';
import { signIn } from './signIn.ts';
import { signOut } from './signOut.ts';
import { switchProfile } from './switchProfile.ts';
import type { Tools } from './tools.ts';
import { openElevatedTerminal, useAccess } from './useAccess.ts';

type Action = () => unknown;

/** What can be done now: the status bar item's pick. */
export async function showActions(tools: Tools): Promise<void> {
  const action = await pickOne(
    { title: 'JIT Access' },
    { choices: actions(tools), placeholder: l10n.t('What next?') },
  );
  if (action === back) throw new Left();
  await action();
}

function actions(tools: Tools): Choice<Action>[] {
  const { store, clock } = tools;
  const { snapshot } = store;
  const now = clock.now();
  const choice = (icon: string, label: string, means: Action, description = ''): Choice<Action> => ({
    label: `$(${icon}) ${label}`,
    ...(description === '' ? {} : { description }),
    means,
  });
  const names = (list: readonly Foreign[]): string => list.map(forPick).join(', ');
  const inUse = running(snapshot.elevations, now).flatMap((elevation) => {
    const target = { id: elevation.requestId, elevation };
    const what = names(elevation.roles);
    return [
      ...(elevation.where.kind === 'private' && elevation.here
        ? [
            choice(
              'terminal',
              l10n.t('Open Elevated Terminal'),
              () => openElevatedTerminal(tools, target),
              what,
            ),
          ]
        : []),
      ...(mayContinue(elevation)
        ? [choice('debug-continue', l10n.t('Continue Access'), () => continueAccess(tools, target), what)]
        : []),
      choice('lock', l10n.t('Drop Access'), () => dropAccess(tools, target), what),
      choice('file', l10n.t('Open Request'), () => openRequest(elevation.requestId), what),
    ];
  });
  const mine = (snapshot.requests ?? []).filter(
    (request) => request.user === meIn(snapshot) && !isInUse(request, snapshot.elevations),
  );
  const usable = mine
    .filter((request) => isUsable(request, now))
    .map((request) =>
      choice('unlock', l10n.t('Use Access…'), () => useAccess(tools, request), names(subjects(request))),
    );
  const open = mine
    .filter((request) => isOpen(request, now))
    .flatMap((request) => [
      choice('file', l10n.t('Open Request'), () => openRequest(request.id), names(subjects(request))),
      choice('megaphone', l10n.t('Copy a Nudge'), () => nudge(tools, request), names(subjects(request))),
    ]);
  const signedIn = snapshot.login.kind === 'signedIn';
  return [
    ...inUse,
    ...(running(snapshot.elevations, now).length > 1
      ? [choice('lock', l10n.t('Drop All Access'), () => dropAll(tools))]
      : []),
    ...usable,
    ...open,
    ...(signedIn ? [] : [choice('sign-in', l10n.t('Sign In'), () => signIn(tools))]),
    choice('add', l10n.t('Request Access…'), () => requestAccess(tools)),
    choice('refresh', l10n.t('Refresh'), () => tools.refresh.now()),
    ...(signedIn
      ? [
          choice('arrow-swap', l10n.t('Switch Profile…'), () => switchProfile(tools)),
          choice('sign-out', l10n.t('Sign Out…'), () => signOut(tools)),
        ]
      : []),
    choice('pulse', l10n.t('Run Doctor'), () => doctor(tools)),
    choice('output', l10n.t('Show Log'), () => tools.log.show()),
  ];
}
