import { join } from 'node:path';
import { untrusted } from '../../access/text/untrusted.ts';
import { editionOf, enterpriseSign } from '../../roles/role/edition.ts';
import { abilities, type Ability } from '../../teleport/commands/abilities.ts';
import { actsAsService } from '../../teleport/commands/authServiceConfig.ts';
import { TeleportFailure } from '../../teleport/process/failure.ts';
import { runtimeFolder } from '../../teleport/process/ownFolder.ts';
import type { Profile } from '../../teleport/output/requestSchema.ts';
import { limits } from '../../teleport/commands/tsh.ts';
import type { Diagnosis, Edition, EditorFacts, Fact, ProgramFacts } from '../../state/diagnosis.ts';
import { aliasFiles, filesInFolder, folderFacts, found, howFound, kubectl, strays } from './machineFacts.ts';
import { signedInUser, profileOf } from '../../state/store.ts';
import { type LoginState } from '../../state/login.ts';
import type { DoctorServices } from './services.ts';

/** What the Doctor reads, and what it measures with. */
export interface DiagnoseParts extends DoctorServices {
  /** The setting that names a program; empty when none does. */
  readonly setting: (name: 'tsh' | 'tctl') => string;
  /** A clock that only measures, in ms. */
  readonly elapsed: () => number;
}

/**
 * Finds out what works here and what does not, and puts it into the store as it comes. Every fact is asked for by
 * itself: one that cannot be had harms no other. What only reads is tried once, where it was never tried before.
 */
export async function diagnose(asked: DiagnoseParts, editor: EditorFacts): Promise<void> {
  const { store, clock, mainLogin, env, workspace } = asked;
  const { folder } = mainLogin;
  const agent = (env['SSH_AUTH_SOCK'] ?? '') !== '';
  let diagnosis: Diagnosis = { at: clock.now(), done: false, editor, strays: strays(env, folder), agent };
  const note = (facts: Partial<Diagnosis>): void => {
    diagnosis = { ...diagnosis, ...facts };
    store.update({ diagnosis });
  };
  note({});
  await Promise.all([
    askPrograms(asked, note),
    found(() => filesInFolder(join(folder, 'bin'))).then((managed) => note({ managed })),
    found(() => aliasFiles(env, folder)).then((files) => note({ aliasFiles: files })),
    found(() => folderFacts(folder, true)).then((home) => note({ home })),
    found(() => folderFacts(runtimeFolder(env), false)).then((runtime) => note({ runtime })),
    found(() => actsAsService()).then((service) => note({ service })),
    found(() => kubectl(env, workspace())).then((path) => note({ kubectl: path })),
  ]);
  const rights = profileOf(store.snapshot.login) ? { rights: rightsNow(asked) } : {};
  note({ ...rights, edition: editionSeen(asked), clock: clockSeen(asked), done: true });
}

type Note = (facts: Partial<Diagnosis>) => void;

async function askPrograms(asked: DiagnoseParts, note: Note): Promise<void> {
  const { tsh, tctl, mainLogin, elapsed } = asked;
  note({ tsh: await found(() => program(asked, 'tsh')) });
  const login = await found(() => loginNow(asked));
  note({ login });
  const profile = 'value' in login && login.value.kind === 'signedIn' ? login.value.profile : undefined;
  // Who is not signed in is not asked: tsh would want a password.
  const signedIn = <T>(look: (profile: Profile) => Promise<T>): Promise<Fact<T>> =>
    profile ? found(() => look(profile)) : Promise.resolve({ notAsked: true });
  note({
    reach: await signedIn(async () => {
      const begun = elapsed();
      await tsh.list(mainLogin);
      return Math.round(elapsed() - begun);
    }),
  });
  note({ others: await found(() => tsh.others(mainLogin)) });
  const its = await found(() => program(asked, 'tctl'));
  note({ tctl: its });
  if ('value' in its) {
    note({
      capabilities: await signedIn(async ({ user }) => {
        await tctl.capabilities(mainLogin, user);
        return true;
      }),
    });
    note({
      cluster: await signedIn(async () => {
        const { cluster, version } = await tctl.status(mainLogin);
        return [cluster, version].filter((text) => text !== undefined).map(untrusted);
      }),
    });
  }
  await signedIn(() => tryReads(asked));
}

/** What reads and changes nothing; what comes of it is noticed on the way. The rest shows when a person does it. */
async function tryReads({ tctl, kube, resources, mainLogin, rights }: DiagnoseParts): Promise<void> {
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
    if (read && !rights.of(ability)) await found(read);
  }
}

async function program(asked: DiagnoseParts, name: 'tsh' | 'tctl'): Promise<ProgramFacts> {
  const { client, tsh, mainLogin, env, setting } = asked;
  const { path } = await client.program(name);
  const version = await found(async () =>
    untrusted(name === 'tsh' ? await tsh.version(mainLogin) : await tctlVersion(asked)),
  );
  return { path: untrusted(path), how: howFound(path, setting(name), env), version };
}

/** `tctl version`, such as `Teleport v17.0.0 git:… go1.22`: text only. */
function tctlVersion({ client, mainLogin }: DiagnoseParts): Promise<string> {
  return mainLogin.queue.read('tctl version', async (signal) => {
    const { stdout } = await client.call('tctl', mainLogin, ['version'], { timeout: limits.local, signal });
    const version = /\bv?(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1];
    if (version === undefined) throw new TeleportFailure({ kind: 'unreadable' });
    return version;
  });
}

async function loginNow({ refresh, store }: DiagnoseParts): Promise<LoginState> {
  await refresh.refreshNow();
  const { login, stale } = store.snapshot;
  if (login.kind === 'starting') throw new TeleportFailure(stale ?? { kind: 'unreadable' });
  return login;
}

const rightsNow = ({ rights }: DiagnoseParts): NonNullable<Diagnosis['rights']> =>
  abilities.map((ability) => [ability, rights.of(ability)] as const);

/** What this person has done or seen here tells the edition, if anything does. */
function editionSeen({ store, rights }: DiagnoseParts): Edition {
  const signs = {
    requests: store.snapshot.requests ?? [],
    reviews: rights.of('review')?.works,
    decides: rights.of('decide')?.works,
  };
  const edition = editionOf(signs);
  if (edition !== 'enterprise') return { kind: edition ?? 'unknown' };
  return { kind: edition, seen: enterpriseSign(signs) === 'review' ? 'review' : 'resources' };
}

/** What the newest own request tells: the cluster wrote down when it was made, and so did we. */
function clockSeen({ store, journal }: DiagnoseParts): NonNullable<Diagnosis['clock']> {
  const { snapshot } = store;
  const own = (snapshot.requests ?? [])
    .filter(({ user }) => user === signedInUser(snapshot))
    .sort((a, b) => b.created - a.created);
  for (const { id, created } of own) {
    const noted = journal.askedAt(id);
    if (noted !== undefined) return { ahead: noted - created, at: created };
  }
  return 'unknown';
}
