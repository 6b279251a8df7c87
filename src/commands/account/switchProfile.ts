import * as l10n from '@vscode/l10n';
import { runningElevations } from '../../access/elevation.ts';
import { forMessage, forPick, forSentence } from '../../access/text/sinks.ts';
import { confirm, showInfo, showWarning } from '../../editor/messages.ts';
import { back, Cancelled, pickOne, type Choice } from '../../editor/quickInput.ts';
import { profileOf } from '../../state/store.ts';
import type { Profile } from '../../teleport/output/requestSchema.ts';
import { hostOf } from '../../access/text/proxyAddress.ts';
import { atTime } from '../../text/time.ts';
import { dropAccess } from '../elevate/dropAccess.ts';
import { askLoginTarget, runLogin, loginTargetOf, type LoginTarget } from '../login/signIn.ts';
import type { AccountServices } from './services.ts';

/** Goes on with another profile of the home, or signs in to another cluster; says what that means for what is elevated. */
export async function switchProfile(services: AccountServices): Promise<void> {
  const { store, refresh } = services;
  await refresh.ensureLogin();
  const former = profileOf(store.snapshot.login);
  const whom = await choose(services, former);
  await sayMainLogin(services);
  await runLogin(services, () => Promise.resolve(whom));
  const { login } = store.snapshot;
  if (login.kind === 'signedIn' && isThat(login.profile, whom)) await sayNow(services, login.profile, former);
  else if (await showWarning(stillWords(former), { title: l10n.t('Try Again'), value: true }))
    await switchProfile(services);
}

async function choose(services: AccountServices, former: Profile | undefined): Promise<LoginTarget> {
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
      placeholder: former
        ? l10n.t('Now {0} at {1}', forPick(former.user), forPick(former.cluster))
        : l10n.t('Which one?'),
    },
  );
  if (answer === back) throw new Cancelled();
  return answer === 'another' ? loginTargetOf(await askLoginTarget(title, { proxy: '', user: '' })) : answer;
}

/** What is elevated in the main login stays so in its files, where nobody sees it any more. @throws Left */
async function sayMainLogin(services: AccountServices): Promise<void> {
  const { store, clock } = services;
  const whole = runningElevations(store.snapshot.elevations, clock.now()).find(
    ({ where }) => where.kind === 'mainLogin',
  );
  if (!whole) return;
  const answer = await confirm(
    l10n.t('Your login is elevated. Switch all the same?'),
    l10n.t(
      '{0} stays in use in the login you leave until {1}, and is not shown here meanwhile.',
      whole.roles.map(forSentence).join(', ') || whole.requestId,
      atTime(whole.certificateEnds, clock.now()),
    ),
    { title: l10n.t('Drop Access and Switch'), value: 'drop' },
    { title: l10n.t('Switch'), value: 'switch' },
  );
  if (answer === undefined) throw new Cancelled();
  if (answer === 'drop') await dropAccess(services, { id: whole.requestId, elevation: whole });
}

const isThat = (profile: Profile, whom: LoginTarget): boolean =>
  hostOf(profile) === hostOf(whom) && (whom.user === undefined || whom.user === profile.user);

/** Names both where they are plain; messages draw links. */
function whoWords({ user, cluster }: Profile): string {
  const [name, place] = [forMessage(user), forMessage(cluster)];
  return name !== undefined && place !== undefined
    ? l10n.t('{0} at {1}', name, place)
    : l10n.t('the profile you chose');
}

/** With a button the whole sentence is shown. */
async function sayNow(
  services: AccountServices,
  profile: Profile,
  former: Profile | undefined,
): Promise<void> {
  const { store, clock } = services;
  const now = l10n.t('Now signed in as {0}.', whoWords(profile));
  const goesOn = runningElevations(store.snapshot.elevations, clock.now()).some(
    ({ where }) => where.kind === 'private',
  );
  if (!goesOn) {
    await showInfo(now);
    return;
  }
  const place = former && former.cluster !== profile.cluster ? forMessage(former.cluster) : undefined;
  const rest =
    place === undefined
      ? l10n.t('Elevated terminals go on until they are given back.')
      : l10n.t('Elevated terminals of {0} go on until they are given back.', place);
  if (await showInfo(`${now} ${rest}`, { title: l10n.t('Drop Access'), value: true }))
    await dropAccess(services);
}

const stillWords = (former: Profile | undefined): string =>
  former
    ? l10n.t('The profile was not switched; you are still {0}.', whoWords(former))
    : l10n.t('You are not signed in yet.');
