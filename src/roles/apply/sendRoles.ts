import type { Instant } from '../../access/untrusted/untrusted.ts';
import type { Clock } from '../../state/clock.ts';
import { failureOf, type Failure, type FailureKind } from '../../teleport/process/failure.ts';
import type { Home } from '../../teleport/home/home.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import { readsAfterWrite, type Tctl } from '../../teleport/commands/tctl.ts';
import type { ApplyPurpose, RolePlan } from './rolePlan.ts';
import type { StorageFiles } from '../../state/storageFiles.ts';
import { rememberBase } from './baseVersions.ts';
import { ignoredFields, type IgnoredField } from '../role/roleDiff.ts';
import { storeRecord, withRole, withUndone, type AppliedRole, type ApplyRecord } from './applyHistory.ts';
import { readRole } from '../role/readRole.ts';

/**
 * The result of sending one role. `inPart`: the server took the role, but some fields differ from what was
 * sent. `refused`: the role is unchanged. `stale`: another user changed the role meanwhile. `unknown`: the
 * role could not be read back. `waiting`: the role was not sent, because a role before it failed. `removed`:
 * the role no longer exists, which only an undo does. `leftAlone`: the plan was stale, and the user chose to
 * undo the other roles.
 */
export type SendResult = { readonly plan: RolePlan } & (
  | { readonly kind: 'applied'; readonly held: StoredResource; readonly at: Instant }
  | {
      readonly kind: 'inPart';
      readonly held: StoredResource;
      readonly at: Instant;
      readonly ignored: readonly IgnoredField[];
    }
  | { readonly kind: 'refused' | 'unknown'; readonly failure: Failure }
  | { readonly kind: 'stale' | 'waiting' }
  | { readonly kind: 'removed' | 'leftAlone' }
);

/** The services that sending needs. */
export interface SendServices {
  readonly tctl: Pick<Tctl, 'role' | 'writeRole' | 'removeRole'>;
  readonly mainLogin: Home;
  readonly clock: Clock;
  readonly files: StorageFiles;
}

/** What roles are sent for, and the record that undoes an Apply: a new one, or that of the Apply to undo. */
export interface SendTask {
  readonly purpose: ApplyPurpose;
  readonly record: ApplyRecord;
}

/** The results of sending several roles, with the record as it is now. */
export interface SendOutcome extends SendTask {
  readonly results: readonly SendResult[];
}

/**
 * Sends roles one after the other and reads each role back. It stops at the first failure, because later roles
 * may name the failed one. Apply stores the previous role before sending, and does not send a role that could
 * not be undone.
 */
export async function sendPlans(
  plans: readonly RolePlan[],
  { purpose, record }: SendTask,
  services: SendServices,
): Promise<SendOutcome> {
  let outcome: SendOutcome = { purpose, record, results: [] };
  for (const plan of plans)
    if (plan.status === 'stale') outcome = withResult(outcome, { kind: 'leftAlone', plan });
    else if (outcome.results.some(stopsSending)) outcome = withResult(outcome, { kind: 'waiting', plan });
    else {
      const before = purpose === 'apply' ? withRole(outcome.record, appliedRole(plan)) : undefined;
      if (!before || (await storeRecord(services.files, before)))
        outcome = await storeResult(outcome, await sendOne(plan, services), services);
      else outcome = withResult(outcome, refused(plan, { kind: 'cannotWrite' }));
    }
  return outcome;
}

const withResult = (outcome: SendOutcome, result: SendResult): SendOutcome => ({
  ...outcome,
  results: [...outcome.results, result],
});

/** Reads each role with the result `unknown` again. All other results stay. */
export async function recheckUnknown(outcome: SendOutcome, services: SendServices): Promise<SendOutcome> {
  let latest: SendOutcome = { ...outcome, results: [] };
  for (const result of outcome.results)
    latest =
      result.kind === 'unknown'
        ? await storeResult(latest, await readOutcome(result.plan, result.failure, services), services)
        : withResult(latest, result);
  return latest;
}

