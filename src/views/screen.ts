import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { earliestAfter } from '../access/deadlines.ts';
import { endOf } from '../access/elevation.ts';
import { availableActions } from '../access/availableActions.ts';
import type { Instant } from '../access/untrusted/untrusted.ts';
import { setContextKeys } from '../editor/contextKeys.ts';
import { ticketPattern } from '../editor/ticketPattern.ts';
import { profileOf, type Facts, type Snapshot } from '../state/store.ts';
import { myAccess } from './rows/myAccess.ts';
import { requestPage } from './pages/requestPage.ts';
import { PageProvider } from './pages/pageProvider.ts';
import { emptyViewState } from './rows/stateRow.ts';
import { statusItem } from './statusItem.ts';
import { StatusBar } from './statusBar.ts';
import { toReview } from './rows/toReview.ts';
import { Tree } from './treeView.ts';

/** Loads the page of the Doctor at its first use, to keep the entry small: few windows open it. */
const loadDoctorPage = async () => (await import('./pages/doctorPage.ts')).doctorPage;

/** Draws the views, the status bar item and the pages from one snapshot. It holds no state of its own. */
export class Screen implements vscode.Disposable {
  readonly #facts: Facts;
  readonly #mine = new Tree('jitAccess.myAccess');
  readonly #reviews = new Tree('jitAccess.toReview');
  readonly #status = new StatusBar(l10n.t('JIT Access'));
  readonly #pages: PageProvider;

  constructor(facts: Facts, now: () => Instant) {
    this.#facts = facts;
    this.#pages = new PageProvider(async (page) =>
      page === 'doctor'
        ? (await loadDoctorPage())(facts.snapshot.diagnosis, now())
        : requestPage(page, facts.snapshot, now(), ticketPattern()),
    );
  }

  /** Whether one of the views is visible. */
  get viewsVisible(): boolean {
    return this.#mine.view.visible || this.#reviews.view.visible;
  }

  /** Fires when a view is shown or hidden. */
  onDidChangeViewsVisible(listener: () => void): vscode.Disposable {
    return vscode.Disposable.from(
      this.#mine.view.onDidChangeVisibility(listener),
      this.#reviews.view.onDidChangeVisibility(listener),
    );
  }

  /**
   * Draws the current snapshot.
   * @returns the instant at which the drawn text changes next without a new snapshot
   */
  draw(now: Instant): Instant {
    const { snapshot } = this.#facts;
    const reviews = toReview(snapshot, now, ticketPattern());
    const status = statusItem(snapshot, now);
    this.#mine.show(myAccess(snapshot, now));
    this.#reviews.show(reviews.rows);
    this.#reviews.view.badge = badge(reviews.waiting);
    this.#status.show(status);
    this.#pages.refresh();
    setContextKeys({ 'jitAccess.state': emptyViewState(snapshot), ...paletteKeys(snapshot, now) });
    return Math.min(status.nextChange, nextDeadline(snapshot, now));
  }

  dispose(): void {
    for (const part of [this.#mine, this.#reviews, this.#status, this.#pages]) part.dispose();
  }
}

/** The badge with the number of waiting requests. Zero and unknown show none, the view tells them apart. */
function badge(waiting: number | undefined): vscode.ViewBadge | undefined {
  if (waiting === undefined || waiting === 0) return undefined;
  return { value: waiting, tooltip: l10n.t('Requests that wait for your review: {0}', waiting) };
}

/** The context keys that decide which commands the palette offers. */
function paletteKeys(
  snapshot: Snapshot,
  now: Instant,
): Record<
  `jitAccess.${'canUse' | 'canDrop' | 'canOpenTerminal' | 'inTerminal' | 'canReview' | 'waits' | 'hasRequests'}`,
  boolean
> {
  const { requests, elevations } = availableActions(snapshot, now);
  const canUse = requests.some(({ obstacles }) => obstacles.use === undefined);
  const inTerminal = elevations.some(({ obstacles }) => obstacles.terminal === undefined);
  return {
    'jitAccess.canUse': canUse,
    'jitAccess.canDrop': elevations.length > 0,
    'jitAccess.canOpenTerminal': canUse || inTerminal,
    'jitAccess.inTerminal': inTerminal,
    'jitAccess.waits': requests.some(({ obstacles }) => obstacles.cancel === undefined),
    'jitAccess.hasRequests': requests.length > 0,
    'jitAccess.canReview': requests.some(({ obstacles }) => obstacles.decide === undefined),
  };
}

/** The next instant at which the state of a row changes. */
function nextDeadline(
  { requests = [], elevations, elsewhere, login, ended }: Snapshot,
  now: Instant,
): Instant {
  const day = 24 * 60 * 60_000;
  // `atTime` adds the weekday to times that are more than 12 hours away.
  const halfDay = day / 2;
  return earliestAfter(now, [
    ...requests.flatMap(({ decideBy, grantEnds, startsAt = 0 }) => [decideBy, grantEnds, startsAt]),
    ...elevations.map((elevation) => endOf(elevation).at),
    ...elsewhere.map(({ elevation }) => endOf(elevation).at),
    ...ended.flatMap(({ at }) => [at + halfDay, at + day]),
    profileOf(login)?.validUntil ?? 0,
  ]);
}
