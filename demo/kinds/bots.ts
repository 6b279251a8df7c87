// The bot resource. Each bot owns a user and a role, and that role may impersonate the bot's roles. The
// shapes follow Teleport's published source (machineidv1), because the recorded clusters had no bot.
import { storeResource, defineStoredKind, type ResourceKind, type WriteContext } from './resourceKind.ts';
import { newMetadata, objectIn, textsIn, type JsonObject, type StoredItem } from '../resources/resource.ts';
import { readRoleManifest } from '../resources/roles.ts';
import { metadata } from '../resources/roleSchema.ts';
import { readFields, type ManifestStruct } from '../resources/manifestSchema.ts';
import { putResource, type State } from '../server/serverState.ts';
import { newUser } from '../resources/users.ts';

const schema: ManifestStruct = {
  go: 'teleport.machineid.v1.Bot.',
  fields: {
    metadata,
    spec: { go: 'teleport.machineid.v1.BotSpec.', fields: { roles: 'texts', max_session_ttl: 'text' } },
  },
};

/** The name of the user and of the role that belong to a bot. */
const ownName = (bot: string): string => `bot-${bot.replaceAll(' ', '-')}`;
/** The label that names the bot on its user and its role. */
const label = 'teleport.internal/bot';

/** Writes a bot, its user and its role. Throws a Refusal when the bot exists and `context.force` is false. */
function createBot(state: State, manifest: JsonObject, context: WriteContext): StoredItem {
  const fields = readFields(schema, manifest);
  const spec = objectIn(fields, 'spec');
  const botMetadata = newMetadata(fields);
  const botOwnName = ownName(botMetadata.name);
  const bot: StoredItem = {
    kind: 'bot',
    version: 'v1',
    metadata: botMetadata,
    spec,
    status: { user_name: botOwnName, role_name: botOwnName },
  };
  storeResource(state, 'bots', bot, context.force);
  putResource(state.roles, botOwnName, roleOf(state, botMetadata.name, textsIn(spec, 'roles')));
  putResource(state.users, botOwnName, userOf(botMetadata.name, context));
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

function userOf(bot: string, { creator, now }: WriteContext): StoredItem {
  const user = newUser(ownName(bot), [ownName(bot)], creator, now);
  return {
    ...user,
    metadata: {
      ...user.metadata,
      labels: { [label]: bot, 'teleport.internal/bot-generation': '0' },
    },
    spec: { ...user.spec, traits: {} },
    status: { password_state: 1 },
  };
}

/** The bot kind. Removing a bot removes its user and its role. */
export const botKind: ResourceKind = defineStoredKind({
  word: 'bot',
  aliases: ['bots'],
  list: 'bots',
  listVerbs: ['list'],
  notFoundMessage: (name) => `bot with name "${name}" not found`,
  removedMessage: (name) => `Bot "${name}" has been deleted`,
  create: (state, manifest, context) =>
    `bot "${createBot(state, manifest, context).metadata.name}" has been created`,
  beforeRemoval(state, name) {
    putResource(state.users, ownName(name), undefined);
    putResource(state.roles, ownName(name), undefined);
  },
});
