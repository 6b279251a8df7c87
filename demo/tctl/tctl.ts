// The table of the commands of tctl, with `tctl status` and `tctl version`.
import { createHash } from 'node:crypto';
import type { Command } from '../client/command.ts';
import { table } from '../cli/goFormat.ts';
import { versionLine } from '../cli/teleportVersion.ts';
import { connectTctl } from '../client/session.ts';
import { readState } from '../server/serverState.ts';
import { listCommands } from './tctlLists.ts';
import { tctlRequestCommands } from './tctlRequests.ts';
import { resourceCommands } from './tctlResources.ts';

/** The certificate authorities that `tctl status` lists. */
const authorities = [
  ...['host', 'user', 'db', 'db_client', 'openssh', 'jwt', 'saml_idp', 'oidc_idp', 'spiffe'],
];

const status: Command = {
  words: ['status'],
  help: 'Report cluster status.',
  run(session) {
    const { state } = connectTctl(session);
    const pin = createHash('sha256').update(state.cluster).digest('hex');
    session.out(
      table(
        [
          ['Cluster', state.cluster],
          ['Version', state.version],
          ...authorities.map((name) => [`${name} CA`, 'never updated']),
          ['CA pin', `sha256:${pin}`],
        ].map(([name = '', value = '']) => [`${name} `, value]),
      ),
    );
  },
};

const version: Command = {
  words: ['version'],
  help: 'Print the version of your tctl binary.',
  run: (session) => session.out(versionLine(readState(session.dir).version)),
};

/** All commands of tctl. */
export const tctlCommands: readonly Command[] = [
  ...tctlRequestCommands,
  ...[status, version],
  ...resourceCommands,
  ...listCommands,
];
