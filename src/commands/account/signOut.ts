import * as l10n from '@vscode/l10n';
import { runningElevations, samePlace, type Elevation } from '../../access/elevation.ts';
import { forMessage, forSentence } from '../../access/text/sinks.ts';
import { showError, confirm, showInfo, withProgress } from '../../editor/messages.ts';
import { Cancelled } from '../../editor/quickInput.ts';
import type { HomeRecord } from '../../state/elevation/homeRecords.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import type { Profile } from '../../teleport/output/requestSchema.ts';
import { failureWords, saidWords } from '../../text/failure.ts';
import { dropAccess } from '../elevate/dropAccess.ts';
import { requireLogin } from '../login/requireLogin.ts';
import { switchProfile } from './switchProfile.ts';
import type { AccountServices } from './services.ts';

/** Signs out, after saying what ends with it. What is elevated in terminals is given back first. */
export async function signOut(services: AccountServices): Promise<void> {
  const { store, refresh } = services;
  await refresh.ensureLogin();
  const { login } = store.snapshot;
  if (login.kind === 'signedOut') {
    void showInfo(l10n.t('You are not signed in.'));
    return;
  }
  const profile = login.kind === 'expired' ? login.profile : await requireLogin(services);
  const answer = await confirm(
    l10n.t('Sign out of Teleport?'),
    whatEnds(services, profile),
    { title: l10n.t('Switch Profile Instead…'), value: 'switch' },
    { title: l10n.t('Sign Out'), value: 'out' },
  );
  if (answer === undefined) throw new Cancelled();
  if (answer === 'switch') await switchProfile(services);
  else await leave(services, profile);
}

/** The private homes made from this login, in every window. */
export const homesOf = ({ elevations }: AccountServices, { user, cluster }: Profile): HomeRecord[] =>
  elevations.records.filter(
    (record) => record.state !== 'removed' && record.user === user && record.cluster === cluster,
  );

/** What is elevated in private homes of this login. */
function elevatedOf(services: AccountServices, profile: Profile): Elevation[] {
  const homes = new Set(homesOf(services, profile).map(({ name }) => name));
  return runningElevations(services.store.snapshot.elevations, services.clock.now()).filter(
    ({ where }) => where.kind === 'private' && homes.has(where.home),
  );
}

const namesOf = ({ roles, requestId }: Elevation): string => roles.map(forSentence).join(', ') || requestId;

function whatEnds(services: AccountServices, profile: Profile): string {
  const { store, clock, env } = services;
  const { elevations, waiting } = store.snapshot;
  const whole = runningElevations(elevations, clock.now()).filter(({ where }) => where.kind === 'mainLogin');
  return [
    l10n.t('{0} at {1}.', forSentence(profile.user), forSentence(profile.cluster)),
    ...elevatedOf(services, profile).map((elevation) =>
      elevation.here
        ? l10n.t('The elevated terminal of {0} is given back first.', namesOf(elevation))
        : l10n.t('The elevated terminal of {0} in another window is given back first.', namesOf(elevation)),
    ),
    ...whole.map((elevation) => l10n.t('{0} in the main login ends with it.', namesOf(elevation))),
    ...(waiting.length > 0
      ? [l10n.t('Requests that wait for a decision stay; you are told when you are signed in again.')]
      : []),
    ...(env['SSH_AUTH_SOCK'] === undefined
      ? []
      : [l10n.t('Keys that tsh put into your ssh-agent from another terminal stay there until they end.')]),
  ].join('\n');
}

async function leave(services: AccountServices, profile: Profile): Promise<void> {
  const { tsh, mainLogin, store, refresh, drops: giveBack, journal } = services;
  const elevated = elevatedOf(services, profile);
  for (const elevation of elevated) {
    const { requestId } = elevation;
    const still = elevatedOf(services, profile).some(({ where }) => samePlace(where, elevation.where));
    if (still) await dropAccess(services, { id: requestId, elevation });
  }
  if (elevatedOf(services, profile).length > 0) {
    void showInfo(l10n.t('You are still signed in, because something elevated was kept.'));
    return;
  }
  // Half filled ones, and what has ended but was not removed yet.
  for (const record of homesOf(services, profile)) await giveBack.dropAbandoned(record);
  const whole = store.snapshot.elevations.filter(({ where }) => where.kind === 'mainLogin');
  let others: readonly Profile[] = [];
  try {
    others = await tsh.others(mainLogin);
    const only = others.length > 0 ? profile : undefined;
    await withProgress(l10n.t('Signing out…'), () => tsh.logout(mainLogin, only));
  } catch (error) {
    await refresh.refreshNow();
    // Cut off, yet done.
    if (store.snapshot.login.kind !== 'signedOut') {
      await sayNotOut(services, profile, error, elevated.length > 0);
      return;
    }
  }
  for (const { requestId, roles } of whole)
    await journal.note({ kind: 'givenBack', id: requestId, roles }, profile);
  // What was shown was theirs.
  store.forgetLogin();
  store.update({ login: { kind: 'signedOut' } });
  await refresh.refreshNow();
  const where = forMessage(profile.cluster);
  const text = where === undefined ? l10n.t('Signed out.') : l10n.t('Signed out of {0}.', where);
  const button = { title: l10n.t('Switch Profile…'), value: true };
  if (await showInfo(text, ...(others.length > 0 ? [button] : []))) await switchProfile(services);
}

async function sayNotOut(
  services: AccountServices,
  profile: Profile,
  error: unknown,
  gave: boolean,
): Promise<void> {
  const failure = failureOf(error);
  if (!failure) throw error;
  const { text, showSaid } = failureWords(failure);
  const still = gave
    ? l10n.t('What was elevated is given back, but you are still signed in. {0}', text)
    : l10n.t('You are still signed in. {0}', text);
  const again = { title: l10n.t('Try Again'), value: true };
  const pressed =
    showSaid && failure.said
      ? await confirm(still, saidWords(failure.said, failure.program), again)
      : await showError(still, again);
  if (pressed) await leave(services, profile);
}
