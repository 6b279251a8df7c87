// Locks: their targets, and the certificates they apply to.
import { randomUUID } from 'node:crypto';
import type { Caller } from './certificate.ts';
import { Refusal } from '../cli/refusal.ts';
import { utcRfc3339 } from '../cli/goFormat.ts';
import { objectIn, textIn, type JsonObject, type StoredItem } from '../resources/resource.ts';
import { current, type State } from './serverState.ts';

/**
 * The targets of a lock that the demo has, in the order in which the server prints them, with their names in messages.
 */
export const lockTargets: Readonly<Record<string, string>> = {
  user: 'User',
  role: 'Role',
  access_request: 'AccessRequest',
};

/**
 * Returns the lock that the server stores. `now` is in ms.
 * @throws Refusal when it is not valid.
 */
export function readLock(name: string, spec: JsonObject, creator: string, now: number): StoredItem {
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
    metadata: { name, revision: randomUUID() },
    spec: {
      ...spec,
      ...(expires ? { expires: utcRfc3339(Date.parse(expires)) } : {}),
      created_at: utcRfc3339(now),
      created_by: creator,
    },
  };
}

/** Whether a lock is in force. A lock without an expiry always is. */
export function isInForce({ spec }: StoredItem, now: number): boolean {
  const expires = textIn(spec, 'expires');
  return !expires || Date.parse(expires) > now;
}

/** Returns a lock in force on a certificate. It can be on any role in it, also on the user's own roles. */
export const lockFor = (state: State, caller: Caller, now: number): StoredItem | undefined =>
  current(state.locks).find((lock) => {
    const target = objectIn(lock.spec, 'target');
    return (
      isInForce(lock, now) &&
      (caller.requests.includes(textIn(target, 'access_request')) ||
        textIn(target, 'user') === caller.user ||
        caller.roles.includes(textIn(target, 'role')))
    );
  });

/** Throws a Refusal when a lock is in force on a certificate that is about to be issued. */
export function refuseLocked(state: State, caller: Caller, now: number): void {
  const lock = lockFor(state, caller, now);
  if (!lock) return;
  const target = objectIn(lock.spec, 'target');
  const [kind = ''] = Object.keys(target);
  throw new Refusal(
    `lock targeting ${lockTargets[kind] ?? kind}:"${textIn(target, kind)}" is in force: ${textIn(lock.spec, 'message')}`,
  );
}
