import * as l10n from '@vscode/l10n';
import { waitsForReview } from '../../access/requestChanges.ts';
import { forRow } from '../../access/text/sinks.ts';
import { isOpen, type AccessRequest } from '../../access/request.ts';
import { riskSigns } from '../../access/riskSigns.ts';
import type { Instant } from '../../access/text/untrusted.ts';
import { meIn, type Snapshot } from '../../state/store.ts';
import { othersRow } from './requestRow.ts';
import type { Row } from './row.ts';
import { stateRow } from './stateRow.ts';

/** The rows of To Review, and how many of them wait for this person; undefined when that is not known. */
export interface ReviewRows {
  readonly rows: readonly Row[];
  readonly waiting: number | undefined;
}

function folder(id: string, label: string, children: readonly Row[]): Row[] {
  if (children.length === 0) return [];
  const spoken = l10n.t('{0}, {1} rows', label, children.length);
  return [{ id, label, description: String(children.length), can: [], spoken, children }];
}

/** Several requests of one person stand under one row, where the first of them would. */
function byPerson(requests: readonly AccessRequest[], row: (request: AccessRequest) => Row): Row[] {
  const people = [...new Set(requests.map(({ user }) => user))];
  return people.flatMap((user): Row[] => {
    const children = requests.filter((request) => request.user === user).map(row);
    if (children.length === 1) return children;
    const label = forRow(user);
    const description = l10n.t('{0} requests', children.length);
    const spoken = l10n.t('{0}, {1}', label, description);
    // Two names may look the same; VS Code draws no tree in which two rows have one id.
    const id = `person ${JSON.stringify(user)}`;
    return [{ id, label, description, icon: 'person', can: [], spoken, children, open: true }];
  });
}

/** Requests that wait for me, nearest deadline first; what I may merely see is folded below. */
export function toReview(snapshot: Snapshot, now: Instant, ticket?: RegExp): ReviewRows {
  const me = meIn(snapshot);
  const known = snapshot.login.kind === 'signedIn' && snapshot.requests !== undefined;
  if (!known || me === undefined) return { rows: [], waiting: undefined };
  const others = snapshot.requests.filter((request) => request.user !== me && request.grantEnds > now);
  const mine = others.filter((request) => waitsForReview(request, me, snapshot.reviews, now));
  const row = (request: AccessRequest): Row =>
    othersRow(
      request,
      now,
      !request.reviews.some(({ author }) => author === me),
      snapshot.busy.get(request.id),
      isOpen(request, now) ? riskSigns(request, others, ticket) : [],
    );
  const rest = others.filter((request) => !mine.includes(request));
  const byTime = (a: AccessRequest, b: AccessRequest): number => b.created - a.created;
  const of = (filter: (request: AccessRequest) => boolean): Row[] =>
    rest.filter(filter).sort(byTime).map(row);
  const waiting = mine.sort((a, b) => a.decideBy - b.decideBy);
  const rows = [
    ...byPerson(waiting, row),
    ...folder(
      'visible',
      l10n.t('Visible to me'),
      of((request) => isOpen(request, now)),
    ),
    ...folder(
      'inUse',
      l10n.t('Approved, perhaps in use'),
      of((request) => request.state === 'approved'),
    ),
    ...folder(
      'decided',
      l10n.t('Decided'),
      of(({ state }) => state === 'denied' || state === 'promoted'),
    ),
  ];
  const state = rows.length > 0 ? stateRow(snapshot, now) : undefined;
  return { rows: state ? [state, ...rows] : rows, waiting: waiting.length };
}
