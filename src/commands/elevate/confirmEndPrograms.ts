import * as l10n from '@vscode/l10n';
import { once } from 'node:events';
import { forPick } from '../../access/untrusted/sinks.ts';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import { Cancelled, pickOne, type Choice } from '../../editor/quickInput.ts';
import type { EndAnswer } from '../../state/elevation/drops.ts';

/** How long the question about running programs waits for an answer, in ms. */
const answerTimeout = 30_000;
/** The maximum number of programs that are named. */
const maxNamed = 5;

/**
 * Asks whether the programs that still run with an elevation may be ended. Without an answer for 30 s they
 * are ended. The question is a pick, because a message disappears after some seconds and cannot be closed
 * by the extension. A VS Code window is named first, and is ended only when the user says so.
 * @param elevationName the elevation's name, already sanitised
 * @param hasWindow whether a VS Code window that was opened from the elevated terminal is among them
 */
export async function confirmEndPrograms(
  elevationName: string,
  programs: readonly string[],
  hasWindow: boolean,
): Promise<EndAnswer> {
  const names = [
    ...(hasWindow ? [l10n.t('a VS Code window')] : []),
    ...[...new Set(programs)].map((name) => forPick(untrusted(name))),
  ];
  const more = names.length > maxNamed ? l10n.t(' and {0} more', names.length - maxNamed) : '';
  const timeout = AbortSignal.timeout(answerTimeout);
  const timedOut = once(timeout, 'abort');
  const choices: Choice<EndAnswer>[] = [
    {
      label: `$(lock) ${l10n.t('End and Give Back')}`,
      detail: l10n.t('Still running with this access: {0}{1}', names.slice(0, maxNamed).join(', '), more),
      value: 'end',
    },
    {
      label: `$(unlock) ${l10n.t('Keep Access')}`,
      detail: l10n.t('Nothing is ended; the access stays until its end'),
      value: 'keep',
    },
  ];
  try {
    const placeholder = hasWindow
      ? l10n.t('Unanswered, programs are ended in 30 s; the VS Code window stays open without this access.')
      : l10n.t('Programs still run with it. Unanswered, they are ended in 30 s.');
    return await pickOne({ title: l10n.t('Drop {0}', elevationName) }, { choices, placeholder }, timeout);
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    // A closed pick counts as no answer: the programs are ended when the 30 s are over.
    if (!timeout.aborted) await timedOut;
    return 'unanswered';
  }
}
