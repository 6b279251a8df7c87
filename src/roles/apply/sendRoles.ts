import type { Instant } from '../../access/text/untrusted.ts';
import type { Clock } from '../../state/clock.ts';
import { failureOf, type Failure, type FailureKind } from '../../teleport/process/failure.ts';
import type { Home } from '../../teleport/home/home.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import type { Tctl } from '../../teleport/commands/tctl.ts';
import { plainOf, type RolePlan } from './planApply.ts';
import type { BaseVersions } from './baseVersions.ts';
import { ignoredBy, type Difference } from '../role/roleDiff.ts';
import { withRole, type ApplyRecord, type ApplyHistory } from './applyHistory.ts';
import { roleOrNone } from '../role/readRole.ts';

/**
 * What became of a role.
 * `inPart`: the server holds something else than what was sent, field by field. `refused`: it is as it was. `stale`:
 * somebody else changed it meanwhile. `unknown`: nobody could look. `waiting`: it was not tried, because one before it
 * failed. `removed`: it is gone, which only an undo does.
 */
export type Result =
  | { readonly kind: 'applied'; readonly plan: RolePlan; readonly held: StoredResource; readonly at: Instant }
  | {
      readonly kind: 'inPart';
      readonly plan: RolePlan;
      readonly held: StoredResource;
      readonly at: Instant;
      readonly ignored: readonly Difference[];
    }
  | { readonly kind: 'refused' | 'unknown'; readonly plan: RolePlan; readonly failure: Failure }
  | { readonly kind: 'stale' | 'waiting'; readonly plan: RolePlan }
  | { readonly kind: 'removed'; readonly plan: RolePlan };

export interface SendContext {
  readonly tctl: Pick<Tctl, 'role' | 'writeRole' | 'removeRole'>;
  readonly home: Home;
  readonly clock: Clock;
  readonly bases: BaseVersions;
  /** Where what was there before is kept; left out for an undo, which undoes what was kept. */
  readonly applications?: ApplyHistory;
}

/** What came of sending several roles. */
export interface Sent {
  readonly application: ApplyRecord;
  readonly results: readonly Result[];
}

/**
 * Sends roles one after the other and reads each back; stops at the first that fails, since those behind it may name
 * it. What was there before is stored first: what cannot be undone is not sent.
 * @param application to which the roles are added
 * @param told called before each role
 */
export async function send(
  plans: readonly RolePlan[],
  application: ApplyRecord,
  sending: SendContext,
  told: (plan: RolePlan) => void = () => undefined,
): Promise<Sent> {
  let kept = application;
  const results: Result[] = [];
  for (const plan of plans) {
    if (results.some(stops)) {
      results.push({ kind: 'waiting', plan });
      continue;
    }
    told(plan);
    const next = withRole(kept, formerOf(plan));
    const stored = (await sending.applications?.keep(next)) ?? true;
    const result = stored ? await sendOne(plan, sending) : refused(plan, { kind: 'cannotWrite' });
    results.push(result);
    if (stored) kept = await note(kept, result, sending);
  }
  return { application: kept, results };
}

/** Looks again at what is not known; those that are stay as they are. */
export async function lookAgain(sent: Sent, sending: SendContext): Promise<Sent> {
  let { application } = sent;
  const results: Result[] = [];
  for (const result of sent.results) {
    const now = result.kind === 'unknown' ? await settle(result.plan, result.failure, sending) : result;
    if (now !== result) application = await note(application, now, sending);
    results.push(now);
  }
  return { application, results };
}

/** Whether the server holds what was sent, or some of it. */
export const isWritten = (result: Result): result is Extract<Result, { readonly held: StoredResource }> =>
  result.kind === 'applied' || result.kind === 'inPart';

/** Of roles that go none names another: one that is still used does not keep the others. */
const stops = (result: Result): boolean =>
  !isWritten(result) &&
  result.kind !== 'removed' &&
  !(
    result.plan.fate === 'removed' &&
    (result.kind === 'stale' || (result.kind === 'refused' && keepsOne.has(result.failure.kind)))
  );

