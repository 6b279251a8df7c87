import type { RequestId } from '../../access/untrusted/untrusted.ts';
import { TeleportFailure } from '../process/failure.ts';
import type { Home } from '../home/home.ts';
import type { Profile } from '../output/loginSchema.ts';
import type { Tsh } from './tsh.ts';

/**
 * Assumes a single request in a fresh copy of a login. The copy contains the requests that were assumed in
 * the main login, so they are dropped in the copy first.
 * @param check called with the login of the copy before any change; throws if the login must not be used
 * @returns the login as it was copied, and the login with the request assumed
 * @throws TeleportFailure as `tsh status`, `drop` and `assume`; `signedOut`, `expired`; `refused` when the
 *   drop fails
 */
export async function assumeInCopy(
  tsh: Tsh,
  copy: Home,
  id: RequestId,
  { check, signal }: { check?: (login: Profile) => void; signal?: AbortSignal | undefined } = {},
): Promise<{ readonly login: Profile; readonly elevated: Profile }> {
  const copied = await tsh.status(copy, { signal });
  if (copied.kind !== 'signedIn') throw new TeleportFailure({ kind: copied.kind });
  const login = copied.profile;
  check?.(login);
  if (login.assumed.length > 0) {
    const dropped = await tsh.drop(copy, [], undefined, signal);
    if (dropped.assumed.length > 0) throw new TeleportFailure({ kind: 'refused' });
  }
  return { login, elevated: await tsh.assume(copy, id, signal) };
}
