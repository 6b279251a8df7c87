import * as l10n from '@vscode/l10n';
import { elevationKey, type Elevation } from '../access/elevation.ts';
import { showError, showWarning } from '../editor/messages.ts';
import type { ServerStatus } from '../state/elevation/serverCheck.ts';
import { atTime } from '../text/time.ts';
import { dropAutomatically } from '../commands/elevate/automaticDrop.ts';
import { elevationName } from '../text/elevationName.ts';
import { showWithRequest } from '../commands/shared/openRequest.ts';
import { signOut } from '../commands/account/signOut.ts';
import type { BackgroundServices } from './services.ts';

/**
 * Reacts to the status of an elevation on the server. After a lock or a sign-out in its terminal the
 * elevation is dropped; a withdrawal and a locked main login are shown once.
 */
export async function onServerChange(
  services: BackgroundServices,
  elevation: Elevation,
  status: ServerStatus,
): Promise<void> {
  const { elevations, journal } = services;
  const { where, requestId, roles } = elevation;
  switch (status.kind) {
    case 'stands':
      // The request was approved again, so it can be continued again.
      if (elevation.withdrawn && where.kind === 'private')
        await elevations.change(where.home, { withdrawn: undefined });
      return;
    case 'withdrawn':
      if (elevation.withdrawn === status.as) return;
      if (where.kind === 'private') await elevations.change(where.home, { withdrawn: status.as });
      void showWithdrawn(services, elevation, status.as);
      return;
    case 'locked': {
      if (where.kind === 'mainLogin') {
        void showLoginLocked(services, elevation);
        return;
      }
      if (!(await dropAutomatically(services, elevation, 'locked'))) return;
      const { words } = status;
      await journal.note({ kind: 'locked', id: requestId, roles, ...(words ? { words } : {}) });
      return;
    }
    case 'signedOut':
      await dropAutomatically(services, elevation, 'signedOutThere');
  }
}

async function showWithdrawn(
  services: BackgroundServices,
  elevation: Elevation,
  withdrawal: 'denied' | 'deleted',
): Promise<void> {
  const { requestId, certificateEnds } = elevation;
  if (!(await services.files.claim(`${withdrawal}-${elevationKey(elevation)}`))) return;
  const until = atTime(certificateEnds, services.clock.now());
  const text =
    withdrawal === 'denied'
      ? l10n.t(
          'The approval of {0} was withdrawn; running access continues until {1}.',
          elevationName(elevation),
          until,
        )
      : l10n.t(
          'The request for {0} was deleted; running access continues until {1}.',
          elevationName(elevation),
          until,
        );
  await showWithRequest(showWarning, text, requestId);
}

/**
 * Tells the user to sign in again. With the lock the cluster refuses every call of this login, also a drop.
 */
async function showLoginLocked(services: BackgroundServices, elevation: Elevation): Promise<void> {
  if (!(await services.files.claim(`locked-${elevation.requestId}`))) return;
  const text = l10n.t(
    'The cluster refuses your main login, because {0} in it was locked. Sign out and in again to work without it.',
    elevationName(elevation),
  );
  if (await showError(text, { title: l10n.t('Sign Out…'), value: true })) await signOut(services);
}
