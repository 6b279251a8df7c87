import * as l10n from '@vscode/l10n';
import { availableActions } from '../../access/availableActions.ts';
import { endOf, type Elevation } from '../../access/elevation.ts';
import { forPick, namesForPick } from '../../access/untrusted/sinks.ts';
import { subjects, type AccessRequest } from '../../access/request.ts';
import { pickOne, type Choice } from '../../editor/quickInput.ts';
import { atTime } from '../../text/time.ts';
import type { SharedServices } from './services.ts';

/** What a terminal can be opened with: an elevation that is in use, or an approved request. */
export type TerminalAccess =
  | { readonly kind: 'inUse'; readonly elevation: Elevation }
  | { readonly kind: 'approved'; readonly request: AccessRequest };

/**
 * Asks which access a terminal should have. It asks even if there is only one, because New Terminal, tasks and
 * other extensions can lead here. An approved request is assumed only if the user picks it.
 * @returns undefined without a question if there is none
 * @throws Cancelled if the user closes the pick
 */
export async function chooseTerminalAccess(services: SharedServices): Promise<TerminalAccess | undefined> {
  const choices = await terminalAccesses(services);
  if (choices.length === 0) return undefined;
  const placeholder = l10n.t('Which access should the terminal have?');
  return pickOne({ title: l10n.t('Elevated Terminal') }, { choices, placeholder });
}

async function terminalAccesses({
  store,
  clock,
  refresh,
}: SharedServices): Promise<Choice<TerminalAccess>[]> {
  await refresh.refreshNow();
  const now = clock.now();
  const { elevations, requests } = availableActions(store.snapshot, now);
  const inUse = elevations
    .filter(({ obstacles }) => obstacles.terminal === undefined)
    .map(({ elevation }): Choice<TerminalAccess> => ({
      label: `$(unlock) ${namesForPick(elevation.roles) || elevation.requestId}`,
      description: l10n.t('in use until {0}', atTime(endOf(elevation).at, now)),
      value: { kind: 'inUse', elevation },
    }));
  const approved = requests
    .filter(({ obstacles }) => obstacles.use === undefined)
    .map(({ request }): Choice<TerminalAccess> => ({
      label: `$(pass) ${namesForPick(subjects(request)) || request.id}`,
      description: l10n.t(
        'approved, until {0}; taken into use when you choose it',
        atTime(request.grantEnds, now),
      ),
      ...(request.reason ? { detail: forPick(request.reason) } : {}),
      value: { kind: 'approved', request },
    }));
  return [...inUse, ...approved];
}
