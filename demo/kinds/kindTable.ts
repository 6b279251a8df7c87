// The table of all resource kinds that the demo's tctl supports.
import { accessListKind } from './accessLists.ts';
import { botKind } from './bots.ts';
import { connectorKinds } from './connectors.ts';
import { Refusal } from '../cli/refusal.ts';
import { requireRoles } from '../server/authorization.ts';
import { defineFixedKind, defineStoredKind, storeResource, type ResourceKind } from './resourceKind.ts';
import { objectIn, textIn, textsIn, type StoredItem } from '../resources/resource.ts';
import { readRoleManifest } from '../resources/roles.ts';
import { current, type State } from '../server/serverState.ts';
import { readUser } from '../resources/users.ts';

/** Throws a Refusal when a user holds the role. */
function refuseRoleInUse(state: State, role: string): void {
  if (current(state.users).some(({ spec }) => textsIn(spec, 'roles').includes(role))) {
    throw new Refusal(
      'failed to delete a role that is still in use by a user, check the system server logs for more details',
    );
  }
}

const kinds: readonly ResourceKind[] = [
  defineStoredKind({
    word: 'role',
    aliases: ['roles'],
    list: 'roles',
    notFoundMessage: (name) => `role ${name} is not found`,
    beforeRemoval: refuseRoleInUse,
    create(state, manifest, { force }) {
      const role = readRoleManifest(manifest, state);
      storeResource(state, 'roles', role, force);
      return `role "${role.metadata.name}" has been created`;
    },
  }),
  defineStoredKind({
    word: 'user',
    aliases: ['users'],
    list: 'users',
    notFoundMessage: (name) => `user "${name}" not found`,
    create(state, manifest, { creator, now, force }) {
      const name = textIn(objectIn(manifest, 'metadata'), 'name');
      const existing = current(state.users).find(({ metadata }) => metadata.name === name);
      const user = readUser(manifest, existing, creator, now);
      requireRoles(state, textsIn(user.spec, 'roles'));
      storeResource(state, 'users', user, force);
      return `user "${user.metadata.name}" has been ${existing ? 'updated' : 'created'}`;
    },
  }),
  defineStoredKind({
    word: 'lock',
    aliases: ['locks'],
    list: 'locks',
    notFoundMessage: (name) => `lock "${name}" is not found`,
  }),
  defineFixedKind({
    word: 'cluster_auth_preference',
    aliases: ['cap'],
    listVerbs: [],
    notFoundMessage: (name) => `cluster_auth_preference "${name}" is not found`,
    resourcesIn: (state) => [authPreference(state)],
  }),
  accessListKind,
  botKind,
  defineFixedKind({
    word: 'trusted_cluster',
    aliases: ['trusted_clusters', 'tc', 'cluster', 'clusters'],
    notFoundMessage: (name) => `trusted cluster "${name}" is not found`,
  }),
  ...connectorKinds,
];

/** The cluster's authentication settings. Every user may read them, so `listVerbs` is empty. */
const authPreference = ({ host }: State): StoredItem => ({
  kind: 'cluster_auth_preference',
  version: 'v2',
  metadata: {
    name: 'cluster-auth-preference',
    labels: { 'teleport.dev/origin': 'config-file' },
    // Constant, because no command of the demo writes these settings.
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

/** Returns the kind with this name or alias, undefined for an unknown name. */
export const resourceKindNamed = (word: string): ResourceKind | undefined =>
  kinds.find((kind) => kind.word === word || (kind.aliases ?? []).includes(word));
