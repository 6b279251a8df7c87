import * as l10n from '@vscode/l10n';
import { elevationCountdown, milestone } from '../access/deadlines.ts';
import { availableActions } from '../access/availableActions.ts';
import { endOf, runningElevations, type Elevation } from '../access/elevation.ts';
import { forSpeech, forStatusBar, forTooltip } from '../access/untrusted/sinks.ts';
import { progress } from '../access/reviewProgress.ts';
import { phaseOf, subjects } from '../access/request.ts';
import type { Untrusted, Instant } from '../access/untrusted/untrusted.ts';
import { profileOf, type Snapshot } from '../state/store.ts';
import { elevationEndWords } from '../text/elevationEnd.ts';
import { atTime, fullDateTime, span, timeLeft } from '../text/time.ts';
import { elsewhereWords, kubeMismatchWords, successorOf, withdrawalWords } from './rows/elevationRow.ts';
import { readyWords, waitingWords } from './rows/requestRow.ts';

/** The content of the status bar item. */
export interface StatusItem {
  readonly text: string;
  readonly tooltip: string;
  /** Text for screen readers: the time of the end, which does not tick, and the latest milestone. */
  readonly spoken: string;
  readonly background?: 'warning' | 'error';
  /** When the text changes next without a new snapshot. */
  readonly nextChange: Instant;
}

const names = (roles: readonly Untrusted[], sink: (text: Untrusted) => string, otherwise: string): string =>
  roles.map(sink).join(', ') || otherwise;

/** Maximum number of names in the status bar. */
const maxNames = 2;

function shortNames(roles: readonly Untrusted[], otherwise = ''): string {
  const shown = names(roles.slice(0, maxNames), forStatusBar, otherwise);
  return roles.length > maxNames ? `${shown} +${String(roles.length - maxNames)}` : shown;
}

/** The item while access is elevated; undefined if no elevation is running. */
function elevatedItem(snapshot: Snapshot, now: Instant): StatusItem | undefined {
  const inUse = runningElevations(snapshot.elevations, now);
  const [first, ...others] = inUse;
  if (!first) return undefined;
  const left = elevationCountdown(first, now);
  const login = profileOf(snapshot.login)?.validUntil;
  const more = others.length > 0 ? l10n.t(' +{0}', others.length) : '';
  const offline = offlineWords(snapshot, now);
  const mismatch = inUse.find(
    (elevation) => kubeMismatchWords(elevation, forStatusBar) !== undefined,
  )?.mismatch;
  const kubectl = mismatch === undefined ? '' : l10n.t(' (kubectl: {0})', forStatusBar(mismatch));
  const background = left.urgency === 'soon' ? 'warning' : left.urgency === 'last' ? 'error' : undefined;
  const successor = successorWords(first, snapshot, now);
  return {
    text: [
      `$(${mismatch === undefined ? 'unlock' : 'warning'}) ${shortNames(first.roles, l10n.t('elevated'))} ${timeLeft(left)}${more}${kubectl}`,
      ...withdrawalWords(first),
      ...successor,
      ...offline,
    ].join(' · '),
    tooltip: [
      ...inUse.map((elevation) => {
        const end = endOf(elevation, login);
        const name = names(elevation.roles, forTooltip, elevation.requestId);
        return l10n.t('{0}: elevated {1}', name, elevationEndWords(end, fullDateTime(end.at)));
      }),
      ...inUse.flatMap((elevation) => kubeMismatchWords(elevation, forTooltip) ?? []),
      ...withdrawalWords(first),
      ...successor,
      ...offline,
      l10n.t('Press for what can be done now.'),
    ].join('\n'),
    spoken: [
      spokenWords(first, login, now),
      ...(others.length > 0 ? [more.trim()] : []),
      ...inUse.flatMap((elevation) => kubeMismatchWords(elevation, forSpeech) ?? []),
      ...withdrawalWords(first),
      ...successor,
      ...offline,
    ].join(', '),
    ...(background ? { background } : {}),
    nextChange: left.nextChange,
  };
}

/** Approvals of the elevation's pending successor; empty without one. */
function successorWords(elevation: Elevation, snapshot: Snapshot, now: Instant): string[] {
  const next = successorOf(elevation, snapshot);
  if (!next || phaseOf(next, now) !== 'pending') return [];
  const { given, needed } = progress(next);
  return [l10n.t('successor {0} of {1}', given, needed)];
}

/** Screen reader text for an elevation. It is read when the item gets focus, so it does not need to tick. */
function spokenWords(elevation: Elevation, login: Instant | undefined, now: Instant): string {
  const end = endOf(elevation, login);
  const until = elevationEndWords(end, atTime(end.at, now));
  const left = milestone(now, end.at);
  const name = names(elevation.roles, forSpeech, l10n.t('a role'));
  return left === undefined
    ? l10n.t('{0} elevated {1}', name, until)
    : l10n.t('{0} elevated {1}, at most {2} left', name, until, span(left));
}

