import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { addressOf } from '../../access/untrusted/proxyAddress.ts';
import { forPage } from '../../access/untrusted/sinks.ts';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import type { LoginState } from '../../state/login.ts';
import { profileOf } from '../../state/store.ts';
import { actsAsService } from '../../teleport/commands/authServiceConfig.ts';
import { limits } from '../../teleport/commands/tshCalls.ts';
import { TeleportFailure } from '../../teleport/process/failure.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import { atTime, fullDateTime } from '../../text/time.ts';
import { fact, type DoctorEntry } from './diagnose.ts';
import { filesInFolder, placeWords } from './readMachine.ts';
import type { DoctorParts } from './services.ts';

/** The facts about tsh and tctl. */
export const programs = (parts: DoctorParts): readonly DoctorEntry[] => [
  fact({
    name: 'tsh',
    read: () => readProgram(parts, 'tsh'),
    line: ({ path, place }) => [...forPage(path), place],
    failureAdvice: l10n.t('Install it, then run the Doctor again.'),
  }),
  fact({
    name: l10n.t('{0} version', 'tsh'),
    read: async () => ((await installed(parts, 'tsh')) ? parts.tsh.version(parts.mainLogin) : undefined),
    line: (version) => forPage(untrusted(version)),
    failureAdvice: l10n.t('Run this tsh with "version" in a terminal and look what it says.'),
  }),
  fact({
    name: 'tctl',
    read: async () => ({ tctl: await installed(parts, 'tctl'), isService: await actsAsService() }),
    line: ({ tctl }) =>
      tctl
        ? [...forPage(tctl.path), tctl.place]
        : l10n.t('not found; only needed where roles are listed, locks made, or nobody reviews'),
    problem: ({ tctl, isService }) =>
      tctl &&
      isService &&
      l10n.t('tctl is not used: on this machine it would act as the Teleport service itself.'),
    advice: () => l10n.t('Run VS Code on a machine without /etc/teleport.yaml, if you need what tctl does.'),
  }),
  fact({
    name: l10n.t('{0} version', 'tctl'),
    mayFail: true,
    read: async () => ((await installed(parts, 'tctl')) ? tctlVersion(parts) : undefined),
    line: (version) => forPage(untrusted(version)),
  }),
  fact({
    name: l10n.t('Managed'),
    // Teleport installs managed updates there.
    read: () => filesInFolder(join(parts.mainLogin.folder, 'bin')),
    line: (files) =>
      files.length === 0
        ? l10n.t('no downloaded tools in the profile folder')
        : [...files.flatMap(forPage), l10n.t('tsh may run one of these in its place')],
  }),
];

/** Finds a program: its file, and how it was found in words. @throws TeleportFailure `notFound` */
async function readProgram({ client, env, setting }: DoctorParts, name: 'tsh' | 'tctl') {
  const { path } = await client.program(name);
  return { path: untrusted(path), place: placeWords(path, setting(name), env) };
}

/** Finds a program; undefined if it is missing. */
export const installed = (parts: DoctorParts, name: 'tsh' | 'tctl') =>
  readProgram(parts, name).catch(() => undefined);

/**
 * Reads the version from the output of `tctl version`, which is plain text such as `Teleport v17.0.0 git:…
 * go1.22`.
 */
function tctlVersion({ client, mainLogin }: DoctorParts): Promise<string> {
  return mainLogin.queue.read('tctl version', async (signal) => {
    const { stdout } = await client.call('tctl', mainLogin, ['version'], { timeout: limits.local, signal });
    const version = /\bv?(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1];
    if (version === undefined) throw new TeleportFailure({ kind: 'unreadable' });
    return version;
  });
}

/** The facts about the login. */
export function login(parts: DoctorParts): readonly DoctorEntry[] {
  const profile = (): Profile | undefined => profileOf(parts.store.snapshot.login);
  const end = (kind: 'signedIn' | 'expired'): string | undefined => {
    const { login: state } = parts.store.snapshot;
    return state.kind === kind ? fullDateTime(state.profile.validUntil) : undefined;
  };
  return [
    fact({
      name: l10n.t('Login'),
      read: () => readLogin(parts),
      line: (state) => {
        // The entries below tell who is signed in.
        if (profileOf(state)) return [];
        return state.kind === 'signedOut' ? l10n.t('none') : l10n.t('not known');
      },
      problem: ({ kind }) => {
        if (kind === 'signedOut') return l10n.t('You are signed out of Teleport.');
        if (kind === 'expired') return l10n.t('Your Teleport login has expired.');
        return kind === 'tooOld' && l10n.t('This tsh is too old: version 14 or newer is needed.');
      },
      advice: ({ kind }) =>
        kind === 'tooOld' ? l10n.t('Update it.') : l10n.t('Run the command "JIT Access: Sign In".'),
      failureAdvice: l10n.t('Run "tsh status" in a terminal and look what it says.'),
    }),
    fact({ name: l10n.t('Who'), read: () => profile()?.user, line: forPage }),
    fact({ name: l10n.t('Cluster'), read: () => profile()?.cluster, line: forPage }),
    fact({ name: l10n.t('Proxy'), read: profile, line: (of) => forPage(untrusted(addressOf(of))) }),
    fact({ name: l10n.t('Until'), read: () => end('signedIn'), line: String }),
    fact({ name: l10n.t('Expired'), read: () => end('expired'), line: String }),
    fact({
      name: l10n.t('Other profiles'),
      read: () => parts.tsh.others(parts.mainLogin),
      line: (profiles, now) =>
        profiles.flatMap(({ user, cluster: name, validUntil }) => [
          ...[user, name].flatMap(forPage),
          validUntil > now ? l10n.t('signed in until {0}', atTime(validUntil, now)) : l10n.t('login expired'),
        ]),
    }),
  ];
}

/** Reads who is signed in. @throws TeleportFailure if that was never known */
async function readLogin({ refresh, store }: DoctorParts): Promise<LoginState> {
  await refresh.refreshNow();
  const { login, stale } = store.snapshot;
  if (login.kind === 'starting') throw new TeleportFailure(stale ?? { kind: 'unreadable' });
  return login;
}
