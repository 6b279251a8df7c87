import * as l10n from '@vscode/l10n';
import { endOf, elevationKey, type Elevation } from '../access/elevation.ts';
import { noticeDue, type EndNotice } from '../access/endNotices.ts';
import type { Instant } from '../access/text/untrusted.ts';
import { showInfo, type Button } from '../editor/messages.ts';
import { setting } from '../editor/settings.ts';
import { atTime } from '../text/time.ts';
import { runWithRecovery } from '../commands/login/runWithRecovery.ts';
import { continueAccess } from '../commands/elevate/continueAccess.ts';
import { dropAccess, elevationName } from '../commands/elevate/dropAccess.ts';
import type { BackgroundServices } from './services.ts';

/**
 * Says that an end is near: once when the last part begins, once a minute before. Only the window that has the terminal
 * says it; of the main login only the leading one. Nothing is repeated after a reload.
 */
export class EndWarnings {
  readonly #services: BackgroundServices;
  readonly #said = new Set<string>();

  constructor(services: BackgroundServices) {
    this.#services = services;
  }

  /** @param ours the elevations that this window speaks for */
  look(ours: readonly Elevation[], now: Instant): void {
    for (const elevation of ours) {
      const reached = noticeDue(elevation, now);
      if (!reached) continue;
      const key = `${elevationKey(elevation)}-${String(endOf(elevation).at)}`;
      if (this.#said.has(`${reached}-${key}`)) continue;
      this.#said.add(`${reached}-${key}`);
      void this.#say(elevation, reached, key, now);
    }
  }

  async #say(elevation: Elevation, reached: EndNotice, key: string, now: Instant): Promise<void> {
    if (!setting('notifications') || !(await this.#services.elevations.claim(reached, key))) return;
    const target = { id: elevation.requestId, elevation };
    const goOn: Button<() => Promise<void>> = {
      title: l10n.t('Continue'),
      value: () => continueAccess(this.#services, target),
    };
    const drop: Button<() => Promise<void>> = {
      title: l10n.t('Drop Access'),
      value: () => dropAccess(this.#services, target),
    };
    const mayContinue = elevation.withdrawn === undefined;
    const pressed = await showInfo(words(elevation, reached, now), ...(mayContinue ? [goOn] : []), drop);
    if (pressed) await runWithRecovery(this.#services, pressed);
  }
}

/** What ends, when, and what continuing takes. */
function words(elevation: Elevation, reached: EndNotice, now: Instant): string {
  const what = elevationName(elevation);
  const until = atTime(endOf(elevation).at, now);
  const whole = elevation.where.kind === 'mainLogin';
  if (reached === 'last') {
    return whole
      ? l10n.t('{0} ends in a minute, and your main login with it.', what)
      : l10n.t('{0} ends in a minute; what runs in its terminal is ended then.', what);
  }
  if (elevation.withdrawn) return l10n.t('{0} ends at {1}. It cannot be continued.', what, until);
  if (whole) return l10n.t('{0} ends at {1}, and your main login with it.', what, until);
  const grant = elevation.grantEnds ?? elevation.certificateEnds;
  return grant > elevation.certificateEnds + 60_000
    ? l10n.t('{0} ends at {1}. It can be continued without a new approval.', what, until)
    : l10n.t('{0} ends at {1}. Continuing needs a new approval.', what, until);
}
