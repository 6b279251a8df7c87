import * as l10n from '@vscode/l10n';
import { commandProblem, longestCommand } from '../../access/text/commandLine.ts';
import type { Elevation } from '../../access/elevation.ts';
import { namesForMessage } from '../../access/text/sinks.ts';
import { confirm } from '../../editor/messages.ts';
import { back, Cancelled, typeText, type Remark } from '../../editor/quickInput.ts';
import { inTerminals, someInTerminals, usableRequest } from '../shared/pickers.ts';
import { requireTerminals, planTerminal } from './elevatedTerminal.ts';
import type { CommandTarget } from '../shared/commandTarget.ts';
import type { ElevateServices } from './services.ts';
import { elevateChosen } from './useAccess.ts';

/** What was typed and not run yet. In memory only: a command may hold a secret. */
const typed = new WeakMap<ElevateServices, string>();

/**
 * Runs one typed command in an elevated terminal of its own, after showing all of it. Where nothing is in use, an
 * approved request is taken into use, once the command is confirmed.
 */
export async function runInTerminal(services: ElevateServices, target?: CommandTarget): Promise<void> {
  await requireTerminals();
  const title = l10n.t('Run in Elevated Terminal');
  const elevation = someInTerminals(services, target)
    ? await inTerminals(services, target, title)
    : undefined;
  const request = elevation ? undefined : await usableRequest(services, target, true);
  const who = elevation ?? request;
  if (!who) throw new Cancelled();
  const name = namesForMessage(who.roles) ?? ('requestId' in who ? who.requestId : who.id);
  const command = await confirmed(services, title, name);
  const used: Elevation = elevation ?? (await elevateChosen(services, request && { id: request.id }));
  await services.terminals.run(await planTerminal(services, used), command);
  typed.delete(services);
}

/** Asks for a command until one is confirmed. */
async function confirmed(services: ElevateServices, title: string, name: string): Promise<string> {
  for (;;) {
    const command = await typeText(
      { title },
      {
        value: typed.get(services) ?? '',
        placeholder: 'kubectl get pods',
        prompt: l10n.t('Typed into a new terminal with {0}. It is shown again before it runs', name),
        check: remarkOn,
        onChange: (text) => typed.set(services, text),
      },
    );
    if (command === back) throw new Cancelled();
    const answer = await confirm(
      l10n.t('Run this with {0}?', name),
      command,
      { title: l10n.t('Change the Command'), value: 'change' },
      { title: l10n.t('Run Elevated'), value: 'run' },
    );
    if (answer === undefined) throw new Cancelled();
    if (answer === 'run') return command;
  }
}

function remarkOn(command: string): Remark | undefined {
  switch (commandProblem(command)) {
    case undefined:
      return undefined;
    case 'empty':
      return { severity: 'error', text: l10n.t('Type one command.') };
    case 'unseen':
      return {
        severity: 'error',
        text: l10n.t('It holds characters that cannot be seen, and would not run as it is shown.'),
      };
    case 'tooLong':
      return { severity: 'error', text: l10n.t('At most {0} characters.', longestCommand) };
  }
}
