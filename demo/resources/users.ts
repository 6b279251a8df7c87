// Users as resources.
import { randomUUID } from 'node:crypto';
import { Refusal } from '../cli/refusal.ts';
import { never, utcRfc3339 } from '../cli/goFormat.ts';
import { newMetadata, objectIn, textIn, textsIn, type JsonObject, type StoredItem } from './resource.ts';
import { metadata } from './roleSchema.ts';
import { readFields, type ManifestStruct } from './manifestSchema.ts';

/** The properties of a user that the server's rules need. */
export interface DemoUser {
  readonly name: string;
  readonly roles: readonly string[];
  readonly traits: Readonly<Record<string, readonly string[]>>;
}

const schema: ManifestStruct = {
  go: 'types.UserV2.',
  fields: {
    metadata,
    spec: { go: 'types.UserSpecV2.', fields: { roles: 'texts', traits: 'textsMap' } },
  },
};

const unlocked = { is_locked: false, locked_time: never, lock_expires: never };
const traitNames = [
  ...['aws_role_arns', 'azure_identities', 'db_names', 'db_roles', 'db_users', 'gcp_service_accounts'],
  ...['host_user_gid', 'host_user_uid', 'kubernetes_groups', 'kubernetes_users', 'logins', 'windows_logins'],
];

/** The traits of a user created with `tctl users add`. */
export const emptyTraits: Readonly<Record<string, readonly string[] | null>> = Object.fromEntries(
  traitNames.map((name) => [name, name.startsWith('host_user_') ? [''] : null]),
);

/** Makes a user like one created with `tctl users add` whose password is set. `now` is in ms. */
export const newUser = (
  name: string,
  roles: readonly string[],
  creator: string,
  now: number,
): StoredItem => ({
  kind: 'user',
  version: 'v2',
  metadata: { name, revision: randomUUID() },
  spec: {
    roles,
    traits: emptyTraits,
    status: unlocked,
    expires: never,
    created_by: { time: utcRfc3339(now), user: { name: creator } },
  },
  status: { password_state: 2 },
});

/** Makes Teleport's built-in user that approves requests automatically where rules say so. */
export const approvalBot = (): StoredItem => ({
  kind: 'user',
  version: 'v2',
  metadata: {
    name: '@teleport-access-approval-bot',
    description: 'Used internally by Teleport to automatically approve access requests',
    labels: { 'teleport.internal/resource-type': 'system', 'teleport.internal/revision': '1' },
    revision: randomUUID(),
  },
  spec: {
    roles: ['@teleport-access-approver'],
    status: unlocked,
    expires: never,
    created_by: { time: never, user: { name: '' } },
  },
  status: {},
});

/**
 * Returns the user that the server stores for a manifest. Keeps creator and status of an existing user. `now`
 * is in ms.
 * @throws Refusal when the server does not accept the manifest.
 */
export function readUser(
  manifest: JsonObject,
  before: StoredItem | undefined,
  creator: string,
  now: number,
): StoredItem {
  const fields = readFields(schema, manifest);
  const version = textIn(manifest, 'version');
  if (version !== 'v2') throw new Refusal(`user resource version ${version} is not supported`);
  return {
    kind: 'user',
    version,
    metadata: newMetadata(fields),
    spec: {
      ...objectIn(fields, 'spec'),
      status: unlocked,
      expires: never,
      created_by: before?.spec['created_by'] ?? { time: utcRfc3339(now), user: { name: creator } },
    },
    status: before?.status ?? { password_state: 1 },
  };
}

/** Reads a stored user. */
export const readStoredUser = ({ metadata: { name }, spec }: StoredItem): DemoUser => ({
  name,
  roles: textsIn(spec, 'roles'),
  traits: Object.fromEntries(
    Object.keys(objectIn(spec, 'traits')).map((trait) => [trait, textsIn(objectIn(spec, 'traits'), trait)]),
  ),
});
