// The kinds of resources tctl knows here, and what the server does with each.
import { Refusal } from './failure.ts';
import { isInForce, readLock } from './locks.ts';
import { newMetadata, objectIn, textIn, textsIn, type JsonObject, type Resource } from './resource.ts';
import { readRole } from './roles.ts';
import { current, listed, putResource, type State } from './state.ts';
import { readUser } from './users.ts';

type List = 'roles' | 'users' | 'locks' | 'tokens';

export interface Kind {
  readonly word: string;
  /** Other words for it. */
  readonly aliases?: readonly string[];
  /** What rules call it. */
  readonly resource: string;
  /** The verbs that listing takes. */
  readonly listing: readonly string[];
  readonly list?: List;
  /** All, which lag, or the named one, which does not. `now` in ms. Throws when there is none of that name. */
  all(state: State, now: number, name: string | undefined): readonly Resource[];
  /** Stores a manifest; returns what tctl says. It looks at no revision. */
  readonly create?: (
    state: State,
    manifest: JsonObject,
    creator: string,
    now: number,
    force: boolean,
  ) => string;
}

const both = ['list', 'read'];
const byName = (a: Resource, b: Resource): number => (a.metadata.name < b.metadata.name ? -1 : 1);

/** A kind that is stored. `missing` says that there is none of a name. */
const stored = (
  word: string,
  list: List,
  missing: (name: string) => string,
  create: NonNullable<Kind['create']>,
): Kind => ({
  word,
  aliases: [list],
  resource: word,
  listing: both,
  list,
  create,
  all(state, now, name) {
    const alive = (all: readonly Resource[]): Resource[] =>
      all.filter((each) => each.kind !== 'lock' || isInForce(each, now)).sort(byName);
    if (name === undefined) return alive(listed(state[list]));
    const found = alive(current(state[list])).filter(({ metadata }) => metadata.name === name);
    if (!found.length) throw new Refusal(missing(name));
    return found;
  },
});

/** Puts a resource in place of the one of its name; refuses without `force` where there is one. */
function store(state: State, list: List, resource: Resource, force: boolean): Resource | undefined {
  const { name } = resource.metadata;
  const before = current(state[list]).find(({ metadata }) => metadata.name === name);
  if (before && !force) {
    throw new Refusal(`use -f or --force flag to overwrite\n\t${resource.kind} "${name}" already exists`);
  }
  putResource(state[list], name, resource);
  return before;
}

const nothing = (word: string, resource: string, ...aliases: readonly string[]): Kind => ({
  word,
  aliases,
  resource,
  listing: both,
  all(_, __, name) {
    if (name !== undefined) throw new Refusal(`${word} "${name}" not found`);
    return [];
  },
});

/** This server has no such service. */
export const refuseAccessLists = (): never => {
  throw new Refusal('unknown service teleport.accesslist.v1.AccessListService');
};

const kinds: readonly Kind[] = [
  stored(
    'role',
    'roles',
    (name) => `role ${name} is not found`,
    (state, manifest, _, __, force) => {
      const role = readRole(manifest, state);
      store(state, 'roles', role, force);
      return `role "${role.metadata.name}" has been created`;
    },
  ),
  stored(
    'user',
    'users',
    (name) => `user "${name}" not found`,
    (state, manifest, creator, now, force) => {
      const name = textIn(objectIn(manifest, 'metadata'), 'name');
      const before = current(state.users).find(({ metadata }) => metadata.name === name);
      const user = readUser(manifest, before, creator, now);
      const known = current(state.roles).map(({ metadata }) => metadata.name);
      const unknown = textsIn(user.spec, 'roles').find((role) => !known.includes(role));
      if (unknown !== undefined) throw new Refusal(`role ${unknown} is not found`);
      store(state, 'users', user, force);
      return `user "${user.metadata.name}" has been ${before ? 'updated' : 'created'}`;
    },
  ),
  stored(
    'lock',
    'locks',
    (name) => `lock "${name}" is not found`,
    (state, manifest, creator, now, force) => {
      const lock = readLock(manifest, creator, now);
      store(state, 'locks', lock, force);
      return `lock "${lock.metadata.name}" has been created`;
    },
  ),
  stored(
    'token',
    'tokens',
    (name) => `provisioning token ${name} not found`,
    (state, manifest, _, __, force) => {
      const metadata = newMetadata({ metadata: { name: objectIn(manifest, 'metadata')['name'] ?? null } });
      const token: Resource = {
        kind: 'token',
        version: 'v2',
        metadata,
        spec: objectIn(manifest, 'spec'),
      };
      store(state, 'tokens', token, force);
      return `provision_token "${metadata.name}" has been created`;
    },
  ),
  {
    word: 'cluster_auth_preference',
    aliases: ['cap'],
    resource: 'cluster_auth_preference',
    listing: [],
    all: (state) => [authPreference(state)],
  },
  {
    word: 'access_list',
    aliases: ['access_lists', 'acl'],
    resource: 'access_list',
    listing: [],
    all: refuseAccessLists,
  },
  nothing('bot', 'bot', 'bots'),
  nothing('connectors', 'auth_connector', 'connector'),
  nothing('saml', 'saml'),
  nothing('oidc', 'oidc'),
  nothing('github', 'github'),
  nothing('trusted_cluster', 'trusted_cluster', 'tc'),
];

/** Everybody may read it. */
const authPreference = ({ host }: State): Resource => ({
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

export const kindNamed = (word: string): Kind | undefined =>
  kinds.find((kind) => kind.word === word || (kind.aliases ?? []).includes(word));
