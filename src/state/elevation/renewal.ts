import { join } from 'node:path';
import type { Elevation } from '../../access/elevation.ts';
import type { AccessRequest } from '../../access/request.ts';
import type { Instant } from '../../access/text/untrusted.ts';
import { assumeInCopy } from '../../teleport/commands/assumeInCopy.ts';
import { TeleportFailure } from '../../teleport/process/failure.ts';
import { Home } from '../../teleport/home/home.ts';
import { nextGeneration } from '../../teleport/home/privateHome.ts';
import { homeProcesses } from '../../teleport/process/processes.ts';
import type { Run } from '../../teleport/process/outcome.ts';
import type { Tsh } from '../../teleport/commands/tsh.ts';
import type { Clock } from '../clock.ts';
import type { Elevations } from './elevations.ts';
import { elevationOf, sameLogin, type HomeRecord } from './homeRecords.ts';
import type { Journal } from '../memory/journal.ts';

/** A certificate that ends less than this later, in ms, is no continuation worth a swap. */
const worthIt = 60_000;

/** What continuing came to. */
export interface RenewalResult {
  readonly elevation: Elevation;
  /** When it would have ended. */
  readonly before: Instant;
  /** Programs started before that hold a certificate of their own and keep the old end; foreign names. */
  readonly keepOldEnd: readonly string[];
}

export interface RenewalParts {
  readonly tsh: Tsh;
  readonly mainLogin: Home;
  readonly elevations: Elevations;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly loadRun: () => Promise<Run>;
}

/**
 * Continues elevations in place: a fresh copy of the main login is filled beside the one in use, the request is
 * assumed there, and the link swapped at one moment. A certificate is never longer than the one it came from, so the
 * copy in use could not be lengthened. The open shell, kubectl's context and its namespace go on.
 */
export class Renewal {
  readonly #parts: RenewalParts;
  readonly #under = new Map<string, Promise<RenewalResult | undefined>>();

  constructor(parts: RenewalParts) {
    this.#parts = parts;
  }

  /**
   * Renews the certificate of an elevation, or lets its successor take over.
   * @param name the private home
   * @param request the request in use, or the approved successor
   * @returns undefined when nothing would be gained: the login itself ends no later
   * @throws TeleportFailure as `tsh login --request-id`, `signedOut` without a main login, `gone` when it was given
   *   back meanwhile. What was in use goes on then, and nothing of the new copy is left.
   */
  renew(name: string, request: AccessRequest): Promise<RenewalResult | undefined> {
    const running = this.#under.get(name);
    if (running) return running;
    const under = this.#continue(name, request).finally(() => this.#under.delete(name));
    this.#under.set(name, under);
    return under;
  }

  async #continue(name: string, request: AccessRequest): Promise<RenewalResult | undefined> {
    const { elevations, mainLogin, clock, journal } = this.#parts;
    const record = this.#inUse(name);
    const folder = join(record.root, name);
    // While the copy is made nothing of ours may write the main login's folder.
    const generation = await mainLogin.queue.write(() => nextGeneration(folder, mainLogin.folder));
    try {
      const { validUntil, loginEnds } = await this.#fill(generation.path, record, request);
      if (validUntil < record.certificateEnds + worthIt) return undefined;
      const home = elevations.homeOf(elevationOf(record));
      await home.queue.write(async () => {
        // Given back while the copy was filled: nothing may be elevated again.
        this.#inUse(name);
        await generation.take();
      });
      const changed = await elevations.change(name, () => ({
        requestId: request.id,
        roles: [...request.roles],
        since: clock.now(),
        certificateEnds: validUntil,
        grantEnds: request.grantEnds,
        loginEnds,
        successor: undefined,
        withdrawn: undefined,
      }));
      if (!changed) throw new TeleportFailure({ kind: 'gone' });
      await journal.note({ kind: 'continued', id: request.id, roles: request.roles }, record);
      if (request.id !== record.requestId)
        await journal.note({ kind: 'givenBack', id: record.requestId, roles: record.roles }, record);
      return {
        elevation: elevationOf(changed),
        before: record.certificateEnds,
        keepOldEnd: await this.#keepOldEnd(record),
      };
    } finally {
      // The one in use is not discarded, whatever went wrong after the swap.
      await generation.discard();
    }
  }

  /** @throws TeleportFailure `gone` */
  #inUse(name: string): HomeRecord {
    const record = this.#parts.elevations.record(name);
    if (record?.state !== 'ready') throw new TeleportFailure({ kind: 'gone' });
    return record;
  }

  /** Assumes the request in the new copy and checks that it is so. */
  async #fill(
    path: string,
    record: HomeRecord,
    request: AccessRequest,
  ): Promise<{ validUntil: Instant; loginEnds: Instant }> {
    const { tsh, mainLogin } = this.#parts;
    const copy = new Home(path, record.mainLogin, mainLogin.locks);
    const { login, elevated } = await assumeInCopy(tsh, copy, request.id, {
      check: (found) => {
        // Somebody else's login by now: their rights are not what this terminal was opened for.
        if (!sameLogin(record, found)) throw new TeleportFailure({ kind: 'signedOut' });
      },
    });
    return { validUntil: elevated.validUntil, loginEnds: login.validUntil };
  }

  /** A running tsh (proxy, ssh, database tunnel) got its certificate when it started. */
  async #keepOldEnd(record: HomeRecord): Promise<string[]> {
    const residents = await homeProcesses(join(record.root, record.name), record.shells, this.#parts.loadRun);
    return residents.filter(({ ours, name }) => !ours && /^tsh/.test(name)).map(({ name }) => name);
  }
}
