import * as l10n from '@vscode/l10n';
import { runningElevations } from '../../access/elevation.ts';
import { forMessage, forPick, forSentence } from '../../access/untrusted/sinks.ts';
import { confirm, showInfo, showWarning } from '../../editor/messages.ts';
import { Cancelled, pickOne, type Choice } from '../../editor/quickInput.ts';
import { profileOf } from '../../state/store.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import { hostOf } from '../../access/untrusted/proxyAddress.ts';
import { atTime } from '../../text/time.ts';
import { openRequest } from '../shared/openRequest.ts';
import { elevationName } from '../../text/elevationName.ts';
import { dropAccess } from '../elevate/dropAccess.ts';
import { askLoginTarget, runLogin, loginTargetOf, type LoginTarget } from '../login/signIn.ts';
import type { AccountServices } from './services.ts';

/**
 * Switches to another profile of the main login's profile folder, or signs in to another cluster. The user
 * learns what happens to the elevations.
 * @throws Cancelled
 */
export async function switchProfile(services: AccountServices): Promise<void> {
  const { store, refresh } = services;
  await refresh.ensureLogin();
  const previous = profileOf(store.snapshot.login);
  const target = await chooseProfile(services, previous);
  await confirmMainLogin(services);
  await runLogin(services, () => Promise.resolve(target));
  const { login } = store.snapshot;
  if (login.kind === 'signedIn' && matchesTarget(login.profile, target))
    await showSwitched(services, login.profile, previous);
  else if (await showWarning(notSwitchedWords(previous), { title: l10n.t('Try Again'), value: true }))
    await switchProfile(services);
}

async function chooseProfile(services: AccountServices, previous: Profile | undefined): Promise<LoginTarget> {
  const { tsh, mainLogin, clock } = services;
  const now = clock.now();
  const others = (await tsh.others(mainLogin)).map((profile): Choice<LoginTarget | 'another'> => ({
    label: l10n.t('{0} at {1}', forPick(profile.user), forPick(profile.cluster)),
    description:
      profile.validUntil > now
        ? l10n.t('signed in until {0}', atTime(profile.validUntil, now))
        : l10n.t('login expired'),
    value: profile,
  }));
  const title = l10n.t('Switch Profile');
  const answer = await pickOne<LoginTarget | 'another'>(
    { title },
    {
      choices: [...others, { label: `$(add) ${l10n.t('Sign in to another cluster…')}`, value: 'another' }],
      placeholder: previous
        ? l10n.t('Now {0} at {1}', forPick(previous.user), forPick(previous.cluster))
        : l10n.t('Which one?'),
    },
  );
  return answer === 'another' ? loginTargetOf(await askLoginTarget(title, { proxy: '', user: '' })) : answer;
}

/**
 * Asks what to do with an elevation of the main login. If it is not dropped, it stays in the files of the
 * profile that the user leaves, and this extension no longer shows it.
 * @throws Cancelled
 */
async function confirmMainLogin(services: AccountServices): Promise<void> {
  const { store, clock } = services;
  const elevation = runningElevations(store.snapshot.elevations, clock.now()).find(
    ({ where }) => where.kind === 'mainLogin',
  );
  if (!elevation) return;
  const answer = await confirm<'drop' | 'switch'>({
    text: l10n.t('{0} is in use in your login. Switch all the same?', elevationName(elevation)),
    detail: l10n.t(
      '{0} stays in use in the login you leave until {1}, and is not shown here meanwhile.',
      elevation.roles.map(forSentence).join(', ') || elevation.requestId,
      atTime(elevation.certificateEnds, clock.now()),
    ),
    harmless: l10n.t('Open Request'),
    acting: [
      { title: l10n.t('Drop Access and Switch'), value: 'drop' },
      { title: l10n.t('Switch'), value: 'switch' },
    ],
  });
  if (answer === 'harmless') await openRequest(elevation.requestId);
  if (answer === undefined || answer === 'harmless') throw new Cancelled();
  if (answer === 'drop') await dropAccess(services, { id: elevation.requestId, elevation });
}

const matchesTarget = (profile: Profile, target: LoginTarget): boolean =>
  hostOf(profile) === hostOf(target) && (target.user === undefined || target.user === profile.user);

/** Names the user and the cluster if both are plain names, because messages render links. */
function profileWords({ user, cluster }: Profile): string {
  const [userName, clusterName] = [forMessage(user), forMessage(cluster)];
  return userName !== undefined && clusterName !== undefined
    ? l10n.t('{0} at {1}', userName, clusterName)
    : l10n.t('the profile you chose');
}

/**
 * Shows the new profile. If terminals stay elevated, the message says so and has a button, because VS Code
 * shows a long message in full only if it has a button.
 */
async function showSwitched(
  services: AccountServices,
  profile: Profile,
  previous: Profile | undefined,
): Promise<void> {
  const { store, clock } = services;
  const text = l10n.t('Now signed in as {0}.', profileWords(profile));
  const isElevatedPrivately = runningElevations(store.snapshot.elevations, clock.now()).some(
    ({ where }) => where.kind === 'private',
  );
  if (!isElevatedPrivately) {
    await showInfo(text);
    return;
  }
  const previousCluster =
    previous && previous.cluster !== profile.cluster ? forMessage(previous.cluster) : undefined;
  const privateText =
    previousCluster === undefined
      ? l10n.t('Elevated terminals go on until they are given back.')
      : l10n.t('Elevated terminals of {0} go on until they are given back.', previousCluster);
  if (await showInfo(`${text} ${privateText}`, { title: l10n.t('Drop Access'), value: true }))
    await dropAccess(services);
}

const notSwitchedWords = (previous: Profile | undefined): string =>
  previous
    ? l10n.t('The profile was not switched; you are still {0}.', profileWords(previous))
    : l10n.t('You are not signed in yet.');
