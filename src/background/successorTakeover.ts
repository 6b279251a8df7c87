import * as l10n from '@vscode/l10n';
import type { Elevation } from '../access/elevation.ts';
import { forMessage } from '../access/untrusted/sinks.ts';
import { decidingReview, phaseOf, type AccessRequest } from '../access/request.ts';
import type { RequestId } from '../access/untrusted/untrusted.ts';
import { showWarning } from '../editor/messages.ts';
import { atTime } from '../text/time.ts';
import { runWithRecovery } from '../commands/login/runWithRecovery.ts';
import { continueElevation } from '../commands/elevate/continueAccess.ts';
import { elevationName } from '../text/elevationName.ts';
import { showWithRequest } from '../commands/shared/openRequest.ts';
import type { BackgroundServices } from './services.ts';

/**
 * Assumes an approved successor in the elevation that it continues, while the terminal of the elevation is
 * open. Only the window with the terminal does this and shows the result.
 */
export class SuccessorTakeover {
  readonly #services: BackgroundServices;
  /** Successors that were assumed or whose result was shown. */
  readonly #handled = new Set<RequestId>();

  constructor(services: BackgroundServices) {
    this.#services = services;
  }

  /** Checks for each successor whether it was decided or has lapsed. */
  checkSuccessors(): void {
    const { store, clock, terminals } = this.#services;
    const { elevations, requests } = store.snapshot;
    const now = clock.now();
    for (const elevation of elevations) {
      const { successor, where, here, requestId } = elevation;
      if (successor === undefined || successor === requestId || this.#handled.has(successor)) continue;
      if (where.kind !== 'private' || !here || !terminals.has(where.home)) continue;
      const request = requests?.find(({ id }) => id === successor);
      const phase = request && phaseOf(request, now);
      if (phase === 'pending' || phase === 'scheduled' || (!phase && this.#mayStillAppear(successor)))
        continue;
      this.#handled.add(successor);
      const { home } = where;
      if (request && phase === 'ready')
        void runWithRecovery(this.#services, () =>
          continueElevation(this.#services, home, request, decider(request)),
        );
      else void this.#showNotApproved(elevation, home, successor, request);
    }
  }

  /** Whether a missing request may still appear in the list of requests. */
  #mayStillAppear(id: RequestId): boolean {
    const { requests, waiting, login } = this.#services.store.snapshot;
    return requests === undefined || login.kind !== 'signedIn' || waiting.includes(id);
  }

  async #showNotApproved(
    elevation: Elevation,
    home: string,
    successor: RequestId,
    request: AccessRequest | undefined,
  ): Promise<void> {
    const { files, clock } = this.#services;
    if (!(await files.claim(`successor-${successor}-${home}`))) return;
    const until = atTime(elevation.certificateEnds, clock.now());
    const deciderName = request && decider(request);
    const text =
      request?.state !== 'denied'
        ? l10n.t('Nobody decided in time on continuing {0}; it ends at {1}.', elevationName(elevation), until)
        : deciderName === undefined
          ? l10n.t('Continuing {0} was denied; what runs now ends at {1}.', elevationName(elevation), until)
          : l10n.t(
              'Continuing {0} was denied by {1}; what runs now ends at {2}.',
              elevationName(elevation),
              deciderName,
              until,
            );
    await showWithRequest(showWarning, text, successor);
  }
}

/** The author of the deciding review; undefined without one, or if the name is not plain. */
function decider(request: AccessRequest): string | undefined {
  const author = decidingReview(request)?.author;
  return author && forMessage(author);
}
