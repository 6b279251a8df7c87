import * as l10n from '@vscode/l10n';
import { elevationKey, type Elevation } from '../access/elevation.ts';
import { showError, showWarning } from '../editor/messages.ts';
import type { ServerStatus } from '../state/elevation/serverCheck.ts';
import { atTime } from '../text/time.ts';
import { dropUnasked, elevationName } from '../commands/elevate/dropAccess.ts';
import { openRequest } from '../commands/shared/openRequest.ts';
import { signOut } from '../commands/account/signOut.ts';
import type { BackgroundServices } from './services.ts';

/** What follows when the server says something of what is elevated: given back, or said, each once. */
export async function onServerChange(
  services: BackgroundServices,
  elevation: Elevation,
  standing: ServerStatus,
): Promise<void> {
  const { elevations, journal } = services;
  const { where, requestId, roles } = elevation;
  switch (standing.kind) {
    case 'stands':
      // Approved anew: it can be continued again.
      if (elevation.withdrawn && where.kind === 'private')
        await elevations.change(where.home, () => ({ withdrawn: undefined }));
      return;
    case 'withdrawn':
      if (elevation.withdrawn === standing.as) return;
      if (where.kind === 'private') await elevations.change(where.home, () => ({ withdrawn: standing.as }));
      void sayWithdrawn(services, elevation, standing.as);
      return;
    case 'locked': {
      if (where.kind === 'mainLogin') {
        void sayLoginLocked(services, elevation);
        return;
      }
      if (!(await dropUnasked(services, elevation, 'locked'))) return;
      const { words } = standing;
      await journal.note({ kind: 'locked', id: requestId, roles, ...(words ? { words } : {}) });
      return;
    }
    case 'signedOut':
      await dropUnasked(services, elevation, 'signedOutThere');
  }
}

async function sayWithdrawn(
  services: BackgroundServices,
  elevation: Elevation,
  as: 'denied' | 'deleted',
): Promise<void> {
  const { requestId, certificateEnds } = elevation;
  if (!(await services.elevations.claim(as, elevationKey(elevation)))) return;
  const until = atTime(certificateEnds, services.clock.now());
  const text =
    as === 'denied'
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
  if (await showWarning(text, { title: l10n.t('Open Request'), value: true })) await openRequest(requestId);
}

/** With the lock the cluster refuses everything this login asks, dropping included. */
async function sayLoginLocked(services: BackgroundServices, elevation: Elevation): Promise<void> {
  if (!(await services.elevations.claim('locked', elevation.requestId))) return;
  const text = l10n.t(
    'The cluster refuses your main login, because {0} in it was locked. Sign out and in again to work without it.',
    elevationName(elevation),
  );
  if (await showError(text, { title: l10n.t('Sign Out…'), value: true })) await signOut(services);
}
