import * as l10n from '@vscode/l10n';
import { showError, confirm } from '../../editor/messages.ts';
import { openSettings } from '../../editor/settings.ts';
import { Cancelled } from '../../editor/quickInput.ts';
import { profileOf } from '../../state/store.ts';
import { failureOf, type Failure, type FailureKind } from '../../teleport/process/failure.ts';
import { failureWords, remedyLabel, saidWords } from '../../text/failure.ts';
import { runDoctor } from '../doctor/runDoctor.ts';
import { askToSignIn, signIn } from './signIn.ts';
import type { Tools } from '../shared/services.ts';

/**
 * Runs a task; what it throws becomes words and a button. Leaving a dialog is quiet. An expired login leads to signing
 * in, and then the same task goes on with what it was given.
 * @param again what Try Again does, where that is not the task itself
 * @param meanwhile what has not happened yet, said before the failure
 */
export async function runWithRecovery(
  tools: Tools,
  task: () => Promise<void>,
  again: () => Promise<void> = task,
  meanwhile: (kind: FailureKind) => string = () => '',
): Promise<void> {
  try {
    await task();
  } catch (error) {
    if (error instanceof Cancelled) return;
    const failure = failureOf(error);
    if (!failure) {
      tools.log.unexpected(error);
      const text = l10n.t('Something unexpected went wrong in JIT Access. The log says where.');
      if (await showError(text, { title: l10n.t('Show Log'), value: true })) tools.log.show();
      return;
    }
    // Which file it was is known to the error only.
    if (failure.kind === 'noSpace' || failure.kind === 'cannotWrite') tools.log.unexpected(error);
    await cure(tools, failure, again, meanwhile(failure.kind));
  }
}

async function cure(
  tools: Tools,
  failure: Failure,
  again: () => Promise<void>,
  meanwhile: string,
): Promise<void> {
  if (failure.kind === 'cancelled') return;
  if (failure.kind === 'signedOut' || failure.kind === 'expired') tools.refresh.loginMayHaveChanged();
  const { text: words, remedy, showSaid } = failureWords(failure);
  const text = meanwhile === '' ? words : `${meanwhile} ${words}`;
  if (remedy === 'signIn') {
    const isNewer = newerLogin(tools);
    if (!(await askToSignIn(text, remedyLabel(remedy)))) return;
    await runWithRecovery(tools, async () => {
      if ((await isNewer()) || (await signIn(tools))) await runWithRecovery(tools, again);
    });
    return;
  }
  const button = { title: remedyLabel(remedy), value: remedy };
  const pressed =
    showSaid && failure.said
      ? await confirm(text, saidWords(failure.said, failure.program), button)
      : await showError(text, button);
  switch (pressed) {
    case undefined:
      return;
    case 'retry':
    case 'change':
      await runWithRecovery(tools, again);
      return;
    case 'refresh':
      await runWithRecovery(tools, () => tools.refresh.now());
      return;
    case 'settings':
      await openSettings();
      return;
    case 'doctor':
      await runWithRecovery(tools, () => runDoctor(tools));
      return;
    case 'log':
      tools.log.show();
  }
}

/** Tells later whether the person has signed in meanwhile, elsewhere: then nothing is asked again. */
function newerLogin({ store, refresh }: Tools): () => Promise<boolean> {
  const until = (): number | undefined => profileOf(store.snapshot.login)?.validUntil;
  const before = until();
  return async () => {
    await refresh.now();
    return store.snapshot.login.kind === 'signedIn' && until() !== before;
  };
}
