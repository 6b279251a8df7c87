import type { RequestId } from '../../access/text/untrusted.ts';
import { TeleportFailure } from '../process/failure.ts';
import type { Home } from '../home/home.ts';
import type { Profile } from '../output/requestSchema.ts';
import type { Tsh } from './tsh.ts';

/**
 * Assumes a request in a fresh copy of a login, and nothing besides: what was assumed in the main login would come
 * along, so it is dropped in the copy first.
 * @param check looks at the login in the copy before anything is done with it; throws what speaks against it
 * @returns the login as it was copied, and as it is with the request
 * @throws TeleportFailure as `tsh status`, `drop` and `assume`; `signedOut`, `expired`
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
    const clean = await tsh.drop(copy, [], undefined, signal);
    if (clean.assumed.length > 0) throw new TeleportFailure({ kind: 'refused' });
  }
  return { login, elevated: await tsh.assume(copy, id, signal) };
}
