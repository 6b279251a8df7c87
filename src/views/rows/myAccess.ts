import * as l10n from '@vscode/l10n';
import {
  availableActions,
  possible,
  type EndedActions,
  type RequestActions,
} from '../../access/availableActions.ts';
import { endOf } from '../../access/elevation.ts';
import { forRow, forSpeech, forTooltip } from '../../access/untrusted/sinks.ts';
import { phaseOf, type AccessRequest, type RequestPhase } from '../../access/request.ts';
import type { Instant, RequestId } from '../../access/untrusted/untrusted.ts';
import { profileOf, type Snapshot } from '../../state/store.ts';
import { atTime, fullDateTime } from '../../text/time.ts';
import { elevationRow, elsewhereRow } from './elevationRow.ts';
import { ownRow } from './requestRow.ts';
import type { Row } from './row.ts';
import { stateRow } from './stateRow.ts';

/** The row of a request that ended in the last 24 hours. */
function endedRow({ entry, obstacles }: EndedActions, now: Instant): Row {
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
    can: possible(obstacles),
    spoken: l10n.t('{0}, {1}', label, description),
    target: { kind: 'request', id: entry.id },
  };
}

/** The phases in which the user's own request has a row, in the order of the rows. */
const shownPhases: readonly RequestPhase[] = ['ready', 'scheduled', 'pending'];

/** Whether a request gets a row of its own: it is the user's, not in use, not hidden, and in a shown phase. */
function hasOwnRow(
  { request, obstacles }: RequestActions,
  { ended, hidden }: Snapshot,
  now: Instant,
): boolean {
  if (obstacles.use === 'ofAnother' || obstacles.use === 'inUse') return false;
  // The server still reports a locked request as approved. Its ended row shows the lock and offers Use.
  if (ended.some(({ id, kind }) => id === request.id && kind === 'locked')) return false;
  const phase = phaseOf(request, now);
  return shownPhases.includes(phase) && !(phase === 'pending' && hidden.includes(request.id));
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

/**
 * The rows of My Access: in use, ready, scheduled, pending, in use elsewhere, and a collapsed group of ended
 * requests.
 */
export function myAccess(snapshot: Snapshot, now: Instant): Row[] {
  const loginEnds = profileOf(snapshot.login)?.validUntil;
  const wasUsed = (id: RequestId): boolean => snapshot.ended.some((entry) => entry.id === id);
  const { elevations, requests, ended } = availableActions(snapshot, now);
  const inUse = elevations.map((actions) => elevationRow(actions, snapshot, now));
  const rank = (request: AccessRequest): number => shownPhases.indexOf(phaseOf(request, now));
  const mine = requests
    .filter((actions) => hasOwnRow(actions, snapshot, now))
    .sort(({ request: a }, { request: b }) => rank(a) - rank(b) || a.decideBy - b.decideBy);
  const own = distinguishRows(
    mine.map(({ request }) => request),
    mine.map((actions) => {
      const { id } = actions.request;
      return ownRow(actions, now, wasUsed(id), snapshot.busy.get(id), loginEnds);
    }),
  );
  const shownIds = new Set([...inUse, ...own].map((row) => row.target?.id));
  const endedRows = ended
    .filter(({ entry }) => !shownIds.has(entry.id))
    .map((actions) => endedRow(actions, now));
  const away = snapshot.elsewhere
    .filter(({ elevation }) => endOf(elevation).at > now)
    .map((elsewhere) => elsewhereRow(elsewhere, now));
  const rows = [...inUse, ...own, ...away];
  const state = rows.length > 0 || endedRows.length > 0 ? stateRow(snapshot, now) : undefined;
  return [
    ...(state ? [state] : []),
    ...rows,
    ...(endedRows.length > 0
      ? [
          {
            id: 'ended',
            label: l10n.t('Ended'),
            description: l10n.t('last 24 hours'),
            can: [],
            spoken: l10n.t('Ended in the last 24 hours, {0} rows', endedRows.length),
            children: endedRows,
          },
        ]
      : []),
  ];
}
