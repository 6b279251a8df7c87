// Replays the commands with which an editor of roles reads the Enterprise cluster.
import { testRecordings } from '../../support/replay/play.ts';

const kinds = [
  ...['access_list', 'access_lists', 'bot', 'bots', 'cap', 'cluster_auth_preference', 'connectors'],
  ...['github', 'oidc', 'role', 'role-missing', 'saml', 'trusted_cluster', 'user'],
];

export function editorReads(): void {
  describe('what an editor reads', () => {
    testRecordings(
      'eve',
      ...kinds.map((kind) => `tctl-get-${kind}`),
      'tctl-bots-ls',
      'tctl-acl-ls',
      'tctl-rm-role',
    );
  });
}
