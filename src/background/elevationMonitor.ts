import { endOf, elevationKey, type Elevation } from '../access/elevation.ts';
import type { Instant } from '../access/untrusted/untrusted.ts';
import { onDidChangeActivity } from '../editor/userActivity.ts';
import { setting } from '../editor/settings.ts';
import { IdleTimer } from '../state/elevation/idleTimer.ts';
import { ServerCheck } from '../state/elevation/serverCheck.ts';
import { runWithRecovery } from '../commands/login/runWithRecovery.ts';
import { EndWarnings } from './endWarnings.ts';
import { handleEndReached, dropAutomatically } from '../commands/elevate/automaticDrop.ts';
import { onServerChange } from './onServerChange.ts';
import { SuccessorTakeover } from './successorTakeover.ts';
import type { BackgroundServices } from './services.ts';

/** A drop that failed is tried again after this time, in ms. */
const retryAfter = 30_000;

/** The parts of the monitor that are not services. */
export interface ElevationMonitorParts {
  /** The folder of the private homes. */
  readonly root: string;
  /** Runs the task after `ms`; the returned function cancels it. */
  readonly later: (ms: number, task: () => void) => () => void;
}

/**
 * Acts by itself while access is elevated: it drops elevations that have ended or whose window is idle, warns
 * before the end, lets successors take over, and checks on the server whether the grants still hold.
 */
export class ElevationMonitor {
  readonly #services: BackgroundServices;
  readonly #endWarnings: EndWarnings;
  readonly #successors: SuccessorTakeover;
  readonly #serverCheck: ServerCheck;
  readonly #idleTimer: IdleTimer;
  readonly #activitySubscription: { dispose(): void };
  /** When the end of each elevation was last handled. */
  readonly #endHandledAt = new Map<string, Instant>();

  constructor(services: BackgroundServices, { root, later }: ElevationMonitorParts) {
    this.#services = services;
    this.#endWarnings = new EndWarnings(services);
    this.#successors = new SuccessorTakeover(services);
    this.#serverCheck = new ServerCheck({
      ...services,
      root,
      later,
      elevationsToCheck: () => this.#elevationsOfWindow(),
      onStatus: (elevation, status) =>
        runWithRecovery(services, () => onServerChange(services, elevation, status)),
    });
    this.#idleTimer = new IdleTimer(
      later,
      () => setting('dropWhenIdle'),
      () => void this.#dropIdle(),
    );
    this.#activitySubscription = onDidChangeActivity((active) => this.#idleTimer.setActive(active));
  }

  /**
   * Does everything that is due. To be called after every change of state, and whenever a shown time
   * changes.
   */
  handleDue(now: Instant): void {
    this.#dropEnded(now);
    this.#endWarnings.showDue(this.#elevationsOfWindow(), now);
    this.#successors.checkSuccessors();
    this.#serverCheck.schedule();
  }

  dispose(): void {
    this.#serverCheck.dispose();
    this.#activitySubscription.dispose();
    this.#idleTimer.dispose();
  }

  /**
   * The elevations that this window acts for: those of its own terminals, and of the main login if it
   * leads.
   */
  #elevationsOfWindow(): Elevation[] {
    const { store, windows } = this.#services;
    return store.snapshot.elevations.filter(({ where, here }) =>
      where.kind === 'private' ? here : windows.leads,
    );
  }

  #dropEnded(now: Instant): void {
    const { store, elevations } = this.#services;
    for (const elevation of store.snapshot.elevations) {
      const { where } = elevation;
      const key = `${elevationKey(elevation)} ${String(endOf(elevation).at)}`;
      if (
        endOf(elevation).at > now ||
        Math.abs(now - (this.#endHandledAt.get(key) ?? -Infinity)) < retryAfter
      )
        continue;
      this.#endHandledAt.set(key, now);
      void runWithRecovery(this.#services, async () => {
        // Another window drops its own elevations, unless it is gone.
        if (!elevation.here) await elevations.load();
        const record = where.kind === 'private' ? elevations.record(where.home) : undefined;
        if (!record || (await elevations.owners.ownerOf(record)) !== 'elsewhere')
          await handleEndReached(this.#services, elevation);
      });
    }
  }

  /** Called when this window was idle for the time in the settings. */
  async #dropIdle(): Promise<void> {
    const privateElevations = this.#elevationsOfWindow().filter(({ where }) => where.kind === 'private');
    for (const elevation of privateElevations)
      await runWithRecovery(this.#services, async () => {
        await dropAutomatically(this.#services, elevation, 'idle');
      });
  }
}
