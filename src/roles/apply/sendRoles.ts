import type { Instant } from '../../access/untrusted/untrusted.ts';
import type { Clock } from '../../state/clock.ts';
import { failureOf, type Failure, type FailureKind } from '../../teleport/process/failure.ts';
import type { Home } from '../../teleport/home/home.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import type { Tctl } from '../../teleport/commands/tctl.ts';
import type { RolePlan } from './rolePlan.ts';
import type { BaseVersions } from './baseVersions.ts';
import { ignoredFields, type IgnoredField } from '../role/roleDiff.ts';
import { withRole, type ApplyRecord, type ApplyHistory } from './applyHistory.ts';
import { readRole } from '../role/readRole.ts';

/**
 * The result of sending one role. `inPart`: the server took the role, but some fields differ from what was
 * sent. `refused`: the role is unchanged. `stale`: another user changed the role meanwhile. `unknown`: the
 * role could not be read back. `waiting`: the role was not sent, because a role before it failed. `removed`:
 * the role no longer exists, which only an undo does.
 */
export type SendResult =
  | { readonly kind: 'applied'; readonly plan: RolePlan; readonly held: StoredResource; readonly at: Instant }
  | {
      readonly kind: 'inPart';
      readonly plan: RolePlan;
      readonly held: StoredResource;
      readonly at: Instant;
      readonly ignored: readonly IgnoredField[];
    }
  | { readonly kind: 'refused' | 'unknown'; readonly plan: RolePlan; readonly failure: Failure }
  | { readonly kind: 'stale' | 'waiting'; readonly plan: RolePlan }
  | { readonly kind: 'removed'; readonly plan: RolePlan };

/** The services that sending needs. */
export interface SendContext {
  readonly tctl: Pick<Tctl, 'role' | 'writeRole' | 'removeRole'>;
  readonly home: Home;
  readonly clock: Clock;
  readonly bases: BaseVersions;
  /** Stores the roles as they were before. Absent for an undo, which uses a stored record itself. */
  readonly history?: ApplyHistory;
}

/** The results of sending several roles, and the record that undoes them. */
export interface SendOutcome {
  readonly record: ApplyRecord;
  readonly results: readonly SendResult[];
}

/**
 * Sends roles one after the other and reads each role back. It stops at the first failure,
 * because later roles may name the failed one. It stores the previous role before sending, and does
 * not send a role that could not be undone.
 * @param record the record that the roles are added to
 * @param onSend called before each role is sent
 */
export async function sendPlans(
  plans: readonly RolePlan[],
  record: ApplyRecord,
  context: SendContext,
  onSend: (plan: RolePlan) => void = () => undefined,
): Promise<SendOutcome> {
  let current = record;
  const results: SendResult[] = [];
  for (const plan of plans) {
    if (results.some(stopsSending)) {
      results.push({ kind: 'waiting', plan });
      continue;
    }
    onSend(plan);
    const next = withRole(current, appliedRole(plan));
    const stored = (await context.history?.store(next)) ?? true;
    const result = stored ? await sendOne(plan, context) : refused(plan, { kind: 'cannotWrite' });
    results.push(result);
    if (stored) current = await storeResult(current, result, context);
  }
  return { record: current, results };
}

/** Reads each role with the result `unknown` again. All other results stay. */
export async function recheckUnknown(outcome: SendOutcome, context: SendContext): Promise<SendOutcome> {
  let { record } = outcome;
  const results: SendResult[] = [];
  for (const result of outcome.results) {
    const latest =
      result.kind === 'unknown' ? await readOutcome(result.plan, result.failure, context) : result;
    if (latest !== result) record = await storeResult(record, latest, context);
    results.push(latest);
  }
  return { record, results };
}

/** Whether the server took the role, wholly or in part. */
export const isWritten = (
  result: SendResult,
): result is Extract<SendResult, { readonly held: StoredResource }> =>
  result.kind === 'applied' || result.kind === 'inPart';

/**
 * Whether a result stops sending. A role that cannot be removed does not, because
 * the other removals do not need it.
 */
const stopsSending = (result: SendResult): boolean =>
  !isWritten(result) &&
  result.kind !== 'removed' &&
  !(
    result.plan.status === 'removed' &&
    (result.kind === 'stale' || (result.kind === 'refused' && keepsOneRole.has(result.failure.kind)))
  );

