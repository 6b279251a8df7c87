import * as l10n from '@vscode/l10n';
import { forPage } from '../../access/untrusted/sinks.ts';
import { untrusted, type Instant } from '../../access/untrusted/untrusted.ts';
import { editionOf, enterpriseSign } from '../../roles/role/edition.ts';
import { profileOf, signedInUser } from '../../state/store.ts';
import { abilities, type Ability } from '../../teleport/commands/abilities.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import { abilityWords } from '../../text/abilities.ts';
import { clockDifference } from '../../text/clockSkew.ts';
import { relative } from '../../text/time.ts';
import { fact, NotAsked, type DoctorEntry } from './diagnose.ts';
import { installed } from './loginFacts.ts';
import type { DoctorParts } from './services.ts';

/** The facts about the cluster. */
export function cluster(parts: DoctorParts): readonly DoctorEntry[] {
  const { tsh, tctl, mainLogin, elapsed } = parts;
  const tctlAsUser = async <T>(call: (profile: Profile) => Promise<T>): Promise<T | undefined> =>
    (await installed(parts, 'tctl')) ? asUser(parts, call) : undefined;
  return [
    fact({
      name: l10n.t('Reach'),
      read: () =>
        asUser(parts, async () => {
          const start = elapsed();
          await tsh.list(mainLogin);
          return Math.round(elapsed() - start);
        }),
      line: (ms) => l10n.t('tsh request ls answered in {0} ms', ms),
      failureAdvice: l10n.t('What tsh said stands below, at Reach.'),
    }),
    fact({
      name: l10n.t('tctl status'),
      mayFail: true,
      read: () => tctlAsUser(() => tctl.status(mainLogin)),
      line: ({ cluster: name, version }) => {
        const lines = [name, version].flatMap((text) => (text === undefined ? [] : forPage(untrusted(text))));
        return lines.length > 0 ? lines : '-';
      },
    }),
    fact({
      name: l10n.t('tctl as you'),
      mayFail: true,
      read: () => tctlAsUser(({ user }) => tctl.capabilities(mainLogin, user)),
      line: () => l10n.t('answers which roles you may ask for'),
    }),
    fact({ name: l10n.t('Edition'), read: () => editionWords(parts), line: String }),
    fact({
      name: l10n.t('Clock'),
      read: () => readClock(parts),
      line: (clock, now) => {
        if (clock === 'unknown') return l10n.t('not known: it is seen when you ask for access here');
        const words = clockDifference(clock.ahead) ?? l10n.t("within a minute of the cluster's");
        return l10n.t('{0} (seen {1})', words, relative(clock.at, now));
      },
      problem: (clock) => clock !== 'unknown' && clockDifference(clock.ahead),
      advice: () => l10n.t('Set the clock of this machine; times left are wrong.'),
    }),
  ];
}

/** What works for the user on the cluster. */
export const rights = (parts: DoctorParts): readonly DoctorEntry[] => [
  fact({
    name: '',
    read: () => readRights(parts),
    line: (known, now) =>
      known.map(([ability, right]) => {
        const words = abilityWords(ability);
        if (!right) return `  ${l10n.t('not tried   {0}', words)}`;
        const seen = relative(right.at, now);
        return right.works
          ? `  ${l10n.t('works       {0} ({1})', words, seen)}`
          : `  ${l10n.t('refused     {0} ({1})', words, seen)}`;
      }),
  }),
];

/** Makes a call that needs a login. @throws NotAsked while nobody is signed in */
async function asUser<T>({ store }: DoctorParts, call: (profile: Profile) => Promise<T>): Promise<T> {
  const { login } = store.snapshot;
  if (login.kind !== 'signedIn') throw new NotAsked();
  return call(login.profile);
}

/** The edition, inferred from the user's requests and from the calls that worked or were refused. */
function editionWords({ store, rights }: DoctorParts): string {
  const signs = {
    requests: store.snapshot.requests ?? [],
    reviews: rights.of('review')?.works,
    decides: rights.of('decide')?.works,
  };
  const edition = editionOf(signs);
  if (edition === undefined) return l10n.t('not known: nothing was seen that only one of them has');
  if (edition === 'community') return l10n.t('probably Community: you may not review, and tctl decides');
  return enterpriseSign(signs) === 'review'
    ? l10n.t('Enterprise: a review was seen')
    : l10n.t('Enterprise: a request for resources was seen');
}

/**
 * How far this machine's clock was ahead of the cluster's, in ms. Both recorded the time at which the user's
 * newest request was created.
 */
function readClock({ store, journal }: DoctorParts): { ahead: number; at: Instant } | 'unknown' {
  const { snapshot } = store;
  const own = (snapshot.requests ?? [])
    .filter(({ user }) => user === signedInUser(snapshot))
    .sort((a, b) => b.created - a.created);
  for (const { id, created } of own) {
    const sentAt = journal.requestedAt(id);
    if (sentAt !== undefined) return { ahead: sentAt - created, at: created };
  }
  return 'unknown';
}

/**
 * What is known of each ability of the user; undefined if no user is known. Calls that only read are tried
 * first if their ability is unknown: the clients record whether they work. Calls that change the cluster show
 * their ability only when the user makes them.
 */
async function readRights(parts: DoctorParts) {
  const { tctl, kube, resources, mainLogin, rights, store } = parts;
  const reads: Partial<Record<Ability, () => Promise<unknown>>> = {
    search: () => resources.search(mainLogin, 'node'),
    kube: () => kube.list(mainLogin),
    seeRequests: () => tctl.requests(mainLogin),
    readLocks: () => tctl.locks(mainLogin),
    readRoles: () => tctl.roles(mainLogin),
    readUsers: () => tctl.users(mainLogin),
  };
  for (const ability of abilities) {
    const read = reads[ability];
    if (read && !rights.of(ability)) await asUser(parts, read).catch(() => undefined);
  }
  if (!profileOf(store.snapshot.login)) return undefined;
  return abilities.map((ability) => [ability, rights.of(ability)] as const);
}
