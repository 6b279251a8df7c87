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
 * Runs a task and shows its failure as a message with a button. Nothing is shown if the user closes a dialog.
 * After an expired login the user can sign in, and the task then runs again.
 * @param retry runs after Try Again and after signing in; the task itself by default
 * @param prefixFor a sentence that the message starts with, for example that the request was not sent
 */
export async function runWithRecovery(
  services: LoginServices,
  task: () => Promise<void>,
  retry: () => Promise<void> = task,
  prefixFor: (kind: FailureKind) => string = () => '',
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
    // Only the error names the file.
    if (failure.kind === 'noSpace' || failure.kind === 'cannotWrite') services.log.unexpected(error);
    await offerRemedy(services, failure, retry, prefixFor(failure.kind));
  }
}

async function offerRemedy(
  services: LoginServices,
  failure: Failure,
  retry: () => Promise<void>,
  prefix: string,
): Promise<void> {
  if (failure.kind === 'cancelled') return;
  if (failure.kind === 'signedOut' || failure.kind === 'expired') services.refresh.loginMayHaveChanged();
  const { text: words, remedy, showSaid } = failureWords(failure);
  const text = prefix === '' ? words : `${prefix} ${words}`;
  if (remedy === 'signIn') {
    const isNewer = newLoginCheck(services);
    if (!(await askToSignIn(text, remedyLabel(remedy)))) return;
    await runWithRecovery(services, async () => {
      if ((await isNewer()) || (await signIn(services))) await runWithRecovery(services, retry);
    });
    return;
  }
  const button = { title: remedyLabel(remedy), value: remedy };
  const pressed =
    showSaid && failure.said
      ? await confirm({
          text,
          detail: saidWords(failure.said, failure.program),
          harmless: remedyLabel('log'),
          acting: remedy === 'log' ? [] : [button],
        })
      : await showError(text, button);
  switch (pressed) {
    case undefined:
      return;
    case 'retry':
    case 'change':
      await runWithRecovery(services, retry);
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
    case 'harmless':
      services.log.show();
  }
}

/**
 * Returns a check whether the user has signed in elsewhere since this call. The user is then not asked to
 * sign in again.
 */
function newLoginCheck({ store, refresh }: LoginServices): () => Promise<boolean> {
  const validUntil = (): number | undefined => profileOf(store.snapshot.login)?.validUntil;
  const previous = validUntil();
  return async () => {
    await refresh.refreshNow();
    return store.snapshot.login.kind === 'signedIn' && validUntil() !== previous;
  };
}