/** Failures that prevent the removal of one role only. */
const keepsOneRole: ReadonlySet<FailureKind> = new Set(['inUse', 'unnameable']);

async function sendOne(plan: RolePlan, context: SendContext): Promise<SendResult> {
  const { tctl, home } = context;
  try {
    if (plan.status !== 'removed')
      return compareWritten(
        plan,
        await tctl.writeRole(home, plan.name, plan.bytes, plan.held?.revision),
        context,
      );
    await tctl.removeRole(home, plan.name, plan.held?.revision ?? '');
    return { kind: 'removed', plan };
  } catch (error) {
    const failure = failureOf(error);
    if (!failure) throw error;
    if (failure.kind === 'changed') return { kind: 'stale', plan };
    if (failure.kind === 'gone' && plan.status === 'removed') return { kind: 'removed', plan };
    return failure.done === true || outcomeUnknown.has(failure.kind)
      ? readOutcome(plan, failure, context)
      : refused(plan, failure);
  }
}

/**
 * Failures that leave open whether the server made the change, because tctl or the connection ended early.
 */
const outcomeUnknown: ReadonlySet<FailureKind> = new Set([
  'unreachable',
  'timedOut',
  'unreadable',
  'cancelled',
]);

/**
 * A read may return data that is one second old. A call takes 50 ms or longer, so 25 reads cover that second.
 */
const mostReads = 25;

/**
 * Reads the role back until the server shows a new revision, to find the result of
 * a failed call. Sends nothing again.
 */
async function readOutcome(plan: RolePlan, failure: Failure, context: SendContext): Promise<SendResult> {
  for (let reads = 0; reads < mostReads; reads += 1) {
    let held: StoredResource | undefined;
    try {
      held = await readRole(plan.name, context.tctl, context.home);
    } catch (error) {
      const readFailure = failureOf(error);
      if (!readFailure) throw error;
      return { kind: 'unknown', plan, failure: readFailure };
    }
    if (held?.revision === plan.held?.revision) continue;
    if (!held && plan.status === 'removed') return { kind: 'removed', plan };
    const result = held && compareWritten(plan, held, context);
    return result && !isOthersChange(result) ? result : { kind: 'stale', plan };
  }
  return failure.done === true ? { kind: 'unknown', plan, failure } : refused(plan, failure);
}

/**
 * Whether another user wrote the role: a field that the server drops is absent, so
 * another value is someone's change.
 */
const isOthersChange = (result: SendResult): boolean =>
  result.kind === 'inPart' && result.ignored.some(({ held }) => held !== undefined);

function compareWritten(plan: RolePlan, held: StoredResource, { clock }: SendContext): SendResult {
  const ignored = ignoredFields(plan.value, held.document);
  const at = clock.now();
  return ignored.length > 0
    ? { kind: 'inPart', plan, held, at, ignored }
    : { kind: 'applied', plan, held, at };
}

const refused = (plan: RolePlan, failure: Failure): SendResult => ({ kind: 'refused', plan, failure });

/**
 * The entry of the history for a plan.
 * @param after the revision after sending, if it was read
 */
const appliedRole = ({ name, value, held }: RolePlan, after?: string): ApplyRecord['roles'][number] => ({
  name,
  sent: value,
  ...(held ? { before: { revision: held.revision, document: held.document } } : {}),
  ...(after === undefined ? {} : { after }),
});

/**
 * Stores a result: the role to undo, and the base version of the next change.
 * @returns the record with the result
 */
async function storeResult(
  record: ApplyRecord,
  result: SendResult,
  context: SendContext,
): Promise<ApplyRecord> {
  const { plan } = result;
  const next = isWritten(result)
    ? withRole(record, appliedRole(plan, result.held.revision))
    : result.kind === 'unknown'
      ? withRole(record, appliedRole(plan))
      : { ...record, roles: record.roles.filter(({ name }) => name !== plan.name) };
  if (isWritten(result)) await context.bases.remember(record.cluster, result.held, plan.manifestRevision);
  if (result.kind === 'removed') await context.bases.rememberRemoved(record.cluster, plan.name);
  // If this write fails, the record stored before sending is still enough to undo the role.
  await context.history?.store(next);
  return next;
}