/** When the cluster last answered, while it cannot be reached; empty while it answers. */
function offlineWords({ stale, asOf }: Snapshot, now: Instant): string[] {
  const offline = stale?.kind === 'unreachable' || stale?.kind === 'timedOut';
  return offline && asOf !== undefined ? [l10n.t('offline, as of {0}', atTime(asOf, now))] : [];
}

/** How long the item announces an ended elevation. */
const endAnnouncementMs = 10 * 60_000;

/** The text while nothing is elevated. It names access that just ended, for users of screen readers. */
function nothingElevated(
  { ended, elsewhere }: Snapshot,
  now: Instant,
): { text: string; nextChange: Instant } {
  const [away] = elsewhere.filter(({ elevation }) => endOf(elevation).at > now);
  if (away) {
    return {
      text: l10n.t(
        'JIT Access: nothing is elevated on this machine; {0} is {1}',
        names(away.elevation.roles, forTooltip, away.elevation.requestId),
        elsewhereWords(away, now, forTooltip),
      ),
      nextChange: endOf(away.elevation).at,
    };
  }
  const recent = ended.find(({ kind, at }) => kind === 'ended' && at <= now && now - at < endAnnouncementMs);
  if (!recent) return { text: l10n.t('JIT Access: nothing is elevated'), nextChange: Infinity };
  const name = names(recent.roles, forSpeech, recent.id);
  return {
    text: l10n.t(
      'JIT Access: nothing is elevated; the time of {0} was over {1}',
      name,
      atTime(recent.at, now),
    ),
    nextChange: recent.at + endAnnouncementMs,
  };
}

/** The status bar item for the most important state: elevated, login problem, offline, ready or pending. */
export function statusItem(snapshot: Snapshot, now: Instant): StatusItem {
  const item = (text: string, tooltip: string, spoken = tooltip): StatusItem => ({
    text,
    tooltip,
    spoken,
    nextChange: Infinity,
  });
  const elevated = elevatedItem(snapshot, now);
  if (elevated) return elevated;
  const { requests } = availableActions(snapshot, now);
  const assuming = requests.find(
    ({ request, obstacles }) => obstacles.use === 'busy' && snapshot.busy.get(request.id) === 'assuming',
  )?.request;
  if (assuming) {
    const name = shortNames(subjects(assuming));
    return item(`$(loading~spin) ${name}`, l10n.t('{0} is being assumed', name));
  }
  switch (snapshot.login.kind) {
    case 'tshMissing':
      return item(`$(shield) ${l10n.t('tsh not found')}`, l10n.t('JIT Access: tsh was not found'));
    case 'tooOld':
      return item(`$(shield) ${l10n.t('tsh too old')}`, l10n.t('JIT Access: tsh is too old'));
    case 'signedOut':
      return item(`$(shield) ${l10n.t('signed out')}`, l10n.t('JIT Access: signed out of Teleport'));
    case 'expired':
      return item(
        `$(shield) ${l10n.t('login expired')}`,
        l10n.t('JIT Access: the Teleport login has expired'),
      );
    case 'starting':
    case 'signedIn':
      break;
  }
  const [offline] = offlineWords(snapshot, now);
  if (offline !== undefined)
    return item(`$(debug-disconnect) ${offline}`, l10n.t('JIT Access: {0}', offline));
  const login = snapshot.login.kind === 'signedIn' ? snapshot.login.profile.validUntil : Infinity;
  // A dropped request can be used again, but the user does not wait for it.
  const ready = requests.find(
    ({ request, obstacles }) =>
      obstacles.use === undefined && !snapshot.ended.some(({ id }) => id === request.id),
  )?.request;
  if (ready) {
    const name = shortNames(subjects(ready));
    const text = l10n.t('{0} ready', name);
    const tooltip = l10n.t('{0}: {1}', name, readyWords(ready, now, false, login));
    return item(`$(pass) ${text}`, tooltip);
  }
  const pending = requests.find(
    ({ request: { id }, obstacles }) =>
      obstacles.cancel === undefined && snapshot.waiting.includes(id) && !snapshot.hidden.includes(id),
  )?.request;
  if (pending) {
    const name = shortNames(subjects(pending));
    const { given, needed } = progress(pending);
    const tooltip = l10n.t('{0}: {1}', name, waitingWords(pending, now, login));
    return item(`$(clockface) ${l10n.t('{0} {1} of {2}', name, given, needed)}`, tooltip);
  }
  if (snapshot.stale) return item('$(shield)', l10n.t('JIT Access: tsh does not answer properly'));
  const { text, nextChange } = nothingElevated(snapshot, now);
  return { ...item('$(shield)', text), nextChange };
}
