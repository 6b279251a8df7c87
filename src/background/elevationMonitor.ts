import { endOf, elevationKey, type Elevation } from '../access/elevation.ts';
import type { Instant } from '../access/text/untrusted.ts';
import { onDidChangeActivity } from '../editor/userActivity.ts';
import { setting } from '../editor/settings.ts';
import { IdleTimer } from '../state/elevation/idleTimer.ts';
import { ServerCheck } from '../state/elevation/serverCheck.ts';
import { runWithRecovery } from '../commands/login/runWithRecovery.ts';
import { EndWarnings } from './endWarnings.ts';
import { endReached, dropUnasked } from '../commands/elevate/dropAccess.ts';
import { onServerChange } from './onServerChange.ts';
import { SuccessorTakeover } from './successorTakeover.ts';
import type { BackgroundServices } from './services.ts';

/** What could not be ended is tried again after so many ms. */
const tryAgain = 30_000;

export interface ElevationMonitorParts {
  /** Where private homes lie. */
  readonly root: string;
  /** Calls back after so many ms; the returned function cancels. */
  readonly later: (ms: number, task: () => void) => () => void;
}

/** What happens by itself while something is elevated: its end and what is said before, succession, the server's word. */
export class ElevationMonitor {
  readonly #services: BackgroundServices;
  readonly #beforeEnd: EndWarnings;
  readonly #succession: SuccessorTakeover;
  readonly #standing: ServerCheck;
  readonly #idle: IdleTimer;
  readonly #activity: { dispose(): void };
  /** When the end of an elevation was last acted on. */
  readonly #ended = new Map<string, Instant>();

  constructor(services: BackgroundServices, { root, later }: ElevationMonitorParts) {
    this.#services = services;
    this.#beforeEnd = new EndWarnings(services);
    this.#succession = new SuccessorTakeover(services);
    this.#standing = new ServerCheck({
      ...services,
      root,
      later,
      elevationsToCheck: () => this.#ours(),
      onStatus: (elevation, standing) =>
        runWithRecovery(services, () => onServerChange(services, elevation, standing)),
    });
    this.#idle = new IdleTimer(
      later,
      () => setting('dropWhenIdle'),
      () => void this.#dropIdle(),
    );
    this.#activity = onDidChangeActivity((active) => this.#idle.setActive(active));
  }

  /** Does what is due; to be called after every change, and at every instant at which a word changes. */
  look(now: Instant): void {
    this.#giveBackEnded(now);
    this.#beforeEnd.look(this.#ours(), now);
    this.#succession.look();
    this.#standing.schedule();
  }

  dispose(): void {
    this.#standing.dispose();
    this.#activity.dispose();
    this.#idle.dispose();
  }

  /** What this window speaks for: its own terminals, and the main login where it leads. */
  #ours(): Elevation[] {
    const { store, windows } = this.#services;
    return store.snapshot.elevations.filter(({ where, here }) =>
      where.kind === 'private' ? here : windows.leads,
    );
  }

  #giveBackEnded(now: Instant): void {
    const { store, elevations } = this.#services;
    for (const elevation of store.snapshot.elevations) {
      const { where } = elevation;
      const key = `${elevationKey(elevation)} ${String(endOf(elevation).at)}`;
      if (endOf(elevation).at > now || Math.abs(now - (this.#ended.get(key) ?? -Infinity)) < tryAgain)
        continue;
      this.#ended.set(key, now);
      void runWithRecovery(this.#services, async () => {
        // Another window's is that window's to end, unless it is gone.
        if (!elevation.here) await elevations.load();
        const record = where.kind === 'private' ? elevations.record(where.home) : undefined;
        if (!record || (await elevations.ownerOf(record)) !== 'elsewhere')
          await endReached(this.#services, elevation);
      });
    }
  }

  /** Nobody was at this window for as long as the person has set. */
  async #dropIdle(): Promise<void> {
    const own = this.#ours().filter(({ where }) => where.kind === 'private');
    for (const elevation of own)
      await runWithRecovery(this.#services, async () => {
        await dropUnasked(this.#services, elevation, 'idle');
      });
  }
}
