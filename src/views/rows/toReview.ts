import * as l10n from '@vscode/l10n';
import { availableActions, waitsForReview, type RequestActions } from '../../access/availableActions.ts';
import { forRow } from '../../access/untrusted/sinks.ts';
import { phaseOf } from '../../access/request.ts';
import type { LinearPattern } from '../../access/untrusted/linearPattern.ts';
import { riskSigns } from '../../access/riskSigns.ts';
import type { Instant } from '../../access/untrusted/untrusted.ts';
import { signedInUser, type Snapshot } from '../../state/store.ts';
import { othersRow } from './requestRow.ts';
import type { Row } from './row.ts';
import { stateRow } from './stateRow.ts';

/** The rows of To Review. */
export interface ReviewRows {
  readonly rows: readonly Row[];
  /** Number of requests that wait for the user's review; undefined if it is not known. */
  readonly waiting: number | undefined;
}

/** A collapsed group of rows; empty if it would have none. */
function group(id: string, label: string, children: readonly Row[]): Row[] {
  if (children.length === 0) return [];
  const spoken = l10n.t('{0}, {1} rows', label, children.length);
  return [{ id, label, description: String(children.length), can: [], spoken, children }];
}

/** Groups several requests of one person under one row, at the place of the first of them. */
function byPerson(requests: readonly RequestActions[], row: (actions: RequestActions) => Row): Row[] {
  const people = [...new Set(requests.map(({ request }) => request.user))];
  return people.flatMap((user): Row[] => {
    const children = requests.filter(({ request }) => request.user === user).map(row);
    if (children.length === 1) return children;
    const label = forRow(user);
    const description = l10n.t('{0} requests', children.length);
    const spoken = l10n.t('{0}, {1}', label, description);
    // The id uses the raw name. Two labels may look the same, and VS Code cannot draw two rows with one id.
    const id = `person ${JSON.stringify(user)}`;
    return [{ id, label, description, icon: 'person', can: [], spoken, children, expanded: true }];
  });
}

/** The rows of To Review: requests that wait for the user, by deadline, then groups of the other requests. */
export function toReview(snapshot: Snapshot, now: Instant, ticket?: LinearPattern): ReviewRows {
  const me = signedInUser(snapshot);
  const known = snapshot.login.kind === 'signedIn' && snapshot.requests !== undefined;
  if (!known || me === undefined) return { rows: [], waiting: undefined };
  const others = availableActions(snapshot, now).requests.filter(
    ({ request, obstacles }) => obstacles.decide !== 'own' && request.grantEnds > now,
  );
  const isPending = ({ request }: RequestActions): boolean => phaseOf(request, now) === 'pending';
  const row = (actions: RequestActions): Row =>
    othersRow(
      actions,
      now,
      snapshot.busy.get(actions.request.id),
      isPending(actions) ? riskSigns(actions.request, snapshot.requests ?? [], ticket) : [],
    );
  const waits = new Set(others.filter((actions) => waitsForReview(actions, me, snapshot.isReviewer)));
  const rowsOf = (filter: (actions: RequestActions) => boolean): Row[] =>
    others
      .filter((actions) => !waits.has(actions) && filter(actions))
      .sort((a, b) => b.request.created - a.request.created)
      .map(row);
  const waiting = [...waits].sort((a, b) => a.request.decideBy - b.request.decideBy);
  const rows = [
    ...byPerson(waiting, row),
    ...group('visible', l10n.t('Visible to me'), rowsOf(isPending)),
    ...group(
      'inUse',
      l10n.t('Approved, perhaps in use'),
      rowsOf(({ request }) => request.state === 'approved'),
    ),
    ...group(
      'decided',
      l10n.t('Decided'),
      rowsOf(({ request: { state } }) => state === 'denied' || state === 'promoted'),
    ),
  ];
  const state = rows.length > 0 ? stateRow(snapshot, now) : undefined;
  return { rows: state ? [state, ...rows] : rows, waiting: waiting.length };
}
