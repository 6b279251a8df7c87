import type { AccessRequest } from '../../access/request.ts';
import type { RequestId } from '../../access/untrusted/untrusted.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import type { LoginCheckParts } from './loginCheck.ts';

type ReadParts = Pick<LoginCheckParts, 'tsh' | 'mainLogin' | 'store' | 'clock'>;

/**
 * Reads one request as it is now with `tsh request show`, which does not lag as the list does, and puts it into
 * the store.
 * @param background lets writes of the user abort the read
 * @throws TeleportFailure `gone`, or another kind when tsh fails
 */
export async function readOne(
  { tsh, mainLogin, store, clock }: ReadParts,
  id: RequestId,
  background = false,
): Promise<AccessRequest> {
  try {
    const request = await tsh.show(mainLogin, id, { background });
    store.applyRequest(request, clock.now());
    return request;
  } catch (error) {
    if (failureOf(error)?.kind === 'gone') store.applyRequestGone(id, clock.now());
    throw error;
  }
}

/**
 * Reads requests one after the other, in the background.
 * @returns the ids that the server no longer knows
 * @throws TeleportFailure of any other kind
 */
export async function readAll(parts: ReadParts, ids: readonly RequestId[]): Promise<Set<RequestId>> {
  const gone = new Set<RequestId>();
  for (const id of ids) {
    await readOne(parts, id, true).catch((error: unknown) => {
      if (failureOf(error)?.kind !== 'gone') throw error;
      gone.add(id);
    });
  }
  return gone;
}
