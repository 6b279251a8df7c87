import * as l10n from '@vscode/l10n';
import { untrusted } from '../../access/text/untrusted.ts';
import { showError, showWarning } from '../../editor/messages.ts';
import { setting } from '../../editor/settings.ts';
import { back, Cancelled, typeText } from '../../editor/quickInput.ts';
import { runVisibly } from '../../editor/terminals/terminals.ts';
import { profileOf, type Snapshot } from '../../state/store.ts';
import { signInEnvironment } from '../../teleport/process/environment.ts';
import type { Profile } from '../../teleport/output/requestSchema.ts';
import { signInArguments } from '../../teleport/commands/tshLogin.ts';
import { requireTrust } from '../shared/requireTrust.ts';
import type { LoginServices } from './services.ts';

/** Whom to sign in and where; with a first login the name may be left to tsh. */
export type LoginTarget = Pick<Profile, 'proxy'> & Partial<Pick<Profile, 'user'>>;

/**
 * Signs in with `tsh login` in a visible terminal, where passwords, SSO and security keys work, again and again if the
 * person wants. Several that need it at once share one sign-in.
 * @returns whether somebody is signed in afterwards
 * @throws TeleportFailure `notFound`
 */
export async function signIn(services: LoginServices): Promise<boolean> {
  const { store, lastLogin } = services;
  let typed: TypedLogin = { proxy: setting('proxy'), user: '' };
  const whom = async (): Promise<LoginTarget> => {
    const known = profileOf(store.snapshot.login) ?? (await lastLogin.read());
    if (known) return known;
    typed = await askLoginTarget(l10n.t('Sign In'), typed);
    return loginTargetOf(typed);
  };
  do {
    await runLogin(services, whom);
    if (isSignedIn(store.snapshot)) return true;
  } while (await askAgain(services));
  return isSignedIn(store.snapshot);
}

const isSignedIn = ({ login }: Snapshot): boolean => login.kind === 'signedIn';

/** Whether to sign in again. No, once the person has signed in another way: a message cannot be taken back. */
async function askAgain({ store }: LoginServices): Promise<boolean> {
  const { promise: signedIn, resolve } = Promise.withResolvers<false>();
  const listening = store.onDidChange(({ after }) => {
    if (isSignedIn(after)) resolve(false);
  });
  const asked = askTogether(showWarning, l10n.t('You are not signed in yet.'), l10n.t('Sign In Again'));
  return Promise.race([asked, signedIn]).finally(() => listening.dispose());
}

/** Asks whether to sign in, for something that needs it. */
export const askToSignIn = (text: string, title: string): Promise<boolean> =>
  askTogether(showError, text, title);

const latest = new Map<string, Promise<true | undefined>>();

/** VS Code shows the same message once and closes the older: who asked then gets the answer to the newer one. */
async function askTogether(ask: typeof showWarning, text: string, title: string): Promise<boolean> {
  let asked = ask<true>(text, { title, value: true });
  latest.set(text, asked);
  while (!(await asked)) {
    const newer = latest.get(text);
    if (!newer || newer === asked) return false;
    asked = newer;
  }
  return true;
}

let under: Promise<void> | undefined;
let show = (): void => undefined;

/**
 * Runs `tsh login` where a person can answer, then looks who is signed in. While one is under way, that one is shown.
 * @param whom asked only when none is under way
 * @throws TeleportFailure `notFound`; Left
 */
export async function runLogin(services: LoginServices, whom: () => Promise<LoginTarget>): Promise<void> {
  await requireTrust(
    l10n.t(
      'VS Code opens no terminals in Restricted Mode, and signing in needs one; trust this folder first.',
    ),
  );
  show();
  under ??= start(services, whom).finally(() => {
    under = undefined;
    show = () => undefined;
  });
  return under;
}

async function start(services: LoginServices, whom: () => Promise<LoginTarget>): Promise<void> {
  const { client, mainLogin, refresh, env } = services;
  const { path } = await client.program('tsh');
  const run = runVisibly(
    l10n.t('Sign in to Teleport'),
    path,
    signInArguments(await whom()),
    signInEnvironment(env, mainLogin.folder),
    l10n.t('Not signed in. Press Enter to close.'),
  );
  show = () => run.show();
  await run.ended;
  await refresh.refreshNow();
}

const address = /^[A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?$/;

/** What was typed of whom to sign in, also what led nowhere. */
export interface TypedLogin {
  readonly proxy: string;
  readonly user: string;
}

/**
 * Asks where to sign in and under which name.
 * @param typed what to begin with
 * @throws Left
 */
export async function askLoginTarget(title: string, typed: TypedLogin): Promise<TypedLogin> {
  let proxy = address.test(typed.proxy) ? typed.proxy : await askAddress(title, typed.proxy);
  for (;;) {
    const user = await askUser(title, typed.user);
    if (user !== back) return { proxy, user };
    proxy = await askAddress(title, proxy);
  }
}

/** Typed text, as the login it stands for. */
export const loginTargetOf = ({ proxy, user }: TypedLogin): LoginTarget => ({
  proxy: untrusted(proxy),
  ...(user === '' ? {} : { user: untrusted(user) }),
});

async function askAddress(title: string, value: string): Promise<string> {
  const answer = await typeText(
    { title, step: 1, steps: 2 },
    {
      value,
      placeholder: 'teleport.example.com:443',
      prompt: l10n.t('The address of your Teleport cluster'),
      check: (text) =>
        address.test(text.trim())
          ? undefined
          : { text: l10n.t('A host name, with a port if it is not 443'), severity: 'error' },
    },
  );
  if (answer === back) throw new Cancelled();
  return answer.trim();
}

async function askUser(title: string, value: string): Promise<string | typeof back> {
  const answer = await typeText(
    { title, step: 2, steps: 2, canGoBack: true },
    {
      value,
      placeholder: l10n.t('Your name on that cluster'),
      prompt: l10n.t('Leave it empty for single sign-on, or where it is the same as on this machine'),
      check: () => undefined,
    },
  );
  return answer === back ? answer : answer.trim();
}