/** Whether the server took the role, wholly or in part. */
export const isWritten = (
  result: SendResult,
): result is Extract<SendResult, { readonly held: StoredResource }> =>
  result.kind === 'applied' || result.kind === 'inPart';

/** A role that is not as it was wanted, or of which that is not known. */
export type FailedResult = Extract<
  SendResult,
  { readonly kind: 'refused' | 'unknown' | 'stale' | 'waiting' }
>;

export const isFailed = (result: SendResult): result is FailedResult =>
  !isWritten(result) && result.kind !== 'removed' && result.kind !== 'leftAlone';

/**
 * Whether a result stops sending. A role that cannot be removed does not, because
 * the other removals do not need it.
 */
function stopsSending(result: SendResult): boolean {
  if (!isFailed(result)) return false;
  const isOfOneRole =
    result.kind === 'stale' || (result.kind === 'refused' && keepsOneRole.has(result.failure.kind));
  return result.plan.status !== 'removed' || !isOfOneRole;
}

/** Failures that prevent the removal of one role only. */
const keepsOneRole: ReadonlySet<FailureKind> = new Set(['inUse', 'unnameable']);

async function sendOne(plan: RolePlan, services: SendServices): Promise<SendResult> {
  const { tctl, mainLogin: home } = services;
  try {
    if (plan.status === 'removed') {
      await tctl.removeRole(home, plan.name, plan.held?.revision ?? '');
      return { kind: 'removed', plan };
    }
    const written = await tctl.writeRole(home, plan.name, plan.bytes, plan.held?.revision);
    return compareWritten(plan, written, services);
  } catch (error) {
    const failure = failureOf(error);
    if (!failure) throw error;
    if (failure.kind === 'changed') return { kind: 'stale', plan };
    if (failure.kind === 'gone' && plan.status === 'removed') return { kind: 'removed', plan };
    return failure.done === true || outcomeUnknown.has(failure.kind)
      ? readOutcome(plan, failure, services)
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
 * Reads the role back until the server shows a new revision, to find the result of
 * a failed call. Sends nothing again.
 */
async function readOutcome(plan: RolePlan, failure: Failure, services: SendServices): Promise<SendResult> {
  for (let reads = 0; reads < readsAfterWrite; reads += 1) {
    let held: StoredResource | undefined;
    try {
      held = await readRole(plan.name, services.tctl, services.mainLogin);
    } catch (error) {
      const readFailure = failureOf(error);
      if (!readFailure) throw error;
      return { kind: 'unknown', plan, failure: readFailure };
    }
    if (held?.revision === plan.held?.revision) continue;
    if (!held && plan.status === 'removed') return { kind: 'removed', plan };
    const result = held && compareWritten(plan, held, services);
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

function compareWritten(plan: RolePlan, held: StoredResource, { clock }: SendServices): SendResult {
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
const appliedRole = ({ name, value, held }: RolePlan, after?: string): AppliedRole => ({
  name,
  sent: value,
  ...(held ? { before: { revision: held.revision, document: held.document } } : {}),
  ...(after === undefined ? {} : { after }),
});

/** Stores a result: in the record, and as the base version of the next change. */
async function storeResult(
  outcome: SendOutcome,
  result: SendResult,
  { files }: SendServices,
): Promise<SendOutcome> {
  const { name, manifestRevision } = result.plan;
  const record = recordWith(outcome, result);
  if (isWritten(result)) await rememberBase(files, record.cluster, result.held, manifestRevision);
  if (result.kind === 'removed')
    await rememberBase(files, record.cluster, { name, revision: '', document: {} });
  // If this write fails, the record stored before sending is still enough to undo the role.
  if (record !== outcome.record) await storeRecord(files, record);
  return { ...withResult(outcome, result), record };
}

function recordWith({ purpose, record }: SendTask, result: SendResult): ApplyRecord {
  const { plan } = result;
  if (purpose === 'undo') return isFailed(result) ? record : withUndone(record, [plan.name]);
  if (isWritten(result)) return withRole(record, appliedRole(plan, result.held.revision));
  if (result.kind === 'unknown') return withRole(record, appliedRole(plan));
  return { ...record, roles: record.roles.filter(({ name }) => name !== plan.name) };
}
