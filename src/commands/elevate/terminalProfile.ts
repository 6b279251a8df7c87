import * as l10n from '@vscode/l10n';
import type { TerminalOptions } from 'vscode';
import { showInfo } from '../../editor/messages.ts';
import { Cancelled } from '../../editor/quickInput.ts';
import { runWithRecovery } from '../login/runWithRecovery.ts';
import { chooseTerminalAccess, type TerminalAccess } from '../shared/terminalAccess.ts';
import { requireTerminals, planTerminal } from './elevatedTerminal.ts';
import { requestAccess } from '../request/requestAccess.ts';
import type { ElevateServices } from './services.ts';
import { elevateChosen } from './useAccess.ts';

/**
 * Asks which access the terminal profile should open, see `chooseTerminalAccess`: every New Terminal can lead
 * here.
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

async function chooseAccess(services: ElevateServices): Promise<TerminalAccess> {
  const chosen = await chooseTerminalAccess(services);
  if (chosen) return chosen;
  const text = l10n.t('Nothing is elevated, and nothing approved waits to be used. No terminal was opened.');
  void showInfo(text, { title: l10n.t('Request Access…'), value: true }).then((pressed) =>
    pressed ? runWithRecovery(services, () => requestAccess(services)) : undefined,
  );
  throw new Cancelled();
}
