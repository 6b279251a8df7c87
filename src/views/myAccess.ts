import * as l10n from '@vscode/l10n';
import { endOf, endTogether, isInUse, mayContinue, running, type Elevation } from '../access/elevation.ts';
import { forRow, forSpeech, forTooltip } from '../access/inert.ts';
import type { JournalEntry } from '../access/journal.ts';
import { progress } from '../access/progress.ts';
import { isOpen, isScheduled, isUsable, type AccessRequest } from '../access/request.ts';
import type { Foreign, Instant } from '../access/text.ts';
import { meIn, profileOf, type Snapshot } from '../state/store.ts';
import { atTime, fully } from '../words/time.ts';
import { ownRow } from './requestRow.ts';
import type { Row } from './row.ts';
import { stateRow } from './stateRow.ts';

/** An elevation in use: where, and when which of its ends comes. */
function elevationRow(elevation: Elevation, snapshot: Snapshot, now: Instant): Row {
  const { requestId, where, here } = elevation;
  const end = endOf(elevation);
  const until = atTime(end.at, now);
  const busy = snapshot.busy.get(requestId);
  const place =
    where.kind === 'everyday'
      ? l10n.t('whole login until {0}', until)
      : here
        ? inUseWords(elevation, until)
        : elevation.left
          ? l10n.t('in use until {0}; its window is gone, soon given back', until)
          : l10n.t('in use in another window until {0}', until);
  const stray = kubectlAstray(elevation, forRow);
  const word =
    busy === 'givingBack'
      ? l10n.t('being given back…')
      : busy === 'continuing'
        ? l10n.t('being continued…')
        : [...(stray === undefined ? [] : [stray]), place, ...nextWords(elevation, snapshot, now)].join(
            ' · ',
          );
  const name = (sink: typeof forRow): string => elevation.roles.map(sink).join(', ') || requestId;
  const tooltip = [
    name(forTooltip),
    place,
    ...nextWords(elevation, snapshot, now),
    l10n.t('This certificate ends {0}', fully(elevation.certificateEnds)),
    ...(elevation.grantEnds === undefined ? [] : [l10n.t('Grant ends {0}', fully(elevation.grantEnds))]),
    ...(elevation.kube === undefined ? [] : [l10n.t('kubectl: {0}', forTooltip(elevation.kube))]),
    ...[kubectlAstray(elevation, forTooltip) ?? []].flat(),
    ...firstEnd(elevation),
    requestId,
  ].join('\n');
  const terminal = where.kind === 'private' && here;
  return {
    id: `elevation ${where.kind === 'private' ? where.home : requestId}`,
    label: name(forRow),
    description: word,
    tooltip,
    icon: busy ? 'loading~spin' : stray === undefined ? 'unlock' : 'warning',
    color: 'charts.orange',
    can: busy
      ? ['request']
      : [
          'request',
          'drop',
          ...(terminal ? ['terminal'] : []),
          ...(mayContinue(elevation) ? ['continue'] : []),
          ...(terminal && stray !== undefined ? ['mismatch'] : []),
        ],
    spoken: l10n.t('Elevated: {0}, {1}', name(forSpeech), word),
    target: { kind: 'elevation', id: requestId, elevation },
  };
}

/** What becomes of it after its end: its successor, or that there can be none. */
function nextWords(
  { successor, withdrawn, requestId }: Elevation,
  snapshot: Snapshot,
  now: Instant,
): string[] {
  if (withdrawn === 'denied') return [l10n.t('approval withdrawn, cannot be continued')];
  if (withdrawn === 'deleted') return [l10n.t('request deleted, cannot be continued')];
  const next = successor === requestId ? undefined : snapshot.requests?.find(({ id }) => id === successor);
  if (!next) return [];
  if (isOpen(next, now)) {
    const { given, needed } = progress(next);
    return [l10n.t('successor {0} of {1}', given, needed)];
  }
  if (isUsable(next, now)) return [l10n.t('successor approved')];
  return next.state === 'denied' ? [l10n.t('successor denied')] : [];
}

/** Where kubectl goes instead of where it was pointed at. */
export function kubectlAstray(
  { kube, mismatch }: Elevation,
  sink: (text: Foreign) => string,
): string | undefined {
  if (kube === undefined || mismatch === undefined) return undefined;
  return l10n.t('kubectl at {0}, not {1}', sink(mismatch), sink(kube));
}

/** Which end comes first; nothing where both come at the same time. */
function firstEnd(elevation: Elevation): string[] {
  if (endTogether(elevation)) return [];
  return [
    endOf(elevation).of === 'grant' ? l10n.t('The grant ends first.') : l10n.t('The certificate ends first.'),
  ];
}

