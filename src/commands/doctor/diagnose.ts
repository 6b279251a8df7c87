import { join } from 'node:path';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import { editionOf, enterpriseSign } from '../../roles/role/edition.ts';
import { abilities, type Ability } from '../../teleport/commands/abilities.ts';
import { actsAsService } from '../../teleport/commands/authServiceConfig.ts';
import { TeleportFailure } from '../../teleport/process/failure.ts';
import { runtimeFolder } from '../../teleport/process/ownFolder.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import { limits } from '../../teleport/commands/tshCalls.ts';
import type { Diagnosis, Edition, EditorFacts, Fact, ProgramFacts } from '../../state/diagnosis.ts';
import {
  aliasFiles,
  filesInFolder,
  folderFacts,
  readFact,
  howFound,
  findKubectl,
  strayVariables,
} from './machineFacts.ts';
import { signedInUser, profileOf } from '../../state/store.ts';
import type { LoginState } from '../../state/login.ts';
import type { DoctorServices } from './services.ts';

/** The services of the Doctor, its settings and its stopwatch. */
export interface DiagnoseParts extends DoctorServices {
  /** The setting with the path of a program; empty if it is not set. */
  readonly setting: (name: 'tsh' | 'tctl') => string;
  /** A stopwatch, in ms from an arbitrary start. */
  readonly elapsed: () => number;
}

/**
 * Reads the facts of the Doctor and puts each into the store as soon as it is known. Each fact is read
 * independently, so that a failure affects only its own fact. Calls that only read are tried once if their
 * ability is still unknown.
 */
export async function diagnose(parts: DiagnoseParts, editor: EditorFacts): Promise<void> {
  const { store, clock, mainLogin, env, workspace } = parts;
  const { folder } = mainLogin;
  const agent = (env['SSH_AUTH_SOCK'] ?? '') !== '';
  let diagnosis: Diagnosis = {
    at: clock.now(),
    done: false,
    editor,
    strays: strayVariables(env, folder),
    agent,
  };
  const addFacts = (facts: Partial<Diagnosis>): void => {
    diagnosis = { ...diagnosis, ...facts };
    store.update({ diagnosis });
  };
  addFacts({});
  await Promise.all([
    readPrograms(parts, addFacts),
    readFact(() => filesInFolder(join(folder, 'bin'))).then((managed) => addFacts({ managed })),
    readFact(() => aliasFiles(env, folder)).then((files) => addFacts({ aliasFiles: files })),
    readFact(() => folderFacts(folder, true)).then((home) => addFacts({ home })),
    readFact(() => folderFacts(runtimeFolder(env), false)).then((runtime) => addFacts({ runtime })),
    readFact(() => actsAsService()).then((service) => addFacts({ service })),
    readFact(() => findKubectl(env, workspace())).then((path) => addFacts({ kubectl: path })),
  ]);
  const rights = profileOf(store.snapshot.login) ? { rights: currentRights(parts) } : {};
  addFacts({ ...rights, edition: observedEdition(parts), clock: clockDifference(parts), done: true });
}

type AddFacts = (facts: Partial<Diagnosis>) => void;

async function readPrograms(parts: DiagnoseParts, addFacts: AddFacts): Promise<void> {
  const { tsh, tctl, mainLogin, elapsed } = parts;
  addFacts({ tsh: await readFact(() => readProgram(parts, 'tsh')) });
  const login = await readFact(() => readLogin(parts));
  addFacts({ login });
  const profile = 'value' in login && login.value.kind === 'signedIn' ? login.value.profile : undefined;
  // Skipped while nobody is signed in, because tsh would ask for a password.
  const readSignedIn = <T>(read: (profile: Profile) => Promise<T>): Promise<Fact<T>> =>
    profile ? readFact(() => read(profile)) : Promise.resolve({ notAsked: true });
  addFacts({
    reach: await readSignedIn(async () => {
      const start = elapsed();
      await tsh.list(mainLogin);
      return Math.round(elapsed() - start);
    }),
  });
  addFacts({ others: await readFact(() => tsh.others(mainLogin)) });
  const tctlFacts = await readFact(() => readProgram(parts, 'tctl'));
  addFacts({ tctl: tctlFacts });
  if ('value' in tctlFacts) {
    addFacts({
      capabilities: await readSignedIn(async ({ user }) => {
        await tctl.capabilities(mainLogin, user);
        return true;
      }),
    });
    addFacts({
      cluster: await readSignedIn(async () => {
        const { cluster, version } = await tctl.status(mainLogin);
        return [cluster, version].filter((text) => text !== undefined).map(untrusted);
      }),
    });
  }
  await readSignedIn(() => tryReads(parts));
}

/**
 * Tries the calls that only read, if their ability is still unknown. The clients record whether each call
 * works. Calls that change the cluster show their ability only when the user makes them.
 */
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
    if (read && !rights.of(ability)) await readFact(read);
  }
}

async function readProgram(parts: DiagnoseParts, name: 'tsh' | 'tctl'): Promise<ProgramFacts> {
  const { client, tsh, mainLogin, env, setting } = parts;
  const { path } = await client.program(name);
  const version = await readFact(async () =>
    untrusted(name === 'tsh' ? await tsh.version(mainLogin) : await tctlVersion(parts)),
  );
  return { path: untrusted(path), how: howFound(path, setting(name), env), version };
}

/**
 * Reads the version from the output of `tctl version`, which is plain text such as `Teleport v17.0.0 git:…
 * go1.22`.
 */
function tctlVersion({ client, mainLogin }: DiagnoseParts): Promise<string> {
  return mainLogin.queue.read('tctl version', async (signal) => {
    const { stdout } = await client.call('tctl', mainLogin, ['version'], { timeout: limits.local, signal });
    const version = /\bv?(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1];
    if (version === undefined) throw new TeleportFailure({ kind: 'unreadable' });
    return version;
  });
}

async function readLogin({ refresh, store }: DiagnoseParts): Promise<LoginState> {
  await refresh.refreshNow();
  const { login, stale } = store.snapshot;
  if (login.kind === 'starting') throw new TeleportFailure(stale ?? { kind: 'unreadable' });
  return login;
}

const currentRights = ({ rights }: DiagnoseParts): NonNullable<Diagnosis['rights']> =>
  abilities.map((ability) => [ability, rights.of(ability)] as const);

/** The edition, inferred from the user's requests and from the calls that worked or were refused. */
function observedEdition({ store, rights }: DiagnoseParts): Edition {
  const signs = {
    requests: store.snapshot.requests ?? [],
    reviews: rights.of('review')?.works,
    decides: rights.of('decide')?.works,
  };
  const edition = editionOf(signs);
  if (edition !== 'enterprise') return { kind: edition ?? 'unknown' };
  return { kind: edition, seen: enterpriseSign(signs) === 'review' ? 'review' : 'resources' };
}

/**
 * The difference between the clocks of this machine and the cluster. Both recorded the time at which the
 * user's newest request was created.
 */
function clockDifference({ store, journal }: DiagnoseParts): NonNullable<Diagnosis['clock']> {
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
