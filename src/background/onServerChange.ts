import * as l10n from '@vscode/l10n';
import { placeOf, type Elevation } from '../access/elevation.ts';
import { showError, showWarning } from '../editor/messages.ts';
import type { ServerStatus } from '../state/elevation/serverCheck.ts';
import { atTime } from '../text/time.ts';
import { dropUnasked, elevationName } from '../commands/elevate/dropAccess.ts';
import { openRequest } from '../commands/shared/openRequest.ts';
import { signOut } from '../commands/account/signOut.ts';
import type { Tools } from '../commands/shared/services.ts';

/** What follows when the server says something of what is elevated: given back, or said, each once. */
export async function onServerChange(
  tools: Tools,
  elevation: Elevation,
  standing: ServerStatus,
): Promise<void> {
  const { elevations, journal } = tools;
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
      void sayWithdrawn(tools, elevation, standing.as);
      return;
    case 'locked': {
      if (where.kind === 'mainLogin') {
        void sayLoginLocked(tools, elevation);
        return;
      }
      if (!(await dropUnasked(tools, elevation, 'locked'))) return;
      const { words } = standing;
      await journal.note({ kind: 'locked', id: requestId, roles, ...(words ? { words } : {}) });
      return;
    }
    case 'signedOut':
      await dropUnasked(tools, elevation, 'signedOutThere');
  }
}

async function sayWithdrawn(tools: Tools, elevation: Elevation, as: 'denied' | 'deleted'): Promise<void> {
  const { requestId, certificateEnds } = elevation;
  if (!(await tools.elevations.claim(as, placeOf(elevation)))) return;
  const until = atTime(certificateEnds, tools.clock.now());
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
async function sayLoginLocked(tools: Tools, elevation: Elevation): Promise<void> {
  if (!(await tools.elevations.claim('locked', elevation.requestId))) return;
  const text = l10n.t(
    'The cluster refuses your main login, because {0} in it was locked. Sign out and in again to work without it.',
    elevationName(elevation),
  );
  if (await showError(text, { title: l10n.t('Sign Out…'), value: true })) await signOut(tools);
}
