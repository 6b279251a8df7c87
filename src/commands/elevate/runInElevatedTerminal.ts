import * as l10n from '@vscode/l10n';
import { commandProblem, longestCommand } from '../../access/untrusted/commandLine.ts';
import type { Elevation } from '../../access/elevation.ts';
import { namesForMessage } from '../../access/untrusted/sinks.ts';
import { confirm, showWarning } from '../../editor/messages.ts';
import { Cancelled, typeText, type Remark } from '../../editor/quickInput.ts';
import { chooseElevation, chooseReadyRequest, elevationsFor } from '../shared/pickers.ts';
import { requireTerminals, planTerminal } from './elevatedTerminal.ts';
import type { CommandTarget } from '../shared/commandTarget.ts';
import type { ElevateServices } from './services.ts';
import { elevateChosen } from './useAccess.ts';

/** The command that was typed and not run yet. It is kept in memory only, because it may contain a secret. */
const typedCommands = new WeakMap<ElevateServices, string>();

/**
 * Runs one typed command in a new elevated terminal, after the user has confirmed the full command. If
 * nothing is elevated, an approved request is assumed after the confirmation. The command is not typed if
 * something has changed the environment of the terminal.
 * @throws Cancelled
 */
export async function runInElevatedTerminal(
  services: ElevateServices,
  target?: CommandTarget,
): Promise<void> {
  await requireTerminals();
  const title = l10n.t('Run in Elevated Terminal');
  const elevation =
    elevationsFor(services, target, 'terminal').length > 0
      ? await chooseElevation(services, target, 'terminal', { title, noneText: '' })
      : undefined;
  const request = elevation ? undefined : await chooseReadyRequest(services, target);
  const subject = elevation ?? request;
  if (!subject) throw new Cancelled();
  const name = namesForMessage(subject.roles) ?? ('requestId' in subject ? subject.requestId : subject.id);
  const command = await askCommand(services, title, name);
  const elevated: Elevation = elevation ?? (await elevateChosen(services, request && { id: request.id }));
  if (await services.terminals.run(await planTerminal(services, elevated), command)) {
    typedCommands.delete(services);
    return;
  }
  // Another message says what differs.
  void showWarning(
    l10n.t(
      'The command was not typed, because the terminal is not as it should be. It stays in Run in Elevated Terminal.',
    ),
  );
}

/** Asks for a command until the user confirms one. @throws Cancelled */
async function askCommand(services: ElevateServices, title: string, name: string): Promise<string> {
  for (;;) {
    const command = await typeText(
      { title },
      {
        value: typedCommands.get(services) ?? '',
        placeholder: 'kubectl get pods',
        prompt: l10n.t('Typed into a new terminal with {0}. It is shown again before it runs', name),
        check: commandRemark,
        onChange: (text) => typedCommands.set(services, text),
      },
    );
    const answer = await confirm<'run'>({
      text: l10n.t('Run this with {0}?', name),
      detail: command,
      harmless: l10n.t('Change the Command'),
      acting: [{ title: l10n.t('Run Elevated'), value: 'run' }],
    });
    if (answer === undefined) throw new Cancelled();
    if (answer === 'run') return command;
  }
}

function commandRemark(command: string): Remark | undefined {
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
