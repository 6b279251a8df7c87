import * as l10n from '@vscode/l10n';
import type { TerminalOptions } from 'vscode';
import { availableActions } from '../../access/availableActions.ts';
import { endOf, type Elevation } from '../../access/elevation.ts';
import { forPick, namesForPick } from '../../access/untrusted/sinks.ts';
import { subjects, type AccessRequest } from '../../access/request.ts';
import { showInfo } from '../../editor/messages.ts';
import { Cancelled, pickOne, type Choice } from '../../editor/quickInput.ts';
import { atTime } from '../../text/time.ts';
import { runWithRecovery } from '../login/runWithRecovery.ts';
import { requireTerminals, planTerminal } from './elevatedTerminal.ts';
import { requestAccess } from '../request/requestAccess.ts';
import type { ElevateServices } from './services.ts';
import { elevateChosen } from './useAccess.ts';

type TerminalChoice =
  | { readonly kind: 'inUse'; readonly elevation: Elevation }
  | { readonly kind: 'approved'; readonly request: AccessRequest };

/**
 * Asks which access the terminal profile should open. It asks even if there is only one, because every New
 * Terminal can lead here. An approved request is assumed only if the user picks it.
 * @returns undefined if no terminal is to be opened; the user has seen the reason
 */
export async function terminalForProfile(services: ElevateServices): Promise<TerminalOptions | undefined> {
  let options: TerminalOptions | undefined;
  await runWithRecovery(services, async () => {
    await requireTerminals();
    const chosen = await chooseAccess(services);
    const elevation =
      chosen.kind === 'inUse' ? chosen.elevation : await elevateChosen(services, { id: chosen.request.id });
    options = services.terminals.options(await planTerminal(services, elevation));
  });
  return options;
}

async function chooseAccess(services: ElevateServices): Promise<TerminalChoice> {
  const choices = await choicesOf(services);
  if (choices.length === 0) {
    const text = l10n.t(
      'Nothing is elevated, and nothing approved waits to be used. No terminal was opened.',
    );
    void showInfo(text, { title: l10n.t('Request Access…'), value: true }).then((pressed) =>
      pressed ? runWithRecovery(services, () => requestAccess(services)) : undefined,
    );
    throw new Cancelled();
  }
  const placeholder = l10n.t('Which access should the new terminal have?');
  return pickOne({ title: l10n.t('Elevated Terminal') }, { choices, placeholder });
}

async function choicesOf({ store, clock, refresh }: ElevateServices): Promise<Choice<TerminalChoice>[]> {
  await refresh.refreshNow();
  const now = clock.now();
  const { elevations, requests } = availableActions(store.snapshot, now);
  const inUse = elevations
    .filter(({ obstacles }) => obstacles.terminal === undefined)
    .map(({ elevation }): Choice<TerminalChoice> => ({
      label: `$(unlock) ${namesForPick(elevation.roles) || elevation.requestId}`,
      description: l10n.t('in use until {0}', atTime(endOf(elevation).at, now)),
      value: { kind: 'inUse', elevation },
    }));
  const approved = requests
    .filter(({ obstacles }) => obstacles.use === undefined)
    .map(({ request }): Choice<TerminalChoice> => ({
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
