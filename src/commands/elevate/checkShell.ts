import * as l10n from '@vscode/l10n';
import { dirname, join } from 'node:path';
import { showError, copyText, type Button } from '../../editor/messages.ts';
import { userShell } from '../../editor/terminals/userShell.ts';
import { shellEnvironment } from '../../teleport/process/environment.ts';
import { kubeconfigOf } from '../../teleport/home/privateHome.ts';
import type { ShellVerdict } from '../../teleport/shell/shellEnvironmentCheck.ts';
import { restoreVariablesLine } from '../../teleport/shell/shellDialects.ts';
import type { ElevateServices } from './services.ts';

type Replaced = Extract<ShellVerdict, { kind: 'replaced' }>;
type Answer = 'copy' | 'again' | 'open';

/**
 * The environment of an elevated shell.
 * @param current what TELEPORT_HOME names
 * @throws TeleportFailure `notFound` without tsh
 */
export async function environmentFor(
  services: ElevateServices,
  current: string,
): Promise<Record<string, string>> {
  const { client, env, workspace } = services;
  const { path } = await client.program('tsh');
  const kubeconfig = kubeconfigOf(dirname(current));
  return shellEnvironment(env, { folder: current, kubeconfig, tsh: path, excludedFolders: workspace() });
}

/** What the start-up files of the person's shell make of that environment; known at once when it was asked before. */
export async function shellVerdict(services: ElevateServices): Promise<ShellVerdict> {
  try {
    const model = await environmentFor(services, join('/', 'current'));
    const environment = (home: string): Record<string, string> => ({
      ...model,
      TELEPORT_HOME: join(home, 'current'),
      KUBECONFIG: kubeconfigOf(home),
      JIT_ACCESS_HOME: home,
    });
    return await services.shellCheck.verdict({ ...userShell(), environment });
  } catch (error) {
    services.log.unexpected(error);
    return { kind: 'notChecked', why: 'silent' };
  }
}

const accepted = new WeakSet<ShellVerdict>();
const asking = new WeakMap<ElevateServices, Promise<void>>();

/**
 * Says what the start-up files would spoil, until that is cured or the person opens the terminal all the same. Quiet
 * when they spoil nothing, and after the first time. One question for all terminals that wait for it.
 */
export function checkShell(services: ElevateServices): Promise<void> {
  const settling = asking.get(services) ?? settle(services).finally(() => asking.delete(services));
  asking.set(services, settling);
  return settling;
}

async function settle(services: ElevateServices): Promise<void> {
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
      // Closing the message is leaving it at that: the terminal was asked for.
      accepted.add(verdict);
      return;
    }
  }
}

function ask(verdict: Replaced, copied: boolean): Promise<Answer | undefined> {
  const file = verdict.file ?? l10n.t('a start-up file of {0}', verdict.shell);
  const buttons: Button<Answer>[] = [
    ...(copied ? [] : [{ title: l10n.t('Copy the Line'), value: 'copy' as const }]),
    { title: l10n.t('Check Again'), value: 'again' },
    { title: l10n.t('Open Anyway'), value: 'open' },
  ];
  return showError<Answer>(
    copied
      ? l10n.t('The line is on the clipboard. Put it at the end of {0}, save, and check again.', file)
      : `${spoiled(verdict, file)} ${l10n.t('A line at its end keeps the access in elevated terminals and changes no other.')}`,
    ...buttons,
  );
}

/** What the terminal would be without the variables. */
function spoiled({ variables }: Replaced, file: string): string {
  const [home, kubeconfig] = (['TELEPORT_HOME', 'KUBECONFIG'] as const).map((name) =>
    variables.includes(name),
  );
  if (home && kubeconfig)
    return l10n.t(
      'The terminal would not be elevated: {0} sets TELEPORT_HOME and KUBECONFIG, so tsh and kubectl there use your main login.',
      file,
    );
  return home
    ? l10n.t(
        'The terminal would not be elevated: {0} sets TELEPORT_HOME, so tsh there uses your main login.',
        file,
      )
    : l10n.t(
        'kubectl would not be elevated in the terminal: {0} sets KUBECONFIG, so kubectl there uses your own contexts.',
        file,
      );
}
