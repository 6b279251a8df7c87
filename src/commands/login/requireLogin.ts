import { TeleportFailure } from '../../teleport/process/failure.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import type { LoginServices } from './services.ts';

/**
 * The profile that is signed in. It is read with tsh if it is not known.
 * @throws TeleportFailure `notFound`, `tooOld`, `signedOut`, `expired`, or why tsh could not be read
 */
export async function requireLogin({ refresh, store, client }: LoginServices): Promise<Profile> {
  await refresh.ensureLogin();
  const { login, stale } = store.snapshot;
  switch (login.kind) {
    case 'signedIn':
      return login.profile;
    case 'tshMissing':
      // Its failure also says whether the setting is to blame.
      await client.program('tsh');
      throw new TeleportFailure({ kind: 'notFound' });
    case 'starting':
      throw new TeleportFailure(stale ?? { kind: 'unreadable' });
    case 'tooOld':
    case 'signedOut':
    case 'expired':
      throw new TeleportFailure({ kind: login.kind });
  }
}
