import * as l10n from '@vscode/l10n';
import { runningElevations, samePlace, type Elevation } from '../../access/elevation.ts';
import { forMessage, forSentence } from '../../access/untrusted/sinks.ts';
import { showError, confirm, showInfo, withProgress } from '../../editor/messages.ts';
import { Cancelled } from '../../editor/quickInput.ts';
import { homesOfLogin } from '../../state/elevation/homeRecords.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import { failureWords, saidWords } from '../../text/failure.ts';
import { dropAccess } from '../elevate/dropAccess.ts';
import { requireLogin } from '../login/requireLogin.ts';
import { switchProfile } from './switchProfile.ts';
import type { AccountServices } from './services.ts';

/**
 * Signs out after the user has confirmed the consequences. The elevations in private homes are dropped first.
 * @throws Cancelled
 */
export async function signOut(services: AccountServices): Promise<void> {
  const { store, refresh } = services;
  await refresh.ensureLogin();
  const { login } = store.snapshot;
  if (login.kind === 'signedOut') {
    void showInfo(l10n.t('You are not signed in.'));
    return;
  }
  const profile = login.kind === 'expired' ? login.profile : await requireLogin(services);
  const cluster = forMessage(profile.cluster);
  // The pick of profiles, to which Enter leads, has no active entry.
  const answer = await confirm<'out'>({
    text: cluster === undefined ? l10n.t('Sign out of Teleport?') : l10n.t('Sign out of {0}?', cluster),
    detail: consequences(services, profile),
    harmless: l10n.t('Switch Profile Instead…'),
    acting: [{ title: l10n.t('Sign Out'), value: 'out' }],
  });
  if (answer === undefined) throw new Cancelled();
  if (answer === 'harmless') await switchProfile(services);
  else await dropAndSignOut(services, profile);
}

/** The running elevations in private homes of this login. */
function privateElevationsOf(services: AccountServices, profile: Profile): Elevation[] {
  const homes = new Set(homesOfLogin(services.elevations.records, profile).map(({ name }) => name));
  return runningElevations(services.store.snapshot.elevations, services.clock.now()).filter(
    ({ where }) => where.kind === 'private' && homes.has(where.home),
  );
}

const namesOf = ({ roles, requestId }: Elevation): string => roles.map(forSentence).join(', ') || requestId;

function consequences(services: AccountServices, profile: Profile): string {
  const { store, clock, env } = services;
  const { elevations, waiting } = store.snapshot;
  const inMainLogin = runningElevations(elevations, clock.now()).filter(
    ({ where }) => where.kind === 'mainLogin',
  );
  return [
    l10n.t('{0} at {1}.', forSentence(profile.user), forSentence(profile.cluster)),
    ...privateElevationsOf(services, profile).map((elevation) =>
      elevation.here
        ? l10n.t('The elevated terminal of {0} is given back first.', namesOf(elevation))
        : l10n.t('The elevated terminal of {0} in another window is given back first.', namesOf(elevation)),
    ),
    ...inMainLogin.map((elevation) => l10n.t('{0} in the main login ends with it.', namesOf(elevation))),
    ...(waiting.length > 0
      ? [l10n.t('Requests that wait for a decision stay; you are told when you are signed in again.')]
      : []),
    ...(env['SSH_AUTH_SOCK'] === undefined
      ? []
      : [l10n.t('Keys that tsh put into your ssh-agent from another terminal stay there until they end.')]),
  ].join('\n');
}

async function dropAndSignOut(services: AccountServices, profile: Profile): Promise<void> {
  const { tsh, mainLogin, store, refresh, drops, journal } = services;
  const elevations = privateElevationsOf(services, profile);
  for (const elevation of elevations) {
    const { requestId } = elevation;
    const isStillElevated = privateElevationsOf(services, profile).some(({ where }) =>
      samePlace(where, elevation.where),
    );
    if (isStillElevated) await dropAccess(services, { id: requestId, elevation });
  }
  if (privateElevationsOf(services, profile).length > 0) {
    void showInfo(l10n.t('You are still signed in, because something elevated was kept.'));
    return;
  }
  // Homes that are only partly filled, or whose elevation has ended, remain.
  for (const record of homesOfLogin(services.elevations.records, profile)) await drops.dropAbandoned(record);
  const inMainLogin = store.snapshot.elevations.filter(({ where }) => where.kind === 'mainLogin');
  let others: readonly Profile[] = [];
  try {
    others = await tsh.others(mainLogin);
    const onlyProfile = others.length > 0 ? profile : undefined;
    await withProgress(l10n.t('Signing out…'), () => tsh.logout(mainLogin, onlyProfile));
  } catch (error) {
    await refresh.refreshNow();
    // The call may fail after tsh has signed the user out.
    if (store.snapshot.login.kind !== 'signedOut') {
      await showStillSignedIn(services, profile, error, elevations.length > 0);
      return;
    }
  }
  for (const { requestId, roles } of inMainLogin)
    await journal.note({ kind: 'dropped', id: requestId, roles }, profile);
  await refresh.signedOut();
  const clusterName = forMessage(profile.cluster);
  const text = clusterName === undefined ? l10n.t('Signed out.') : l10n.t('Signed out of {0}.', clusterName);
  const button = { title: l10n.t('Switch Profile…'), value: true };
  if (await showInfo(text, ...(others.length > 0 ? [button] : []))) await switchProfile(services);
}

async function showStillSignedIn(
  services: AccountServices,
  profile: Profile,
  error: unknown,
  droppedAny: boolean,
): Promise<void> {
  const failure = failureOf(error);
  if (!failure) throw error;
  const { text, showSaid } = failureWords(failure);
  const message = droppedAny
    ? l10n.t('What was elevated is given back, but you are still signed in. {0}', text)
    : l10n.t('You are still signed in. {0}', text);
  const retry = { title: l10n.t('Try Again'), value: true as const };
  const pressed =
    showSaid && failure.said
      ? await confirm({
          text: message,
          detail: saidWords(failure.said, failure.program),
          harmless: l10n.t('Show Log'),
          acting: [retry],
        })
      : await showError(message, retry);
  if (pressed === 'harmless') services.log.show();
  if (pressed === true) await dropAndSignOut(services, profile);
}
