import * as l10n from '@vscode/l10n';
import { setting } from '../editor/settings.ts';
import { back, typeText } from '../editor/steps.ts';
import { runVisibly } from '../editor/terminals.ts';
import { profileOf } from '../state/store.ts';
import { signInEnvironment } from '../teleport/environment.ts';
import { signInArguments } from '../teleport/signIn.ts';
import { demandTrust } from './demandTrust.ts';
import type { Tools } from './tools.ts';

/**
 * Signs in with `tsh login` in a visible terminal, where passwords, SSO and security keys work.
 * Several that need it at once share one sign-in.
 * @returns whether somebody is signed in afterwards
 * @throws TeleportFailure `notFound`
 */
export async function signIn(tools: Tools): Promise<boolean> {
  await demandTrust(
    l10n.t(
      'VS Code opens no terminals in Restricted Mode, and signing in needs one; trust this folder first.',
    ),
  );
  under ??= start(tools).finally(() => (under = undefined));
  return under;
}

let under: Promise<boolean> | undefined;

async function start(tools: Tools): Promise<boolean> {
  const { client, everyday, store, refresh, lastLogin, env } = tools;
  const { path } = await client.program('tsh');
  const login = profileOf(store.snapshot.login) ?? (await lastLogin.read());
  const proxy = login ? undefined : await askProxy();
  await runVisibly(
    l10n.t('Sign in to Teleport'),
    path,
    signInArguments(login, proxy),
    signInEnvironment(env, everyday.folder),
  );
  await refresh.now();
  return store.snapshot.login.kind === 'signedIn';
}

const address = /^[A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?$/;

async function askProxy(): Promise<string> {
  const known = setting('proxy');
  if (address.test(known)) return known;
  const answer = await typeText(
    { title: l10n.t('Sign In') },
    {
      value: known,
      placeholder: 'teleport.example.com:443',
      prompt: l10n.t('The address of your Teleport cluster'),
      check: (value) =>
        address.test(value.trim())
          ? undefined
          : { text: l10n.t('A host name, with a port if it is not 443'), severity: 'error' },
    },
  );
  return answer === back ? '' : answer.trim();
}
