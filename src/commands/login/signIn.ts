import * as l10n from '@vscode/l10n';
import { addressOf } from '../../access/untrusted/proxyAddress.ts';
import { forPick } from '../../access/untrusted/sinks.ts';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import { showError, showWarning } from '../../editor/messages.ts';
import { setting } from '../../editor/settings.ts';
import { pickOne, typeText } from '../../editor/quickInput.ts';
import { runSteps, type StepPosition } from '../../editor/runSteps.ts';
import { runVisibly } from '../../editor/terminals/terminals.ts';
import { profileOf, type Snapshot } from '../../state/store.ts';
import { signInEnvironment } from '../../teleport/environment/environment.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import { signInArguments } from '../../teleport/commands/tshLogin.ts';
import { requireTrust } from '../shared/requireTrust.ts';
import type { LoginServices } from './services.ts';

/** The user and the proxy of a login. Without a user name tsh chooses it, at a first login. */
export type LoginTarget = Pick<Profile, 'proxy'> & Partial<Pick<Profile, 'user'>>;

/**
 * Signs in with `tsh login` in a visible terminal, where passwords, SSO and security keys work. The user can
 * try again after a failed attempt. Callers at the same time share one sign-in.
 * @returns whether the user is signed in afterwards
 * @throws TeleportFailure `notFound`; Cancelled
 */
export async function signIn(services: LoginServices): Promise<boolean> {
  const { store, lastLogin } = services;
  let typed: TypedLogin = { proxy: setting('proxy'), user: '' };
  const askTarget = async (): Promise<LoginTarget> => {
    const known = profileOf(store.snapshot.login) ?? (await lastLogin.read());
    if (known) return known;
    typed = await askLoginTarget(l10n.t('Sign In'), typed);
    return loginTargetOf(typed);
  };
  do {
    await runLogin(services, askTarget);
    if (isSignedIn(store.snapshot)) return true;
  } while (await askToSignInAgain(services));
  return isSignedIn(store.snapshot);
}

/**
 * Signs in after the user has picked where. Welcome texts, the palette, tasks and other extensions call the
 * command without an object of ours, and a sign-in opens a terminal, takes the focus and may end in a new login.
 * Without a known address the box for it is the question, because it is empty.
 * @throws TeleportFailure `notFound`; Cancelled
 */
export async function confirmSignIn(services: LoginServices): Promise<void> {
  const known = profileOf(services.store.snapshot.login) ?? (await services.lastLogin.read());
  const proxy = setting('proxy').trim();
  const label = known
    ? l10n.t('Sign in to {0} as {1}', forPick(untrusted(addressOf(known))), forPick(known.user))
    : l10n.t('Sign in to {0}', forPick(untrusted(proxy)));
  if (known || proxy !== '')
    await pickOne(
      { title: l10n.t('Sign In') },
      {
        choices: [{ label: `$(sign-in) ${label}`, value: true }],
        placeholder: l10n.t('Choose it with an arrow key, a letter or the mouse'),
      },
    );
  await signIn(services);
}

const isSignedIn = ({ login }: Snapshot): boolean => login.kind === 'signedIn';

/**
 * Asks whether to sign in again. Resolves with false as soon as the user has signed in elsewhere, because an
 * open message cannot be closed by the extension.
 */
async function askToSignInAgain({ store }: LoginServices): Promise<boolean> {
  const { promise: signedIn, resolve } = Promise.withResolvers<false>();
  const subscription = store.onDidChange(() => {
    if (isSignedIn(store.snapshot)) resolve(false);
  });
  const answer = askOnce(showWarning, l10n.t('You are not signed in yet.'), l10n.t('Sign In Again'));
  return Promise.race([answer, signedIn]).finally(() => subscription.dispose());
}

/** Asks whether to sign in, after a failure that needs it. */
export const askToSignIn = (text: string, title: string): Promise<boolean> => askOnce(showError, text, title);

