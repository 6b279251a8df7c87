import * as l10n from '@vscode/l10n';
import { elevationCountdown } from '../access/deadlines.ts';
import { endOf, isInUse, running, type Elevation } from '../access/elevation.ts';
import { forSpeech, forStatusBar, forTooltip } from '../access/inert.ts';
import { progress } from '../access/progress.ts';
import { isOpen, isUsable, subjects } from '../access/request.ts';
import type { Foreign, Instant } from '../access/text.ts';
import { meIn, type Snapshot } from '../state/store.ts';
import { atTime, fully, timeLeft } from '../words/time.ts';
import { kubectlAstray } from './myAccess.ts';

/** The status bar item as data. */
export interface StatusItem {
  readonly text: string;
  readonly tooltip: string;
  /** Steady: no ticking seconds for screen readers. */
  readonly spoken: string;
  readonly background?: 'warning' | 'error';
  /** When the text changes by itself. */
  readonly nextChange: Instant;
}

const names = (roles: readonly Foreign[], sink: (text: Foreign) => string, otherwise: string): string =>
  roles.map(sink).join(', ') || otherwise;

/** How many names the status bar has room for. */
const room = 2;

function short(roles: readonly Foreign[], otherwise = ''): string {
  const shown = names(roles.slice(0, room), forStatusBar, otherwise);
  return roles.length > room ? `${shown} +${String(roles.length - room)}` : shown;
}

function elevated(snapshot: Snapshot, now: Instant): StatusItem | undefined {
  const inUse = running(snapshot.elevations, now);
  const [first, ...others] = inUse;
  if (!first) return undefined;
  const left = elevationCountdown(first, now);
  const end = endOf(first).at;
  const more = others.length > 0 ? l10n.t(' +{0}', others.length) : '';
  const offline = snapshot.stale?.kind === 'unreachable' ? l10n.t(' (offline)') : '';
  const stray = inUse.find((one) => kubectlAstray(one, forStatusBar) !== undefined)?.mismatch;
  const kubectl = stray === undefined ? '' : l10n.t(' (kubectl: {0})', forStatusBar(stray));
  const background = left.urgency === 'soon' ? 'warning' : left.urgency === 'last' ? 'error' : undefined;
  const astray = inUse.flatMap((one) => kubectlAstray(one, forTooltip) ?? []);
  const spoken = l10n.t('{0} elevated until {1}', names(first.roles, forSpeech, ''), atTime(end, now));
  return {
    text: `$(${stray === undefined ? 'unlock' : 'warning'}) ${short(first.roles, l10n.t('elevated'))} ${timeLeft(left)}${more}${successor(first, snapshot, now)}${kubectl}${offline}`,
    tooltip: inUse
      .map((one) =>
        l10n.t('{0}: elevated until {1}', names(one.roles, forTooltip, one.requestId), fully(endOf(one).at)),
      )
      .concat(astray, l10n.t('Press for what can be done now.'))
      .join('\n'),
    spoken: [spoken, ...inUse.flatMap((one) => kubectlAstray(one, forSpeech) ?? [])].join(', '),
    ...(background ? { background } : {}),
    nextChange: left.nextChange,
  };
}

/** How far the request is that is to continue it. */
function successor({ successor: id, requestId }: Elevation, { requests }: Snapshot, now: Instant): string {
  const next = id === requestId ? undefined : requests?.find((one) => one.id === id);
  if (!next || !isOpen(next, now)) return '';
  const { given, needed } = progress(next);
  return l10n.t(' · successor {0} of {1}', given, needed);
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
  if (snapshot.stale?.kind === 'unreachable' && snapshot.asOf !== undefined) {
    const text = l10n.t('offline, as of {0}', atTime(snapshot.asOf, now));
    return item(`$(debug-disconnect) ${text}`, l10n.t('JIT Access: {0}', text));
  }
  // What was given back can be used again, but nobody waits for it.
  const ready = own.find(
    (request) => isUsable(request, now) && !snapshot.ended.some(({ id }) => id === request.id),
  );
  if (ready) {
    const what = short(subjects(ready));
    const text = l10n.t('{0} ready', what);
    const tooltip = l10n.t('{0} is approved and ready until {1}', what, atTime(ready.grantEnds, now));
    return item(`$(pass) ${text}`, tooltip);
  }
  const pending = own.find(
    (request) =>
      isOpen(request, now) && snapshot.waiting.includes(request.id) && !snapshot.hidden.includes(request.id),
  );
  if (pending) {
    const what = short(subjects(pending));
    const { given, needed } = progress(pending);
    const tooltip = l10n.t(
      '{0} waits: {1} of {2} approvals, decide by {3}',
      what,
      given,
      needed,
      atTime(pending.decideBy, now),
    );
    return item(`$(clockface) ${l10n.t('{0} {1} of {2}', what, given, needed)}`, tooltip);
  }
  if (snapshot.stale) return item('$(shield)', l10n.t('JIT Access: tsh does not answer properly'));
  return item('$(shield)', l10n.t('JIT Access: nothing is elevated'));
}
