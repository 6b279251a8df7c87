// The table of the commands of tctl, and `tctl status`.
import { createHash } from 'node:crypto';
import type { Command } from '../client/command.ts';
import { table } from '../cli/goFormat.ts';
import { connectTctl } from '../client/session.ts';
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

/** All commands of tctl. */
export const tctlCommands: readonly Command[] = [
  ...tctlRequestCommands,
  status,
  ...resourceCommands,
  ...listCommands,
];
