import * as l10n from '@vscode/l10n';
import type { Elevation } from '../../access/elevation.ts';
import { phaseOf, subjects, type AccessRequest } from '../../access/request.ts';
import { namesForMessage } from '../../access/untrusted/sinks.ts';
import { confirm, showInfo, withProgress } from '../../editor/messages.ts';
import { setting } from '../../editor/settings.ts';
import { Cancelled, pickOne } from '../../editor/quickInput.ts';
import { TeleportFailure } from '../../teleport/process/failure.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import { atTime } from '../../text/time.ts';
import { openRequest } from '../shared/openRequest.ts';
import { chooseReadyRequest } from '../shared/pickers.ts';
import { chooseTerminalAccess } from '../shared/terminalAccess.ts';
import { elevate, showTerminal } from './elevatedTerminal.ts';
import { requireLogin } from '../login/requireLogin.ts';
import type { CommandTarget } from '../shared/commandTarget.ts';
import type { ElevateServices } from './services.ts';

type AccessPlace = 'terminal' | 'login';

/**
 * Uses an approved request in an elevated terminal or in the main login. The user picks one after reading its
 * consequences, unless the setting names one. The main login is always confirmed.
 * @throws TeleportFailure as `readyRequest`; Cancelled
 */
export async function useAccess(services: ElevateServices, target?: CommandTarget): Promise<void> {
  const preferred = setting('useAccess');
  const { request, profile } = await readyRequest(services, await chooseReadyRequest(services, target));
  const place =
    preferred === 'terminal' || preferred === 'login'
      ? preferred
      : await askPlace(services, request, profile);
  if (place === 'terminal') await showTerminal(services, await elevate(services, request, profile));
  else await useInLogin(services, { id: request.id });
}

async function askPlace(
  services: ElevateServices,
  request: AccessRequest,
  profile: Profile,
): Promise<AccessPlace> {
  const now = services.clock.now();
  return pickOne<AccessPlace>(
    { title: l10n.t('Use Access') },
    {
      choices: [
        {
          label: `$(terminal) ${l10n.t('In an elevated terminal')}`,
          detail: l10n.t(
            'Only that terminal is elevated. Your main login keeps its hours, its kubectl context and its view.',
          ),
          value: 'terminal',
        },
        {
          label: `$(globe) ${l10n.t('In the main login')}`,
          detail: mainLoginConsequences(request, profile, now),
          value: 'login',
        },
      ],
      placeholder: l10n.t('Where should it be used?'),
    },
  );
}

function mainLoginConsequences(request: AccessRequest, profile: Profile, now: number): string {
  const end = Math.min(request.grantEnds, profile.validUntil);
  return l10n.t(
    'Every tsh and kubectl is elevated. Your login then ends by {0} instead of {1}, also after dropping, and a revoked grant would lock all of it.',
    atTime(end, now),
    atTime(profile.validUntil, now),
  );
}

/** Assumes a request in the main login after the user has confirmed the consequences. */
export async function useInLogin(services: ElevateServices, target?: CommandTarget): Promise<void> {
  const { request, profile } = await readyRequest(services, await chooseReadyRequest(services, target));
  const answer = await confirm<AccessPlace>({
    text: l10n.t('Use {0} in your main login?', namesForMessage(subjects(request)) ?? request.id),
    detail: mainLoginConsequences(request, profile, services.clock.now()),
    harmless: l10n.t('Open Request'),
    acting: [
      { title: l10n.t('Elevated Terminal Instead'), value: 'terminal' },
      { title: l10n.t('Use in Main Login'), value: 'login' },
    ],
  });
  if (answer === undefined) throw new Cancelled();
  if (answer === 'harmless') {
    await openRequest(request.id);
    return;
  }
  if (answer === 'terminal') {
    await showTerminal(services, await elevate(services, request, profile));
    return;
  }
  const { store, tsh, mainLogin, refresh, journal } = services;
  store.setBusy(request.id, 'assuming');
  try {
    await withProgress(l10n.t('Assuming the request…'), () => tsh.assume(mainLogin, request.id));
    await journal.note({ kind: 'assumed', id: request.id, roles: request.roles });
    await refresh.readLogin(request.id);
  } finally {
    store.setBusy(request.id, undefined);
  }
}

/**
 * Shows the terminal of an elevation, or assumes an approved request in a new terminal: what the target names,
 * or what the user picks, also if there is only one.
 * @throws TeleportFailure as `readyRequest`; Cancelled
 */
export async function openElevatedTerminal(services: ElevateServices, target?: CommandTarget): Promise<void> {
  const chosen = target ?? (await chooseTarget(services));
  const elevation = services.store.snapshot.elevations.find(
    ({ requestId, where, here }) => where.kind === 'private' && here && requestId === chosen.id,
  );
  await showTerminal(services, elevation ?? (await elevateChosen(services, chosen)));
}

async function chooseTarget(services: ElevateServices): Promise<CommandTarget> {
  const access = await chooseTerminalAccess(services);
  if (access) return { id: access.kind === 'inUse' ? access.elevation.requestId : access.request.id };
  void showInfo(l10n.t('Nothing approved waits to be used.'));
  throw new Cancelled();
}

/** Assumes an approved request in a private home: the target, or the one that the user picks. */
export async function elevateChosen(services: ElevateServices, target?: CommandTarget): Promise<Elevation> {
  const { request, profile } = await readyRequest(services, await chooseReadyRequest(services, target));
  return elevate(services, request, profile);
}

/**
 * Reads the request from the server and returns it if it can be used now.
 * @throws TeleportFailure `signedOut`, `expired`, `denied`, `tooEarly`, `gone`; Cancelled while it is pending
 */
async function readyRequest(
  services: ElevateServices,
  chosen: AccessRequest,
): Promise<{ request: AccessRequest; profile: Profile }> {
  const { refresh, clock } = services;
  const profile = await requireLogin(services);
  const request = await refresh.show(chosen.id);
  switch (phaseOf(request, clock.now())) {
    case 'ready':
      return { request, profile };
    case 'scheduled':
      throw new TeleportFailure({ kind: 'tooEarly' });
    case 'pending':
      void showInfo(l10n.t('This request still waits for approval.'));
      throw new Cancelled();
    case 'denied':
      throw new TeleportFailure({ kind: 'denied' });
    case 'promoted':
    case 'expired':
    case 'other':
      throw new TeleportFailure({ kind: 'gone' });
  }
}
