// The commands `tsh status` and `tsh version`.
import type { Command } from '../client/command.ts';
import { noOverrides, otherLogins, overridesOf, printStatus } from '../client/reissueLogin.ts';
import { Refusal } from '../cli/refusal.ts';
import { format } from '../cli/globalFlags.ts';
import { goJson } from '../cli/goFormat.ts';
import { readLogin, readProfile } from '../client/profileFolder.ts';
import { statusObject } from '../client/requestOutput.ts';
import { checkProxy, chosenProfile, isExpired, pingFailure } from '../client/session.ts';
import { readState } from '../server/serverState.ts';
import { gitRef, goRuntime, versionLine } from '../cli/teleportVersion.ts';

/** The environment variables that `tsh status --format=json` prints. */
const shownVariables = [
  'TELEPORT_PROXY',
  'TELEPORT_CLUSTER',
  'TELEPORT_SITE',
  'TELEPORT_KUBE_CLUSTER',
  'KUBECONFIG',
];

const status: Command = {
  words: ['status'],
  help: 'Display the list of proxy servers and retrieved certificates.',
  flags: [
    format,
    {
      name: 'verbose',
      short: 'v',
      kind: 'boolean',
      help: 'Show extra status information after successful login',
    },
  ],
  run(session) {
    checkProxy(session);
    const login = readLogin(session.home, chosenProfile(session));
    if (!login) throw new Refusal('Not logged in.');
    // Without keys tsh prints the present time as the end of the login.
    const { profile, certificateText: text } = login;
    const certificate = text ? login.certificate : { ...login.certificate, validUntil: session.now() };
    if ((session.flags.text('format') ?? 'text') === 'text') {
      printStatus(session, { ...login, certificate });
    } else {
      const set = shownVariables.flatMap((name): [string, string][] => {
        const value = session.env[name];
        return value === undefined ? [] : [[name, value]];
      });
      session.out(
        `${goJson({
          active: statusObject(certificate, profile.proxy, overridesOf(session)),
          profiles: otherLogins(login, session).map((other) =>
            statusObject(other.certificate, other.profile.proxy, noOverrides),
          ),
          environment: set.length ? new Map(set) : undefined,
        })}\n`,
      );
    }
    if (isExpired(session, certificate)) throw new Refusal('Active profile expired.');
  },
};

const versionCommand: Command = {
  words: ['version'],
  help: 'Print the tsh client and Proxy server versions for the current context.',
  flags: [
    format,
    {
      name: 'client',
      short: 'c',
      kind: 'boolean',
      help: 'Show the client version only (no server required).',
    },
  ],
  run(session) {
    const { version } = readState(session.dir);
    const profile = session.flags.isSet('client') ? undefined : readProfile(session.home);
    const reachedProfile = profile && !session.offline ? profile : undefined;
    if (profile && !reachedProfile)
      session.err(`Failed to fetch proxy version: ${pingFailure(profile.proxy)}\n`);
    if ((session.flags.text('format') ?? 'text') === 'text') {
      session.out(versionLine(version));
      if (reachedProfile) session.out(`Proxy version: ${version}\nProxy: ${reachedProfile.proxy}\n`);
      return;
    }
    session.out(
      `${goJson({
        version,
        gitref: gitRef(version),
        runtime: goRuntime,
        proxyVersion: reachedProfile && version,
        proxyPublicAddress: reachedProfile?.proxy,
      })}\n`,
    );
  },
};

/** The commands `tsh status` and `tsh version`. */
export const statusCommands: readonly Command[] = [status, versionCommand];