const latestByText = new Map<string, Promise<true | undefined>>();

/**
 * Shows a message with one button and returns whether the button was pressed. VS Code shows equal messages
 * once and closes the older one, so the caller of the older one gets the answer to the newer one.
 */
async function askOnce(showMessage: typeof showWarning, text: string, title: string): Promise<boolean> {
  let answer = showMessage<true>(text, { title, value: true });
  latestByText.set(text, answer);
  while (!(await answer)) {
    const newer = latestByText.get(text);
    if (!newer || newer === answer) return false;
    answer = newer;
  }
  return true;
}

let runningLogin: Promise<void> | undefined;
let showRunningLogin = (): void => undefined;

/**
 * Runs `tsh login` in a visible terminal and then reads the login. If a sign-in is already running, its
 * terminal is shown instead.
 * @param askTarget called only if no sign-in is running
 * @throws TeleportFailure `notFound`; Cancelled
 */
export async function runLogin(
  services: LoginServices,
  askTarget: () => Promise<LoginTarget>,
): Promise<void> {
  await requireTrust(
    l10n.t(
      'VS Code opens no terminals in Restricted Mode, and signing in needs one; trust this folder first.',
    ),
  );
  showRunningLogin();
  runningLogin ??= startLogin(services, askTarget).finally(() => {
    runningLogin = undefined;
    showRunningLogin = () => undefined;
  });
  return runningLogin;
}

async function startLogin(services: LoginServices, askTarget: () => Promise<LoginTarget>): Promise<void> {
  const { client, mainLogin, refresh, env, workspace } = services;
  const { path } = await client.program('tsh');
  const run = runVisibly(
    l10n.t('Sign in to Teleport'),
    path,
    signInArguments(await askTarget()),
    await signInEnvironment(env, mainLogin.folder, workspace()),
    l10n.t('Not signed in. Press Enter to close.'),
  );
  showRunningLogin = () => run.show();
  await run.ended;
  await refresh.refreshNow();
}

const addressPattern = /^[A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?$/;

/** The proxy address and the user name as typed, also of a failed attempt. */
export interface TypedLogin {
  readonly proxy: string;
  readonly user: string;
}

/**
 * Asks for the proxy address and the user name.
 * @param typed the initial values
 * @throws Cancelled
 */
export const askLoginTarget = (title: string, typed: TypedLogin): Promise<TypedLogin> =>
  runSteps<TypedLogin>(
    [
      { name: 'proxy', title, ask: askAddress },
      { name: 'user', title, ask: askUser },
    ],
    typed,
    { startAt: addressPattern.test(typed.proxy) ? 'user' : 'proxy' },
  );

/** The login target for the typed values. */
export const loginTargetOf = ({ proxy, user }: TypedLogin): LoginTarget => ({
  proxy: untrusted(proxy),
  ...(user === '' ? {} : { user: untrusted(user) }),
});

async function askAddress(typed: TypedLogin, position: StepPosition): Promise<TypedLogin> {
  const proxy = await typeText(position, {
    value: typed.proxy,
    placeholder: 'teleport.example.com:443',
    prompt: l10n.t('The address of your Teleport cluster'),
    check: (text) =>
      addressPattern.test(text.trim())
        ? undefined
        : { text: l10n.t('A host name, with a port if it is not 443'), severity: 'error' },
  });
  return { ...typed, proxy: proxy.trim() };
}

async function askUser(
  typed: TypedLogin,
  position: StepPosition,
  keep: (typed: TypedLogin) => void,
): Promise<TypedLogin> {
  const user = await typeText(position, {
    value: typed.user,
    placeholder: l10n.t('Your name on that cluster'),
    prompt: l10n.t('Leave it empty for single sign-on, or where it is the same as on this machine'),
    check: () => undefined,
    onChange: (text) => keep({ ...typed, user: text }),
  });
  return { ...typed, user: user.trim() };
}
