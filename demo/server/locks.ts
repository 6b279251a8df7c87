// Locks: what they name and whom they keep out.
import type { Caller } from './certificate.ts';
import { Refusal } from '../cli/refusal.ts';
import { utc } from '../cli/goFormat.ts';
import { newMetadata, objectIn, textIn, type JsonObject, type StoredItem } from '../resources/resource.ts';
import { metadata } from '../resources/roleSchema.ts';
import { readFields, type ManifestStruct } from '../resources/manifestSchema.ts';
import { current, type State } from './serverState.ts';

/** What a lock can be on, in the order in which the server prints it, with the word for it in messages. */
export const lockTargets: Readonly<Record<string, string>> = {
  user: 'User',
  role: 'Role',
  login: 'Login',
  mfa_device: 'MFADevice',
  windows_desktop: 'WindowsDesktop',
  access_request: 'AccessRequest',
  device: 'Device',
  server_id: 'ServerID',
};

const schema: ManifestStruct = {
  go: 'types.LockV2.',
  fields: {
    metadata,
    spec: {
      go: 'types.LockSpecV2.',
      fields: {
        target: {
          go: 'types.LockTarget.',
          fields: Object.fromEntries(Object.keys(lockTargets).map((name) => [name, 'text'])),
        },
        message: 'text',
        expires: 'text',
      },
    },
  },
};

/** A manifest as the server stores it. `now` in ms. */
export function readLock(manifest: JsonObject, creator: string, now: number): StoredItem {
  const known = readFields(schema, manifest);
  const spec = objectIn(known, 'spec');
  if (!Object.keys(objectIn(spec, 'target')).length) {
    throw new Refusal('at least one target field must be set');
  }
  const expires = textIn(spec, 'expires');
  if (expires && Number.isNaN(Date.parse(expires))) {
    throw new Refusal(
      `parsing time "${expires}" as "2006-01-02T15:04:05Z07:00": cannot parse "${expires}" as "2006"`,
    );
  }
  return {
    kind: 'lock',
    version: 'v2',
    metadata: newMetadata(known),
    spec: {
      ...spec,
      ...(expires ? { expires: utc(Date.parse(expires)) } : {}),
      created_at: utc(now),
      created_by: creator,
    },
  };
}

/** Whether a lock still holds: without an end it always does. */
export function isInForce({ spec }: StoredItem, now: number): boolean {
  const expires = textIn(spec, 'expires');
  return !expires || Date.parse(expires) > now;
}

/** The lock in force on a certificate, if any. A person's own roles are in it too. */
export const lockOn = (state: State, caller: Caller, now: number): StoredItem | undefined =>
  current(state.locks).find((lock) => {
    const target = objectIn(lock.spec, 'target');
    return (
      isInForce(lock, now) &&
      (caller.requests.includes(textIn(target, 'access_request')) ||
        textIn(target, 'user') === caller.user ||
        caller.roles.includes(textIn(target, 'role')))
    );
  });

/** Refuses to make a certificate that a lock would cut. */
export function refuseLocked(state: State, caller: Caller, now: number): void {
  const lock = lockOn(state, caller, now);
  if (!lock) return;
  const target = objectIn(lock.spec, 'target');
  const [kind = ''] = Object.keys(target);
  throw new Refusal(
    `lock targeting ${lockTargets[kind] ?? kind}:"${textIn(target, kind)}" is in force: ${textIn(lock.spec, 'message')}`,
  );
}
