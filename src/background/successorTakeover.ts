import * as l10n from '@vscode/l10n';
import type { RequestChange } from '../access/requestChanges.ts';
import type { Elevation } from '../access/elevation.ts';
import { forMessage } from '../access/text/sinks.ts';
import { decidingReview, isOpen, isScheduled, isUsable, type AccessRequest } from '../access/request.ts';
import type { RequestId } from '../access/text/untrusted.ts';
import { showWarning } from '../editor/messages.ts';
import { atTime } from '../text/time.ts';
import { runWithRecovery } from '../commands/login/runWithRecovery.ts';
import { continueElevation } from '../commands/elevate/continueAccess.ts';
import { elevationName } from '../commands/elevate/dropAccess.ts';
import { openRequest } from '../commands/shared/openRequest.ts';
import type { BackgroundServices } from './services.ts';
import type { Elevations } from '../state/elevation/elevations.ts';

/**
 * Lets an approved successor take over the elevation it was asked for: Continue was pressed, and its terminal is open.
 * Only the window that has the terminal does it, and tells what became of the successor.
 */
export class SuccessorTakeover {
  readonly #services: BackgroundServices;
  /** Successors that are being taken over, or about which everything is said. */
  readonly #seen = new Set<RequestId>();

  constructor(services: BackgroundServices) {
    this.#services = services;
  }

  /** Looks what became of each successor. */
  look(): void {
    const { store, clock, terminals } = this.#services;
    const { elevations, requests } = store.snapshot;
    const now = clock.now();
    for (const elevation of elevations) {
      const { successor, where, here, requestId } = elevation;
      if (successor === undefined || successor === requestId || this.#seen.has(successor)) continue;
      if (where.kind !== 'private' || !here || !terminals.has(where.home)) continue;
      const request = requests?.find(({ id }) => id === successor);
      if (request ? isOpen(request, now) || isScheduled(request, now) : this.#mayBeThere(successor)) continue;
      this.#seen.add(successor);
      const { home } = where;
      if (request && isUsable(request, now))
        void runWithRecovery(this.#services, () =>
          continueElevation(this.#services, home, request, approver(request)),
        );
      else void this.#sayNot(elevation, home, successor, request);
    }
  }

  /** Not listed yet, or no list yet. */
  #mayBeThere(id: RequestId): boolean {
    const { requests, waiting, login } = this.#services.store.snapshot;
    return requests === undefined || login.kind !== 'signedIn' || waiting.includes(id);
  }

  async #sayNot(
    elevation: Elevation,
    home: string,
    successor: RequestId,
    request: AccessRequest | undefined,
  ): Promise<void> {
    const { elevations, clock } = this.#services;
    if (!(await elevations.claim(`successor-${successor}`, home))) return;
    const until = atTime(elevation.certificateEnds, clock.now());
    const by = request && approver(request);
    const text =
      request?.state !== 'denied'
        ? l10n.t('Nobody decided in time on continuing {0}; it ends at {1}.', elevationName(elevation), until)
        : by === undefined
          ? l10n.t('Continuing {0} was denied; what runs now ends at {1}.', elevationName(elevation), until)
          : l10n.t(
              'Continuing {0} was denied by {1}; what runs now ends at {2}.',
              elevationName(elevation),
              by,
              until,
            );
    if (await showWarning(text, { title: l10n.t('Open Request'), value: true })) await openRequest(successor);
  }
}

/** Who decided, where a review did and the name is plain. */
function approver(request: AccessRequest): string | undefined {
  const author = decidingReview(request)?.author;
  return author && forMessage(author);
}

/** Whether a decision is about a successor: then the window with its terminal tells it, and no other. */
export function isSuccessorApproval(elevations: Elevations, change: RequestChange): boolean {
  if (change.kind === 'asked') return false;
  const id = change.kind === 'lapsed' ? change.id : change.request.id;
  return elevations.inUse.some(({ successor, requestId }) => successor === id || requestId === id);
}