/** Names the end that comes first where it is not the same as the other. */
function inUseWords(elevation: Elevation, until: string): string {
  if (endTogether(elevation)) return l10n.t('in use until {0}', until);
  return endOf(elevation).of === 'grant'
    ? l10n.t('in use, grant until {0}', until)
    : l10n.t('in use, certificate until {0}', until);
}

function endedRow(entry: JournalEntry, now: Instant): Row {
  const at = atTime(entry.at, now);
  const by = entry.by ? forRow(entry.by) : undefined;
  const words = entry.words ? forRow(entry.words) : undefined;
  const denied = by === undefined ? l10n.t('denied {0}', at) : l10n.t('denied by {0} {1}', by, at);
  const description =
    entry.kind === 'denied'
      ? [denied, ...(words === undefined ? [] : [words])].join(' · ')
      : entry.kind === 'givenBack'
        ? l10n.t('given back {0}', at)
        : entry.kind === 'ended'
          ? l10n.t('ended {0}', at)
          : entry.kind === 'locked'
            ? [l10n.t('locked {0}', at), ...(words === undefined ? [] : [words])].join(' · ')
            : l10n.t('expired {0}', at);
  const label = entry.roles.map(forRow).join(', ') || entry.id;
  return {
    id: `ended ${entry.id}`,
    label,
    description,
    tooltip: [label, description, entry.words ? forTooltip(entry.words) : '', fully(entry.at), entry.id]
      .filter((line) => line !== '')
      .join('\n'),
    icon: entry.kind === 'denied' || entry.kind === 'locked' ? 'circle-slash' : 'history',
    can: ['request', 'again', ...(entry.kind === 'locked' ? ['use'] : [])],
    spoken: l10n.t('{0}, {1}', label, description),
    target: { kind: 'request', id: entry.id },
  };
}

/** Which of the own requests are rows of their own: usable, scheduled or open, and not hidden while they wait. */
function shown(request: AccessRequest, snapshot: Snapshot, now: Instant): boolean {
  if (request.user !== meIn(snapshot) || isInUse(request, snapshot.elevations)) return false;
  // The server goes on calling it approved; what ended it stands below, and a lock that was removed lets it be used.
  if (snapshot.ended.some(({ id, kind }) => id === request.id && kind === 'locked')) return false;
  if (isUsable(request, now) || isScheduled(request, now)) return true;
  return isOpen(request, now) && !snapshot.hidden.includes(request.id);
}

/** Rows that would look the same also show why each was asked for. */
function toldApart(requests: readonly AccessRequest[], rows: readonly Row[]): Row[] {
  const look = ({ label, description = '' }: Row): string => `${label} ${description}`;
  return rows.map((row, index) => {
    const reason = requests[index]?.reason;
    const twin = rows.some((other) => other !== row && look(other) === look(row));
    if (!twin || !reason) return row;
    const description = [row.description, forRow(reason)].join(' · ');
    return { ...row, description, spoken: [row.spoken, forSpeech(reason)].join(', ') };
  });
}

const rank = (request: AccessRequest, now: Instant): number =>
  isUsable(request, now) ? 0 : isScheduled(request, now) ? 1 : 2;

/** The rows of My Access: in use, ready, scheduled, pending; what ended is folded below. */
export function myAccess(snapshot: Snapshot, now: Instant): Row[] {
  const loginEnds = profileOf(snapshot.login)?.validUntil;
  const wasUsed = ({ id }: AccessRequest): boolean => snapshot.ended.some((entry) => entry.id === id);
  const inUse = running(snapshot.elevations, now).map((elevation) => elevationRow(elevation, snapshot, now));
  const mine = (snapshot.requests ?? [])
    .filter((request) => shown(request, snapshot, now))
    .sort((a, b) => rank(a, now) - rank(b, now) || a.decideBy - b.decideBy);
  const own = toldApart(
    mine,
    mine.map((request) => ownRow(request, now, wasUsed(request), snapshot.busy.get(request.id), loginEnds)),
  );
  const alive = new Set([...inUse, ...own].map((row) => row.target?.id));
  const ended = snapshot.ended.filter((entry) => !alive.has(entry.id)).map((entry) => endedRow(entry, now));
  const rows = [...inUse, ...own];
  const state = rows.length > 0 || ended.length > 0 ? stateRow(snapshot, now) : undefined;
  return [
    ...(state ? [state] : []),
    ...rows,
    ...(ended.length > 0
      ? [
          {
            id: 'ended',
            label: l10n.t('Ended'),
            description: l10n.t('last 24 hours'),
            can: [],
            spoken: l10n.t('Ended in the last 24 hours, {0} rows', ended.length),
            children: ended,
          },
        ]
      : []),
  ];
}