/** What keeps the cluster, or us, from removing just this role. */
const keepsOne: ReadonlySet<FailureKind> = new Set(['inUse', 'unnameable']);

async function sendOne(plan: RolePlan, sending: SendContext): Promise<Result> {
  const { tctl, home } = sending;
  try {
    if (plan.fate !== 'removed')
      return written(plan, await tctl.writeRole(home, plan.name, plan.bytes, plan.held?.revision), sending);
    await tctl.removeRole(home, plan.name, plan.held?.revision ?? '');
    return { kind: 'removed', plan };
  } catch (error) {
    const failure = failureOf(error);
    if (!failure) throw error;
    if (failure.kind === 'changed') return { kind: 'stale', plan };
    if (failure.kind === 'gone' && plan.fate === 'removed') return { kind: 'removed', plan };
    return failure.done === true || mayBeDone.has(failure.kind)
      ? settle(plan, failure, sending)
      : refused(plan, failure);
  }
}

/** After these nobody knows whether the server did it: tctl was cut off, or the line was. */
const mayBeDone: ReadonlySet<FailureKind> = new Set(['unreachable', 'timedOut', 'unreadable', 'cancelled']);

/** What is read may be a second behind; a call takes a twentieth of that or longer. */
const looks = 25;

/** Looks what the server holds: that decides what came of it. Nothing is sent again. */
async function settle(plan: RolePlan, failure: Failure, sending: SendContext): Promise<Result> {
  for (let looked = 0; looked < looks; looked += 1) {
    let held: StoredResource | undefined;
    try {
      held = await roleOrNone(plan.name, sending.tctl, sending.home);
    } catch (error) {
      const why = failureOf(error);
      if (!why) throw error;
      return { kind: 'unknown', plan, failure: why };
    }
    if (held?.revision === plan.held?.revision) continue;
    if (!held && plan.fate === 'removed') return { kind: 'removed', plan };
    const result = held && written(plan, held, sending);
    return result && !isOthers(result) ? result : { kind: 'stale', plan };
  }
  return failure.done === true ? { kind: 'unknown', plan, failure } : refused(plan, failure);
}

/** What the server drops is missing; another value in its place is somebody else's. */
const isOthers = (result: Result): boolean =>
  result.kind === 'inPart' && result.ignored.some(({ held }) => held !== undefined);

function written(plan: RolePlan, held: StoredResource, { clock }: SendContext): Result {
  const ignored = ignoredBy(plan.value, plainOf(held));
  const at = clock.now();
  return ignored.length > 0
    ? { kind: 'inPart', plan, held, at, ignored }
    : { kind: 'applied', plan, held, at };
}

const refused = (plan: RolePlan, failure: Failure): Result => ({ kind: 'refused', plan, failure });

const formerOf = ({ name, value, held }: RolePlan, after?: string): ApplyRecord['roles'][number] => ({
  name,
  sent: value,
  ...(held ? { before: { revision: held.revision, document: plainOf(held) } } : {}),
  ...(after === undefined ? {} : { after }),
});

/** Stores what came of a role: what can be undone, and what a further change begins from. */
async function note(application: ApplyRecord, result: Result, sending: SendContext): Promise<ApplyRecord> {
  const { plan } = result;
  const next = isWritten(result)
    ? withRole(application, formerOf(plan, result.held.revision))
    : result.kind === 'unknown'
      ? withRole(application, formerOf(plan))
      : { ...application, roles: application.roles.filter(({ name }) => name !== plan.name) };
  if (isWritten(result)) await sending.bases.remember(application.cluster, result.held, plan.named);
  if (result.kind === 'removed') await sending.bases.gone(application.cluster, plan.name);
  // Where that fails, what was stored before the role was sent still tells how to undo it.
  await sending.applications?.keep(next);
  return next;
}
