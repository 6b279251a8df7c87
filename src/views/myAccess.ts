import * as l10n from '@vscode/l10n';
import { endOf, isInUse, running, type Elevation, type End } from '../access/elevation.ts';
import { forRow, forSpeech, forTooltip } from '../access/inert.ts';
import type { JournalEntry } from '../access/journal.ts';
import { isOpen, isScheduled, isUsable, type AccessRequest } from '../access/request.ts';
import type { Instant } from '../access/text.ts';
import { meIn, profileOf, type Snapshot } from '../state/store.ts';
import { atTime, fully } from '../words/time.ts';
import { ownRow } from './requestRow.ts';
import type { Row } from './row.ts';
import { stateRow } from './stateRow.ts';

/** An elevation in use: where, and when which of its ends comes. */
function elevationRow(elevation: Elevation, snapshot: Snapshot, now: Instant): Row {
  const { requestId, where, here } = elevation;
  const end = endOf(elevation, profileOf(snapshot.login)?.validUntil);
  const until = atTime(end.at, now);
  const givingBack = snapshot.busy.get(requestId) === 'givingBack';
  const place =
    where.kind === 'everyday'
      ? end.of === 'grant'
        ? l10n.t('whole login, grant until {0}', until)
        : l10n.t('whole login until {0}', until)
      : here
        ? inUseWords(end, until)
        : l10n.t('in use in another window until {0}', until);
  const word = givingBack ? l10n.t('being given back…') : place;
  const name = (sink: typeof forRow): string => elevation.roles.map(sink).join(', ') || requestId;
  const tooltip = [
    name(forTooltip),
    place,
    l10n.t('This certificate ends {0}', fully(elevation.certificateEnds)),
    ...(elevation.grantEnds === undefined ? [] : [l10n.t('Grant ends {0}', fully(elevation.grantEnds))]),
    ...(elevation.loginEnds === undefined ? [] : [l10n.t('Login ends {0}', fully(elevation.loginEnds))]),
    ...(elevation.kube === undefined ? [] : [l10n.t('kubectl: {0}', forTooltip(elevation.kube))]),
    ...firstEnd(end),
    requestId,
  ].join('\n');
  const terminal = where.kind === 'private' && here;
  return {
    id: `elevation ${where.kind === 'private' ? where.home : requestId}`,
    label: name(forRow),
    description: word,
    tooltip,
    icon: givingBack ? 'loading~spin' : 'unlock',
    color: 'charts.orange',
    can: givingBack ? ['request'] : ['request', 'drop', ...(terminal ? ['terminal'] : [])],
    spoken: l10n.t('Elevated: {0}, {1}', name(forSpeech), word),
    target: { kind: 'elevation', id: requestId, elevation },
  };
}

/** Which end comes first; nothing where grant and certificate come at the same time. */
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

/** Names the end that comes first where it is not the same as the others. */
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
          : l10n.t('expired {0}', at);
  const label = entry.roles.map(forRow).join(', ') || entry.id;
  return {
    id: `ended ${entry.id}`,
    label,
    description,
    tooltip: [label, description, entry.words ? forTooltip(entry.words) : '', fully(entry.at), entry.id]
      .filter((line) => line !== '')
      .join('\n'),
    icon: entry.kind === 'denied' ? 'circle-slash' : 'history',
    can: ['request', 'again'],
    spoken: l10n.t('{0}, {1}', label, description),
    target: { kind: 'request', id: entry.id },
  };
}

/** Which of the own requests are rows of their own: usable, scheduled or open, and not hidden while they wait. */
function shown(request: AccessRequest, snapshot: Snapshot, now: Instant): boolean {
  if (request.user !== meIn(snapshot) || isInUse(request, snapshot.elevations)) return false;
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
