// Bots: a bot is a user and a role of its own, which may take on the bot's roles. Shapes as in Teleport's published source
// (machineidv1); the recorded clusters had no bot.
import { Refusal } from '../cli/refusal.ts';
import { store, stored, type ResourceKind, type Writing } from './resourceKind.ts';
import {
  newMetadata,
  objectIn,
  textIn,
  textsIn,
  type Json,
  type JsonObject,
  type StoredItem,
} from '../resources/resource.ts';
import { readRoleManifest } from '../resources/roles.ts';
import { metadata } from '../resources/roleSchema.ts';
import { readFields, type ManifestStruct } from '../resources/manifestSchema.ts';
import { putResource, type State } from '../server/serverState.ts';
import { newUser } from '../resources/users.ts';

const schema: ManifestStruct = {
  go: 'teleport.machineid.v1.Bot.',
  fields: {
    metadata,
    spec: {
      go: 'teleport.machineid.v1.BotSpec.',
      fields: {
        roles: 'texts',
        traits: { list: { go: 'teleport.machineid.v1.Trait.', fields: { name: 'text', values: 'texts' } } },
        max_session_ttl: 'text',
      },
    },
  },
};

/** What its user and its role are called. */
const ownName = (bot: string): string => `bot-${bot.replaceAll(' ', '-')}`;
const label = 'teleport.internal/bot';

/** Makes a bot, its user and its role, or changes all three; refuses without force where there is one. */
export function createBot(state: State, manifest: JsonObject, writing: Writing): StoredItem {
  const known = readFields(schema, manifest);
  const spec = objectIn(known, 'spec');
  const about = newMetadata(known);
  const own = ownName(about.name);
  const bot: StoredItem = {
    kind: 'bot',
    version: 'v1',
    metadata: about,
    spec,
    status: { user_name: own, role_name: own },
  };
  store(state, 'bots', bot, writing.force);
  putResource(state.roles, own, roleOf(state, about.name, textsIn(spec, 'roles')));
  putResource(state.users, own, userOf(bot, writing));
  return bot;
}

function roleOf(state: State, bot: string, roles: readonly string[]): StoredItem {
  const manifest = {
    version: 'v7',
    metadata: {
      name: ownName(bot),
      description: `Automatically generated role for bot ${bot}`,
      labels: { [label]: bot },
    },
    spec: {
      options: { max_session_ttl: '12h' },
      allow: {
        rules: [{ resources: ['cert_authority'], verbs: ['readnosecrets'] }],
        impersonate: { roles },
      },
    },
  };
  return readRoleManifest(manifest, state);
}

function userOf({ metadata: { name, labels }, spec }: StoredItem, { creator, now }: Writing): StoredItem {
  const user = newUser(ownName(name), [ownName(name)], creator, now);
  const traits = Array.isArray(spec['traits']) ? (spec['traits'] as readonly JsonObject[]) : [];
  return {
    ...user,
    metadata: {
      ...user.metadata,
      labels: { ...labels, [label]: name, 'teleport.internal/bot-generation': '0' },
    },
    spec: {
      ...user.spec,
      traits: Object.fromEntries(
        traits.map((trait): [string, Json] => [textIn(trait, 'name'), trait['values'] ?? null]),
      ),
    },
    status: { password_state: 1 },
  };
}

export const botKind: ResourceKind = stored({
  word: 'bot',
  aliases: ['bots'],
  list: 'bots',
  listing: ['list'],
  missing: (name) => `bot with name "${name}" not found`,
  removed: (name) => `Bot "${name}" has been deleted`,
  create: (state, manifest, writing) =>
    `bot "${createBot(state, manifest, writing).metadata.name}" has been created`,
  beforeRemoval(state, name) {
    putResource(state.users, ownName(name), undefined);
    putResource(state.roles, ownName(name), undefined);
  },
});

/** Removes a bot, or refuses. */
export function removeBot(state: State, name: string): void {
  if (!botKind.remove) throw new Refusal('bots cannot be removed');
  botKind.remove(state, name);
}
