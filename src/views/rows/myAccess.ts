import * as l10n from '@vscode/l10n';
import { isInUse, runningElevations } from '../../access/elevation.ts';
import { forRow, forSpeech, forTooltip } from '../../access/untrusted/sinks.ts';
import type { JournalEntry } from '../../access/journalEntry.ts';
import { isOpen, isScheduled, isUsable, type AccessRequest } from '../../access/request.ts';
import type { Instant } from '../../access/untrusted/untrusted.ts';
import { signedInUser, profileOf, type Snapshot } from '../../state/store.ts';
import { atTime, fullDateTime } from '../../text/time.ts';
import { elevationRow } from './elevationRow.ts';
import { ownRow } from './requestRow.ts';
import type { Row } from './row.ts';
import { stateRow } from './stateRow.ts';

/** The row of a request that ended in the last 24 hours. */
function endedRow(entry: JournalEntry, now: Instant): Row {
  const at = atTime(entry.at, now);
  const by = entry.by ? forRow(entry.by) : undefined;
  const words = entry.words ? forRow(entry.words) : undefined;
  const denied = by === undefined ? l10n.t('denied {0}', at) : l10n.t('denied by {0} {1}', by, at);
  const description =
    entry.kind === 'denied'
      ? [denied, ...(words === undefined ? [] : [words])].join(' · ')
      : entry.kind === 'dropped'
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
    tooltip: [
      label,
      description,
      entry.words ? forTooltip(entry.words) : '',
      fullDateTime(entry.at),
      entry.id,
    ]
      .filter((line) => line !== '')
      .join('\n'),
    icon: entry.kind === 'denied' || entry.kind === 'locked' ? 'circle-slash' : 'history',
    can: ['request', 'again', ...(entry.kind === 'locked' ? ['use'] : [])],
    spoken: l10n.t('{0}, {1}', label, description),
    target: { kind: 'request', id: entry.id },
  };
}

/**
 * Whether a request gets a row of its own: it is the user's, not in use, and ready, scheduled or pending. A
 * pending one must not be hidden.
 */
function hasOwnRow(request: AccessRequest, snapshot: Snapshot, now: Instant): boolean {
  if (request.user !== signedInUser(snapshot) || isInUse(request, snapshot.elevations)) return false;
  // The server still reports a locked request as approved. Its ended row shows the lock and offers Use.
  if (snapshot.ended.some(({ id, kind }) => id === request.id && kind === 'locked')) return false;
  if (isUsable(request, now) || isScheduled(request, now)) return true;
  return isOpen(request, now) && !snapshot.hidden.includes(request.id);
}

/** Adds the reason to rows that would look the same otherwise. */
function distinguishRows(requests: readonly AccessRequest[], rows: readonly Row[]): Row[] {
  const look = ({ label, description = '' }: Row): string => `${label} ${description}`;
  return rows.map((row, index) => {
    const reason = requests[index]?.reason;
    const ambiguous = rows.some((other) => other !== row && look(other) === look(row));
    if (!ambiguous || !reason) return row;
    const description = [row.description, forRow(reason)].join(' · ');
    return { ...row, description, spoken: [row.spoken, forSpeech(reason)].join(', ') };
  });
}

const rank = (request: AccessRequest, now: Instant): number =>
  isUsable(request, now) ? 0 : isScheduled(request, now) ? 1 : 2;

/** The rows of My Access: in use, ready, scheduled, pending, and a collapsed group of ended requests. */
export function myAccess(snapshot: Snapshot, now: Instant): Row[] {
  const loginEnds = profileOf(snapshot.login)?.validUntil;
  const wasUsed = ({ id }: AccessRequest): boolean => snapshot.ended.some((entry) => entry.id === id);
  const inUse = runningElevations(snapshot.elevations, now).map((elevation) =>
    elevationRow(elevation, snapshot, now),
  );
  const mine = (snapshot.requests ?? [])
    .filter((request) => hasOwnRow(request, snapshot, now))
    .sort((a, b) => rank(a, now) - rank(b, now) || a.decideBy - b.decideBy);
  const own = distinguishRows(
    mine,
    mine.map((request) => ownRow(request, now, wasUsed(request), snapshot.busy.get(request.id), loginEnds)),
  );
  const shownIds = new Set([...inUse, ...own].map((row) => row.target?.id));
  const ended = snapshot.ended
    .filter((entry) => !shownIds.has(entry.id))
    .map((entry) => endedRow(entry, now));
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
