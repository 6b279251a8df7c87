import type { AccessRequest } from '../../access/request.ts';
import type { RequestId } from '../../access/untrusted/untrusted.ts';
import type { Tsh } from '../../teleport/commands/tsh.ts';
import type { Home } from '../../teleport/home/home.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import type { Clock } from '../clock.ts';
import type { Store } from '../store.ts';

/** The parts that `Refresh` passes on. */
export interface RequestReaderParts {
  readonly tsh: Tsh;
  readonly mainLogin: Home;
  readonly store: Store;
  readonly clock: Clock;
}

/** Reads single requests with `tsh request show`, which does not lag as the list does, and puts them into the store. */
export class RequestReader {
  readonly #parts: RequestReaderParts;

  constructor(parts: RequestReaderParts) {
    this.#parts = parts;
  }

  /**
   * Reads one request as it is now.
   * @param background lets writes of the user abort the read
   * @throws TeleportFailure `gone`, or another kind when tsh fails
   */
  async read(id: RequestId, background = false): Promise<AccessRequest> {
    const { tsh, mainLogin, store, clock } = this.#parts;
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
   */
  async readAll(ids: readonly RequestId[]): Promise<Set<RequestId>> {
    const gone = new Set<RequestId>();
    for (const id of ids) {
      try {
        await this.read(id, true);
      } catch (error) {
        if (failureOf(error)?.kind !== 'gone') throw error;
        gone.add(id);
      }
    }
    return gone;
  }
}
