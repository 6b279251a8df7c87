import * as l10n from '@vscode/l10n';
import { once } from 'node:events';
import { forPick } from '../../access/text/sinks.ts';
import { untrusted } from '../../access/text/untrusted.ts';
import { Cancelled, pickOne } from '../../editor/quickInput.ts';

/** How long a question about what still runs waits for an answer, in ms. */
const patience = 30_000;
/** How many programs are named. */
const room = 5;

/**
 * Names what still runs and asks whether it may be ended; unanswered for half a minute, it is. A pick and no message:
 * that would hide after some seconds, and could not be taken away when its time is over.
 * @param what the elevation's name, inert already
 */
export async function confirmEndPrograms(what: string, programs: readonly string[]): Promise<boolean> {
  const names = [...new Set(programs)].map((name) => forPick(untrusted(name)));
  const more = names.length > room ? l10n.t(' and {0} more', names.length - room) : '';
  const late = AbortSignal.timeout(patience);
  const over = once(late, 'abort');
  const choices = [
    {
      label: `$(lock) ${l10n.t('End and Give Back')}`,
      detail: l10n.t('Still running with this access: {0}{1}', names.slice(0, room).join(', '), more),
      value: true,
    },
    {
      label: `$(unlock) ${l10n.t('Keep Access')}`,
      detail: l10n.t('Nothing is ended; the access stays until its end'),
      value: false,
    },
  ];
  try {
    const placeholder = l10n.t('Programs still run with it. Unanswered, they are ended in 30 s.');
    return (await pickOne({ title: l10n.t('Drop {0}', what) }, { choices, placeholder }, late)) === true;
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    // A question that was closed is not answered.
    if (!late.aborted) await over;
    return true;
  }
}
