// The kinds of resources tctl knows here, and what the server does with each.
import { accessListKind } from './accessLists.ts';
import { botKind } from './bots.ts';
import { connectorKinds } from './connectors.ts';
import { Refusal } from '../cli/refusal.ts';
import { store, stored, type ResourceKind } from './resourceKind.ts';
import { readLock } from '../server/locks.ts';
import { newMetadata, objectIn, textIn, textsIn, type StoredItem } from '../resources/resource.ts';
import { readRoleManifest } from '../resources/roles.ts';
import { current, type State } from '../server/serverState.ts';
import { trustedClusterKind } from './trustedClusters.ts';
import { readUser } from '../resources/users.ts';

function refuseInUse(state: State, role: string): void {
  if (current(state.users).some(({ spec }) => textsIn(spec, 'roles').includes(role))) {
    throw new Refusal(
      'failed to delete a role that is still in use by a user, check the system server logs for more details',
    );
  }
}

const kinds: readonly ResourceKind[] = [
  stored({
    word: 'role',
    aliases: ['roles'],
    list: 'roles',
    missing: (name) => `role ${name} is not found`,
    beforeRemoval: refuseInUse,
    create(state, manifest, { force }) {
      const role = readRoleManifest(manifest, state);
      store(state, 'roles', role, force);
      return `role "${role.metadata.name}" has been created`;
    },
  }),
  stored({
    word: 'user',
    aliases: ['users'],
    list: 'users',
    missing: (name) => `user "${name}" not found`,
    create(state, manifest, { creator, now, force }) {
      const name = textIn(objectIn(manifest, 'metadata'), 'name');
      const before = current(state.users).find(({ metadata }) => metadata.name === name);
      const user = readUser(manifest, before, creator, now);
      const known = current(state.roles).map(({ metadata }) => metadata.name);
      const unknown = textsIn(user.spec, 'roles').find((role) => !known.includes(role));
      if (unknown !== undefined) throw new Refusal(`role ${unknown} is not found`);
      store(state, 'users', user, force);
      return `user "${user.metadata.name}" has been ${before ? 'updated' : 'created'}`;
    },
  }),
  stored({
    word: 'lock',
    aliases: ['locks'],
    list: 'locks',
    missing: (name) => `lock "${name}" is not found`,
    create(state, manifest, { creator, now, force }) {
      const lock = readLock(manifest, creator, now);
      store(state, 'locks', lock, force);
      return `lock "${lock.metadata.name}" has been created`;
    },
  }),
  stored({
    word: 'token',
    aliases: ['tokens'],
    list: 'tokens',
    missing: (name) => `provisioning token ${name} not found`,
    create(state, manifest, { force }) {
      const metadata = newMetadata({ metadata: { name: objectIn(manifest, 'metadata')['name'] ?? null } });
      store(
        state,
        'tokens',
        { kind: 'token', version: 'v2', metadata, spec: objectIn(manifest, 'spec') },
        force,
      );
      return `provision_token "${metadata.name}" has been created`;
    },
  }),
  {
    word: 'cluster_auth_preference',
    aliases: ['cap'],
    resource: 'cluster_auth_preference',
    listing: [],
    all: (state) => [authPreference(state)],
  },
  accessListKind,
  botKind,
  trustedClusterKind,
  ...connectorKinds,
];

/** Everybody may read it. */
const authPreference = ({ host }: State): StoredItem => ({
  kind: 'cluster_auth_preference',
  version: 'v2',
  metadata: {
    name: 'cluster-auth-preference',
    labels: { 'teleport.dev/origin': 'config-file' },
    // Nobody writes it here.
    revision: host.replace(/.{12}$/, 'f'.repeat(12)),
  },
  spec: {
    type: 'local',
    second_factor: 'off',
    disconnect_expired_cert: false,
    allow_local_auth: true,
    locking_mode: 'best_effort',
    allow_passwordless: false,
    idp: { saml: { enabled: true } },
    allow_headless: false,
    default_session_ttl: '12h0m0s',
    okta: {},
  },
});

export const resourceKindNamed = (word: string): ResourceKind | undefined =>
  kinds.find((kind) => kind.word === word || (kind.aliases ?? []).includes(word));
