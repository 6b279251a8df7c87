import * as l10n from '@vscode/l10n';
import { showError, confirm } from '../../editor/messages.ts';
import { openSettings } from '../../editor/settings.ts';
import { Cancelled } from '../../editor/quickInput.ts';
import { profileOf } from '../../state/store.ts';
import { failureOf, type Failure, type FailureKind } from '../../teleport/process/failure.ts';
import { failureWords, remedyLabel, saidWords } from '../../text/failure.ts';
import { runCommand } from '../shared/runCommand.ts';
import { askToSignIn, signIn } from './signIn.ts';
import type { LoginServices } from './services.ts';

/**
 * Runs a task; what it throws becomes words and a button. Leaving a dialog is quiet. An expired login leads to signing
 * in, and then the same task goes on with what it was given.
 * @param again what Try Again does, where that is not the task itself
 * @param meanwhile what has not happened yet, said before the failure
 */
export async function runWithRecovery(
  services: LoginServices,
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
      services.log.unexpected(error);
      const text = l10n.t('Something unexpected went wrong in JIT Access. The log says where.');
      if (await showError(text, { title: l10n.t('Show Log'), value: true })) services.log.show();
      return;
    }
    // Which file it was is known to the error only.
    if (failure.kind === 'noSpace' || failure.kind === 'cannotWrite') services.log.unexpected(error);
    await cure(services, failure, again, meanwhile(failure.kind));
  }
}

async function cure(
  services: LoginServices,
  failure: Failure,
  again: () => Promise<void>,
  meanwhile: string,
): Promise<void> {
  if (failure.kind === 'cancelled') return;
  if (failure.kind === 'signedOut' || failure.kind === 'expired') services.refresh.loginMayHaveChanged();
  const { text: words, remedy, showSaid } = failureWords(failure);
  const text = meanwhile === '' ? words : `${meanwhile} ${words}`;
  if (remedy === 'signIn') {
    const isNewer = newerLogin(services);
    if (!(await askToSignIn(text, remedyLabel(remedy)))) return;
    await runWithRecovery(services, async () => {
      if ((await isNewer()) || (await signIn(services))) await runWithRecovery(services, again);
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
      await runWithRecovery(services, again);
      return;
    case 'refresh':
      await runWithRecovery(services, () => services.refresh.refreshNow());
      return;
    case 'settings':
      await openSettings();
      return;
    case 'doctor':
      await runCommand('jitAccess.doctor');
      return;
    case 'log':
      services.log.show();
  }
}

/** Tells later whether the person has signed in meanwhile, elsewhere: then nothing is asked again. */
function newerLogin({ store, refresh }: LoginServices): () => Promise<boolean> {
  const until = (): number | undefined => profileOf(store.snapshot.login)?.validUntil;
  const before = until();
  return async () => {
    await refresh.refreshNow();
    return store.snapshot.login.kind === 'signedIn' && until() !== before;
  };
}
