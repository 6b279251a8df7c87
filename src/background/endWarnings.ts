import * as l10n from '@vscode/l10n';
import { endOf, elevationKey, type Elevation } from '../access/elevation.ts';
import { endWarningDue, type EndWarning } from '../access/deadlines.ts';
import type { Instant } from '../access/untrusted/untrusted.ts';
import { showInfo, type Button } from '../editor/messages.ts';
import { setting } from '../editor/settings.ts';
import { atTime } from '../text/time.ts';
import { runWithRecovery } from '../commands/login/runWithRecovery.ts';
import { continueAccess } from '../commands/elevate/continueAccess.ts';
import { dropAccess } from '../commands/elevate/dropAccess.ts';
import { openRequest } from '../commands/shared/openRequest.ts';
import { elevationName } from '../text/elevationName.ts';
import type { BackgroundServices } from './services.ts';

/**
 * Warns before the end of an elevation: once when the warning period begins and once a minute before the end.
 * Only the window with the terminal warns, and for the main login only the leader. No warning is repeated
 * after a reload.
 */
export class EndWarnings {
  readonly #services: BackgroundServices;
  readonly #shown = new Set<string>();

  constructor(services: BackgroundServices) {
    this.#services = services;
  }

  /** Shows the warnings that are due. @param elevations the elevations that this window acts for */
  showDue(elevations: readonly Elevation[], now: Instant): void {
    for (const elevation of elevations) {
      const warning = endWarningDue(elevation, now);
      if (!warning) continue;
      const key = `${elevationKey(elevation)}-${String(endOf(elevation).at)}`;
      if (this.#shown.has(`${warning}-${key}`)) continue;
      this.#shown.add(`${warning}-${key}`);
      void this.#show(elevation, warning, key, now);
    }
  }

  async #show(elevation: Elevation, warning: EndWarning, key: string, now: Instant): Promise<void> {
    if (!setting('notifications') || !(await this.#services.files.claim(`${warning}-${key}`))) return;
    const target = { id: elevation.requestId, elevation };
    // A key, a task or another extension can press the first button of a message.
    const openButton: Button<() => Promise<void>> = {
      title: l10n.t('Open Request'),
      value: () => openRequest(elevation.requestId),
    };
    const continueButton: Button<() => Promise<void>> = {
      title: l10n.t('Continue'),
      value: () => continueAccess(this.#services, target),
    };
    const dropButton: Button<() => Promise<void>> = {
      title: l10n.t('Drop Access'),
      value: () => dropAccess(this.#services, target),
    };
    const mayContinue = elevation.withdrawn === undefined;
    const pressed = await showInfo(
      warningWords(elevation, warning, now),
      openButton,
      ...(mayContinue ? [continueButton] : []),
      dropButton,
    );
    if (pressed) await runWithRecovery(this.#services, pressed);
  }
}

/** The text of a warning: what ends, when it ends, and whether continuing needs a new approval. */
function warningWords(elevation: Elevation, warning: EndWarning, now: Instant): string {
  const name = elevationName(elevation);
  const until = atTime(endOf(elevation).at, now);
  const inMainLogin = elevation.where.kind === 'mainLogin';
  if (warning === 'last') {
    return inMainLogin
      ? l10n.t('{0} ends in a minute, and your main login with it.', name)
      : l10n.t('{0} ends in a minute; what runs in its terminal is ended then.', name);
  }
  if (elevation.withdrawn) return l10n.t('{0} ends at {1}. It cannot be continued.', name, until);
  if (inMainLogin) return l10n.t('{0} ends at {1}, and your main login with it.', name, until);
  const grant = elevation.grantEnds ?? elevation.certificateEnds;
  return grant > elevation.certificateEnds + 60_000
    ? l10n.t('{0} ends at {1}. It can be continued without a new approval.', name, until)
    : l10n.t('{0} ends at {1}. Continuing needs a new approval.', name, until);
}
