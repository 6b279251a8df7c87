import * as l10n from '@vscode/l10n';
import { possible, type ElevationActions } from '../../access/availableActions.ts';
import {
  endOf,
  elevationKey,
  type Elevation,
  type ElevationElsewhere,
  type End,
} from '../../access/elevation.ts';
import { forRow, forSpeech, forTooltip } from '../../access/untrusted/sinks.ts';
import { progress } from '../../access/reviewProgress.ts';
import { phaseOf, type AccessRequest } from '../../access/request.ts';
import type { Untrusted, Instant } from '../../access/untrusted/untrusted.ts';
import { profileOf, type Snapshot } from '../../state/store.ts';
import { atTime, fullDateTime } from '../../text/time.ts';
import type { Row } from './row.ts';

/** The row of an elevation: where it is in use, when it ends, and which end comes first. */
export function elevationRow(
  { elevation, obstacles }: ElevationActions,
  snapshot: Snapshot,
  now: Instant,
): Row {
  const { requestId, where, here } = elevation;
  const end = endOf(elevation, profileOf(snapshot.login)?.validUntil);
  const until = atTime(end.at, now);
  const busy = snapshot.busy.get(requestId);
  const place =
    where.kind === 'mainLogin'
      ? end.of === 'grant'
        ? l10n.t('main login, grant until {0}', until)
        : l10n.t('main login until {0}', until)
      : here
        ? inUseWords(end, until)
        : elevation.windowGone
          ? l10n.t('window gone, given back soon; ends {0}', until)
          : l10n.t('in use in another window until {0}', until);
  const mismatch = kubeMismatchWords(elevation, forRow);
  const description =
    busy === 'dropping'
      ? l10n.t('being given back…')
      : busy === 'continuing'
        ? l10n.t('being continued…')
        : [
            ...(mismatch === undefined ? [] : [mismatch]),
            ...withdrawalWords(elevation),
            place,
            ...nextWords(elevation, snapshot, now),
          ].join(' · ');
  const name = (sink: typeof forRow): string => elevation.roles.map(sink).join(', ') || requestId;
  const tooltip = [
    name(forTooltip),
    ...withdrawalWords(elevation),
    place,
    ...nextWords(elevation, snapshot, now),
    l10n.t('This certificate ends {0}', fullDateTime(elevation.certificateEnds)),
    ...(elevation.grantEnds === undefined
      ? []
      : [l10n.t('Grant ends {0}', fullDateTime(elevation.grantEnds))]),
    ...(elevation.loginEnds === undefined
      ? []
      : [l10n.t('Login ends {0}', fullDateTime(elevation.loginEnds))]),
    ...(elevation.kube === undefined ? [] : [l10n.t('kubectl: {0}', forTooltip(elevation.kube))]),
    ...[kubeMismatchWords(elevation, forTooltip) ?? []].flat(),
    ...firstEnd(end),
    requestId,
  ].join('\n');
  return {
    id: `elevation ${elevationKey(elevation)}`,
    label: name(forRow),
    description,
    tooltip,
    icon: busy ? 'loading~spin' : mismatch === undefined ? 'unlock' : 'warning',
    color: 'charts.orange',
    can: possible(obstacles),
    spoken: l10n.t('Elevated: {0}, {1}', name(forSpeech), description),
    target: { kind: 'elevation', id: requestId, elevation },
  };
}

/** Says where an elevation is that nothing here acts on, and until when. */
export function elsewhereWords(
  { elevation, at, host }: ElevationElsewhere,
  now: Instant,
  sink: (text: Untrusted) => string,
): string {
  const until = atTime(endOf(elevation).at, now);
  return at === 'otherMachine'
    ? l10n.t('in use on another machine ({0}) until {1}', sink(host), until)
    : l10n.t('in use by another account of this machine until {0}', until);
}

/** The row of an elevation on another machine or of another account. It has no actions. */
export function elsewhereRow(elsewhere: ElevationElsewhere, now: Instant): Row {
  const { elevation } = elsewhere;
  const name = (sink: typeof forRow): string => elevation.roles.map(sink).join(', ') || elevation.requestId;
  return {
    id: `elsewhere ${elevationKey(elevation)}`,
    label: name(forRow),
    description: elsewhereWords(elsewhere, now, forRow),
    tooltip: [
      name(forTooltip),
      elsewhereWords(elsewhere, now, forTooltip),
      l10n.t('It can be given back there only. It is left alone here.'),
      elevation.requestId,
    ].join('\n'),
    icon: 'vm',
    can: [],
    spoken: l10n.t('Elsewhere: {0}, {1}', name(forSpeech), elsewhereWords(elsewhere, now, forSpeech)),
  };
}

/** Says that the cluster withdrew the request, else empty. Rows are narrow, so it comes first. */
export function withdrawalWords({ withdrawn }: Elevation): string[] {
  if (withdrawn === undefined) return [];
  return [withdrawn === 'denied' ? l10n.t('withdrawn') : l10n.t('deleted on the cluster')];
}

/** Says what follows the elevation's end: the state of its successor, or that it cannot be continued. */
function nextWords(elevation: Elevation, snapshot: Snapshot, now: Instant): string[] {
  const { withdrawn } = elevation;
  if (withdrawn !== undefined) return [l10n.t('cannot be continued')];
  const next = successorOf(elevation, snapshot);
  if (!next) return [];
  const phase = phaseOf(next, now);
  if (phase === 'pending') {
    const { given, needed } = progress(next);
    return [l10n.t('successor {0} of {1}', given, needed)];
  }
  if (phase === 'ready') return [l10n.t('successor approved')];
  return phase === 'denied' ? [l10n.t('successor denied')] : [];
}

/** Says which cluster kubectl uses instead of the intended one; undefined if it uses the intended one. */
export function kubeMismatchWords(
  { kube, mismatch }: Elevation,
  sink: (text: Untrusted) => string,
): string | undefined {
  if (kube === undefined || mismatch === undefined) return undefined;
  return l10n.t('kubectl at {0}, not {1}', sink(mismatch), sink(kube));
}

/** Says which end comes first; empty if grant and certificate end together. */
function firstEnd({ of }: End): string[] {
  switch (of) {
    case 'login':
      return [l10n.t('It ends with your login; to go on after that, sign in first.')];
    case 'grant':
      return [l10n.t('The grant ends first.')];
    case 'certificate':
      return [l10n.t('The certificate ends first.')];
    case 'both':
      return [];
  }
}

/** Says until when the elevation is in use, and which end that is if the ends differ. */
function inUseWords({ of }: End, until: string): string {
  switch (of) {
    case 'login':
      return l10n.t('in use until {0}, when your login ends', until);
    case 'grant':
      return l10n.t('in use, grant until {0}', until);
    case 'certificate':
      return l10n.t('in use, certificate until {0}', until);
    case 'both':
      return l10n.t('in use until {0}', until);
  }
}

/** The request that is to continue an elevation; undefined if there is none or it is not known yet. */
export function successorOf(
  { successor, requestId }: Elevation,
  { requests }: Snapshot,
): AccessRequest | undefined {
  return successor === requestId ? undefined : requests?.find(({ id }) => id === successor);
}
