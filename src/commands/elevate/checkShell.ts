import * as l10n from '@vscode/l10n';
import { dirname, join } from 'node:path';
import { showError, copyText, type Button } from '../../editor/messages.ts';
import { userShell } from '../../editor/terminals/userShell.ts';
import { elevatedSettings, shellEnvironment } from '../../teleport/environment/environment.ts';
import { currentOf, kubeconfigOf } from '../../teleport/home/privateHome.ts';
import type { ShellVerdict } from '../../teleport/shell/shellEnvironmentCheck.ts';
import { restoreVariablesLine } from '../../teleport/shell/shellDialects.ts';
import { variableWords } from '../../text/surroundings.ts';
import type { ElevateServices } from './services.ts';

type Replaced = Extract<ShellVerdict, { kind: 'replaced' }>;
type Answer = 'copy' | 'again' | 'open';

/**
 * The environment of an elevated shell.
 * @param current the value of TELEPORT_HOME
 * @throws TeleportFailure `notFound` without tsh
 */
export async function environmentFor(
  services: ElevateServices,
  current: string,
): Promise<Record<string, string>> {
  const { client, env, workspace } = services;
  const { path } = await client.program('tsh');
  const kubeconfig = kubeconfigOf(dirname(current));
  return shellEnvironment(env, { folder: current, kubeconfig, tsh: path, workspace: workspace() });
}

/**
 * Whether the start-up files of the user's shell keep the environment of an elevated terminal. The result is
 * cached, so later calls are fast.
 */
export async function shellVerdict(services: ElevateServices): Promise<ShellVerdict> {
  try {
    const example = await environmentFor(services, join('/', 'current'));
    const environment = (home: string): Record<string, string> => ({
      ...example,
      ...elevatedSettings(currentOf(home), kubeconfigOf(home)),
    });
    return await services.shellCheck.verdict({
      ...userShell(),
      environment,
      workspace: services.workspace(),
    });
  } catch (error) {
    services.log.unexpected(error);
    return { kind: 'notChecked', why: 'silent' };
  }
}

const accepted = new WeakSet<ShellVerdict>();
const runningChecks = new WeakMap<ElevateServices, Promise<void>>();

/**
 * Warns if the start-up files would replace the elevated environment, until the user has repaired them or
 * opens the terminal anyway. Each problem is shown only once, and terminals that open at the same time share
 * one question.
 */
export function checkShell(services: ElevateServices): Promise<void> {
  const running =
    runningChecks.get(services) ?? resolveVerdict(services).finally(() => runningChecks.delete(services));
  runningChecks.set(services, running);
  return running;
}

async function resolveVerdict(services: ElevateServices): Promise<void> {
  let copied = false;
  for (;;) {
    const verdict = await shellVerdict(services);
    if (verdict.kind === 'notChecked') services.log.warn(`the shell was not checked: ${verdict.why}`);
    if (verdict.kind !== 'replaced' || accepted.has(verdict)) return;
    const answer = await ask(verdict, copied);
    if (answer === 'copy') {
      await copyText(restoreVariablesLine(verdict.shell));
      copied = true;
    } else if (answer === 'again') {
      services.shellCheck.forget();
    } else {
      // Closing the message counts as Open Anyway, because the user asked for the terminal.
      accepted.add(verdict);
      return;
    }
  }
}

function ask(verdict: Replaced, copied: boolean): Promise<Answer | undefined> {
  const file = verdict.file ?? l10n.t('a start-up file of {0}', verdict.shell);
  const buttons: Button<Answer>[] = [
    // The line sets these two again, and no other variable.
    ...(copied || !replacesLogin(verdict)
      ? []
      : [{ title: l10n.t('Copy the Line'), value: 'copy' as const }]),
    { title: l10n.t('Check Again'), value: 'again' },
    { title: l10n.t('Open Anyway'), value: 'open' },
  ];
  return showError<Answer>(
    copied
      ? l10n.t('The line is on the clipboard. Put it at the end of {0}, save, and check again.', file)
      : replacesLogin(verdict)
        ? `${replacedWords(verdict, file)} ${l10n.t('A line at its end keeps the access in elevated terminals and changes no other.')}`
        : changedWords(verdict, file),
    ...buttons,
  );
}

const replacesLogin = ({ variables }: Replaced): boolean =>
  variables.includes('TELEPORT_HOME') || variables.includes('KUBECONFIG');

/** Explains what other variables the start-up files set. */
function changedWords({ variables }: Replaced, file: string): string {
  const others = variables.filter((name) => name !== 'PATH');
  return others.length > 0
    ? l10n.t(
        'The terminal would be elevated, but not as it should be: {0} sets {1}, which tsh and kubectl heed there. Remove that, or open the terminal anyway.',
        file,
        variableWords(others),
      )
    : l10n.t(
        'kubectl or tsh in the elevated terminal could be programs of the workspace: {0} puts a folder of the workspace, or one without a full path, into PATH. Remove that, or open the terminal anyway.',
        file,
      );
}

/** Explains which programs in the terminal would not be elevated. */
function replacedWords({ variables }: Replaced, file: string): string {
  const [replacesHome, replacesKubeconfig] = (['TELEPORT_HOME', 'KUBECONFIG'] as const).map((name) =>
    variables.includes(name),
  );
  if (replacesHome && replacesKubeconfig)
    return l10n.t(
      'The terminal would not be elevated: {0} sets TELEPORT_HOME and KUBECONFIG, so tsh and kubectl there use your main login.',
      file,
    );
  return replacesHome
    ? l10n.t(
        'The terminal would not be elevated: {0} sets TELEPORT_HOME, so tsh there uses your main login.',
        file,
      )
    : l10n.t(
        'kubectl would not be elevated in the terminal: {0} sets KUBECONFIG, so kubectl there uses your own contexts.',
        file,
      );
}
