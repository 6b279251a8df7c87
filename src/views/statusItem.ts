import * as l10n from '@vscode/l10n';
import { elevationCountdown, milestone } from '../access/deadlines.ts';
import { endOf, isInUse, runningElevations, type Elevation } from '../access/elevation.ts';
import { forSpeech, forStatusBar, forTooltip } from '../access/text/sinks.ts';
import { progress } from '../access/reviewProgress.ts';
import { isOpen, isUsable, subjects } from '../access/request.ts';
import type { Untrusted, Instant } from '../access/text/untrusted.ts';
import { meIn, profileOf, type Snapshot } from '../state/store.ts';
import { elevationEndWords } from '../text/elevationEnd.ts';
import { atTime, fully, span, timeLeft } from '../text/time.ts';
import { kubectlAstray, successorOf, withdrawalOf } from './rows/elevationRow.ts';
import { readyWords, waitingWords } from './rows/requestRow.ts';

/** The status bar item as data. */
export interface StatusItem {
  readonly text: string;
  readonly tooltip: string;
  /** What a screen reader says of it: an end, which does not tick, and the last milestone on the way there. */
  readonly spoken: string;
  readonly background?: 'warning' | 'error';
  /** When the text changes by itself. */
  readonly nextChange: Instant;
}

const names = (roles: readonly Untrusted[], sink: (text: Untrusted) => string, otherwise: string): string =>
  roles.map(sink).join(', ') || otherwise;

/** How many names the status bar has room for. */
const room = 2;

function short(roles: readonly Untrusted[], otherwise = ''): string {
  const shown = names(roles.slice(0, room), forStatusBar, otherwise);
  return roles.length > room ? `${shown} +${String(roles.length - room)}` : shown;
}

function elevated(snapshot: Snapshot, now: Instant): StatusItem | undefined {
  const inUse = runningElevations(snapshot.elevations, now);
  const [first, ...others] = inUse;
  if (!first) return undefined;
  const left = elevationCountdown(first, now);
  const login = profileOf(snapshot.login)?.validUntil;
  const more = others.length > 0 ? l10n.t(' +{0}', others.length) : '';
  const offline = offlineWords(snapshot, now);
  const stray = inUse.find((one) => kubectlAstray(one, forStatusBar) !== undefined)?.mismatch;
  const kubectl = stray === undefined ? '' : l10n.t(' (kubectl: {0})', forStatusBar(stray));
  const background = left.urgency === 'soon' ? 'warning' : left.urgency === 'last' ? 'error' : undefined;
  const successor = successorWords(first, snapshot, now);
  return {
    text: [
      `$(${stray === undefined ? 'unlock' : 'warning'}) ${short(first.roles, l10n.t('elevated'))} ${timeLeft(left)}${more}${kubectl}`,
      ...withdrawalOf(first),
      ...successor,
      ...offline,
    ].join(' · '),
    tooltip: [
      ...inUse.map((one) => {
        const end = endOf(one, login);
        const name = names(one.roles, forTooltip, one.requestId);
        return l10n.t('{0}: elevated {1}', name, elevationEndWords(end, fully(end.at)));
      }),
      ...inUse.flatMap((one) => kubectlAstray(one, forTooltip) ?? []),
      ...withdrawalOf(first),
      ...successor,
      ...offline,
      l10n.t('Press for what can be done now.'),
    ].join('\n'),
    spoken: [
      spokenOf(first, login, now),
      ...(others.length > 0 ? [more.trim()] : []),
      ...inUse.flatMap((one) => kubectlAstray(one, forSpeech) ?? []),
      ...withdrawalOf(first),
      ...successor,
      ...offline,
    ].join(', '),
    ...(background ? { background } : {}),
    nextChange: left.nextChange,
  };
}

/** How far the request is that is to continue it. */
function successorWords(elevation: Elevation, snapshot: Snapshot, now: Instant): string[] {
  const next = successorOf(elevation, snapshot);
  if (!next || !isOpen(next, now)) return [];
  const { given, needed } = progress(next);
  return [l10n.t('successor {0} of {1}', given, needed)];
}

/** What is read aloud of an elevation. VS Code says it when the item is reached, so it need not change in between. */
function spokenOf(elevation: Elevation, login: Instant | undefined, now: Instant): string {
  const end = endOf(elevation, login);
  const until = elevationEndWords(end, atTime(end.at, now));
  const left = milestone(now, end.at);
  const name = names(elevation.roles, forSpeech, l10n.t('a role'));
  return left === undefined
    ? l10n.t('{0} elevated {1}', name, until)
    : l10n.t('{0} elevated {1}, at most {2} left', name, until, span(left));
}

/** Since when nothing was heard of the cluster; empty while it answers. */
function offlineWords({ stale, asOf }: Snapshot, now: Instant): string[] {
  const offline = stale?.kind === 'unreachable' || stale?.kind === 'timedOut';
  return offline && asOf !== undefined ? [l10n.t('offline, as of {0}', atTime(asOf, now))] : [];
}

/** How long it is said that the time of something is over, in ms. */
const lately = 10 * 60_000;

/** What ended just now: the last milestone, for somebody who only hears. */
function nothingElevated({ ended }: Snapshot, now: Instant): { text: string; nextChange: Instant } {
  const over = ended.find(({ kind, at }) => kind === 'ended' && at <= now && now - at < lately);
  if (!over) return { text: l10n.t('JIT Access: nothing is elevated'), nextChange: Infinity };
  const name = names(over.roles, forSpeech, over.id);
  return {
    text: l10n.t('JIT Access: nothing is elevated; the time of {0} was over {1}', name, atTime(over.at, now)),
    nextChange: over.at + lately,
  };
}

/** One item for everything: elevated, ready, pending, offline or nothing. */
export function statusItem(snapshot: Snapshot, now: Instant): StatusItem {
  const item = (text: string, tooltip: string, spoken = tooltip): StatusItem => ({
    text,
    tooltip,
    spoken,
    nextChange: Infinity,
  });
  const inUse = elevated(snapshot, now);
  if (inUse) return inUse;
  const me = meIn(snapshot);
  const own = (snapshot.requests ?? []).filter(
    (request) => request.user === me && !isInUse(request, snapshot.elevations),
  );
  const assuming = own.find((request) => snapshot.busy.get(request.id) === 'assuming');
  if (assuming) {
    const what = short(subjects(assuming));
    return item(`$(loading~spin) ${what}`, l10n.t('{0} is being assumed', what));
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
  // What was given back can be used again, but nobody waits for it.
  const ready = own.find(
    (request) => isUsable(request, now) && !snapshot.ended.some(({ id }) => id === request.id),
  );
  if (ready) {
    const what = short(subjects(ready));
    const text = l10n.t('{0} ready', what);
    const tooltip = l10n.t('{0}: {1}', what, readyWords(ready, now, false, login));
    return item(`$(pass) ${text}`, tooltip);
  }
  const pending = own.find(
    (request) =>
      isOpen(request, now) && snapshot.waiting.includes(request.id) && !snapshot.hidden.includes(request.id),
  );
  if (pending) {
    const what = short(subjects(pending));
    const { given, needed } = progress(pending);
    const tooltip = l10n.t('{0}: {1}', what, waitingWords(pending, now, login));
    return item(`$(clockface) ${l10n.t('{0} {1} of {2}', what, given, needed)}`, tooltip);
  }
  if (snapshot.stale) return item('$(shield)', l10n.t('JIT Access: tsh does not answer properly'));
  const { text, nextChange } = nothingElevated(snapshot, now);
  return { ...item('$(shield)', text), nextChange };
}
