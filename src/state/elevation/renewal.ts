import { join } from 'node:path';
import type { Elevation } from '../../access/elevation.ts';
import type { AccessRequest } from '../../access/request.ts';
import type { Instant } from '../../access/untrusted/untrusted.ts';
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

/** A new certificate must end at least this much later, in ms, to replace the one in use. */
const minGain = 60_000;

/** The result of a renewal. */
export interface RenewalResult {
  readonly elevation: Elevation;
  /** The end of the elevation before the renewal. */
  readonly previousEnd: Instant;
  /**
   * Programs that started before, hold their own certificate and keep the old end. The names are untrusted
   * text.
   */
  readonly keepOldEnd: readonly string[];
}

/** The parts that `core.ts` passes. `loadRun` loads the bundle that runs programs. */
export interface RenewalParts {
  readonly tsh: Tsh;
  readonly mainLogin: Home;
  readonly elevations: Elevations;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly loadRun: () => Promise<Run>;
}

/**
 * Renews elevations in place. It fills a new copy of the main login beside the copy in use, assumes the
 * request in it, and swaps the link atomically. The copy in use cannot be renewed itself, because a
 * certificate never lasts longer than the one it was issued from. The open shell, kubectl's context and its
 * namespace stay as they are.
 */
export class Renewal {
  readonly #parts: RenewalParts;
  readonly #running = new Map<string, Promise<RenewalResult | undefined>>();

  constructor(parts: RenewalParts) {
    this.#parts = parts;
  }

  /**
   * Renews the certificate of an elevation, or replaces its request by the approved successor.
   * @param name the private home
   * @param request the request in use, or the approved successor
   * @returns undefined when the new certificate would end no later, because the login itself does not
   * @throws TeleportFailure as `tsh login --request-id`, `signedOut` without a main login, `gone` when the
   *   elevation was dropped in the meantime. The copy in use stays as it is then, and the new copy is
   *   removed.
   */
  renew(name: string, request: AccessRequest): Promise<RenewalResult | undefined> {
    const running = this.#running.get(name);
    if (running) return running;
    const renewal = this.#renew(name, request).finally(() => this.#running.delete(name));
    this.#running.set(name, renewal);
    return renewal;
  }

  async #renew(name: string, request: AccessRequest): Promise<RenewalResult | undefined> {
    const { elevations, mainLogin, clock, journal } = this.#parts;
    const record = this.#recordInUse(name);
    const folder = join(record.root, name);
    // No call of this extension may write the folder of the main login while it is copied.
    const generation = await mainLogin.queue.write(() => nextGeneration(folder, mainLogin.folder));
    try {
      const { validUntil, loginEnds } = await this.#fill(generation.path, record, request);
      if (validUntil < record.certificateEnds + minGain) return undefined;
      const home = elevations.homeOf(elevationOf(record));
      await home.queue.write(async () => {
        // The elevation may have been dropped while the copy was filled. It must not come back.
        this.#recordInUse(name);
        await generation.activate();
      });
      const changed = await elevations.change(name, {
        requestId: request.id,
        roles: [...request.roles],
        since: clock.now(),
        certificateEnds: validUntil,
        grantEnds: request.grantEnds,
        loginEnds,
        successor: undefined,
        withdrawn: undefined,
      });
      if (!changed) throw new TeleportFailure({ kind: 'gone' });
      await journal.note({ kind: 'continued', id: request.id, roles: request.roles }, record);
      if (request.id !== record.requestId)
        await journal.note({ kind: 'dropped', id: record.requestId, roles: record.roles }, record);
      return {
        elevation: elevationOf(changed),
        previousEnd: record.certificateEnds,
        keepOldEnd: await this.#keepOldEnd(record),
      };
    } finally {
      // After the swap this removes nothing, because the new copy is in use.
      await generation.discard();
    }
  }

  /** @throws TeleportFailure `gone` */
  #recordInUse(name: string): HomeRecord {
    const record = this.#parts.elevations.record(name);
    if (record?.state !== 'ready') throw new TeleportFailure({ kind: 'gone' });
    return record;
  }

  /** Assumes the request in the new copy and checks the result. */
  async #fill(
    path: string,
    record: HomeRecord,
    request: AccessRequest,
  ): Promise<{ validUntil: Instant; loginEnds: Instant }> {
    const { tsh, mainLogin } = this.#parts;
    const copy = new Home(path, record.mainLogin, mainLogin.locks);
    const { login, elevated } = await assumeInCopy(tsh, copy, request.id, {
      check: (profile) => {
        // Another user may be signed in by now, whose rights must not enter this terminal.
        if (!sameLogin(record, profile)) throw new TeleportFailure({ kind: 'signedOut' });
      },
    });
    return { validUntil: elevated.validUntil, loginEnds: login.validUntil };
  }

  /**
   * The running tsh programs (proxy, ssh, database tunnel), which got their certificate when they started.
   */
  async #keepOldEnd(record: HomeRecord): Promise<string[]> {
    const processes = await homeProcesses(join(record.root, record.name), record.shells, this.#parts.loadRun);
    return processes.filter(({ isOwnCall, name }) => !isOwnCall && /^tsh/.test(name)).map(({ name }) => name);
  }
}
