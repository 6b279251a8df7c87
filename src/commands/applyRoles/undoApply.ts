import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { forPick, forRow, forSentence, namesForMessage } from '../../access/untrusted/sinks.ts';
import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import { confirm, showInfo, showWarning, withProgress } from '../../editor/messages.ts';
import { Cancelled, pickOne } from '../../editor/quickInput.ts';
import type { RolePlan } from '../../roles/apply/rolePlan.ts';
import { ApplyHistory, canUndo, type ApplyRecord } from '../../roles/apply/applyHistory.ts';
import { refreshRoles } from '../../roles/role/readRole.ts';
import { planUndo, type UndoPlan } from '../../roles/apply/planUndo.ts';
import { fullDateTime, relative } from '../../text/time.ts';
import {
  isUndone,
  isFullyUndone,
  undonePage,
  undoneWords,
  undoWords,
  type UndoOutcome,
} from '../../text/roles/undoText.ts';
import {
  withRoleRights,
  clusterForMessage,
  clusterOf,
  serverLabel,
  diffPairOf,
} from '../manifests/roleAdmin.ts';
import { sendWithProgress } from './sendWithProgress.ts';
import type { ApplyRolesServices } from './services.ts';

type PlanOfKind<K extends UndoPlan['kind']> = Extract<UndoPlan, { readonly kind: K }>;
const isOfKind =
  <K extends UndoPlan['kind']>(kind: K) =>
  (plan: UndoPlan): plan is PlanOfKind<K> =>
    plan.kind === kind;

/** Continues the undo of the diff in the active editor. Without such a diff, starts a new undo. */
export async function undoFromDiff(services: ApplyRolesServices): Promise<void> {
  const nextStep = services.diffEditors.activeDiff('undo')?.nextStep;
  await (nextStep ? nextStep() : undoApply(services));
}

/** Asks for an Apply and restores the roles that the cluster held before it. */
export async function undoApply(services: ApplyRolesServices): Promise<void> {
  await withRoleRights(services, async () => undoRecord(services, await chooseRecord(services)));
}

/**
 * Asks which Apply to undo.
 * @throws Cancelled if the user closes the dialog, or after a message if there is nothing to undo
 */
async function chooseRecord(services: ApplyRolesServices): Promise<ApplyRecord> {
  const cluster = await clusterOf(services);
  const records = await new ApplyHistory(services.files).undoable(cluster);
  if (records.length === 0) {
    const clusterName = clusterForMessage(cluster);
    void showInfo(l10n.t('Nothing to undo: no roles were applied to {0} from this computer.', clusterName));
    throw new Cancelled();
  }
  const now = services.clock.now();
  const choices = records.map((record) => ({
    label: record.roles
      .filter(canUndo)
      .map(({ name }) => forPick(name))
      .join(', '),
    description: l10n.t('applied {0} by {1}', relative(record.at, now), forPick(record.by)),
    detail: fullDateTime(record.at),
    value: record,
  }));
  const placeholder = l10n.t('Which one? You see what changes before anything is sent');
  return pickOne({ title: l10n.t('Undo Apply') }, { choices, placeholder });
}

/** The choices that the user made before an undo is planned again. */
interface UndoOptions {
  /** The user has seen the diff, so it is not shown again. */
  readonly diffShown?: boolean;
  /** Roles that another user changed since the Apply are not undone. */
  readonly skipChanged?: boolean;
}

/** Shows the diff of an undo, asks for confirmation, undoes role by role and shows the outcome. */
export async function undoRecord(
  services: ApplyRolesServices,
  record: ApplyRecord,
  options: UndoOptions = {},
): Promise<void> {
  const { cluster } = record;
  const current = await withProgress(l10n.t('Reading roles from the cluster…'), async () => ({
    cluster: await clusterOf(services),
    listed: await services.tctl.roles(services.mainLogin),
  }));
  if (current.cluster !== cluster) {
    void showInfo(l10n.t('That was applied to another cluster. Sign in there first; nothing was sent.'));
    return;
  }
  const appliedRoles = record.roles.filter(canUndo);
  const seenRevisions = new Map(
    appliedRoles.flatMap(({ name, after }) => (after === undefined ? [] : [[name, after]])),
  );
  const serverRoles = await refreshRoles(current.listed, seenRevisions, services.tctl, services.mainLogin);
  const undoPlans = planUndo(record, serverRoles);
  const changedSince = undoPlans.filter(isOfKind('changedSince'));
  // Former roles are restored before new roles are removed, so that no user is without access in between.
  const undoable = [...undoPlans.filter(isOfKind('restore')), ...undoPlans.filter(isOfKind('remove'))];
  if (changedSince.length > 0 && !(options.skipChanged && undoable.length > 0)) {
    const undoOthers =
      undoable.length > 0 ? () => undoRecord(services, record, { skipChanged: true }) : undefined;
    void withRoleRights(services, () => showChangedSince(services, changedSince, cluster, undoOthers));
    return;
  }
  if (undoable.length === 0) {
    await storeUndone(
      services,
      record,
      undoPlans.map(({ role }) => role.name),
    );
    void showInfo(l10n.t('Nothing to undo: the cluster holds what was there before.'));
    return;
  }
  await askAndUndo(
    services,
    record,
    {
      plans: undoable.map(({ plan }) => plan),
      changedSince: changedSince.map(({ role }) => role.name),
    },
    options,
  );
}

/** The roles to undo, and the roles that stay because another user changed them since the Apply. */
interface UndoScope {
  readonly plans: readonly RolePlan[];
  readonly changedSince: readonly Untrusted[];
}

/** Shows the diff, asks for confirmation and sends. */
async function askAndUndo(
  services: ApplyRolesServices,
  record: ApplyRecord,
  { plans, changedSince }: UndoScope,
  options: UndoOptions,
): Promise<void> {
  const { cluster } = record;
  const title = l10n.t('Undo Apply on {0}', forRow(cluster));
  const nextStep = (): Promise<void> =>
    withRoleRights(services, () => undoRecord(services, record, { ...options, diffShown: true }));
  if (!options.diffShown) {
    const pairs = plans.map((plan) => diffPairOf(plan, cluster));
    await services.diffEditors.show(title, pairs, { purpose: 'undo', nextStep });
  }
  const answer = await confirm(
    l10n.t('Undo this Apply?'),
    [
      l10n.t('Cluster: {0}', forSentence(cluster)),
      l10n.t('Applied: {0}', fullDateTime(record.at)),
      '',
      undoWords(plans, changedSince),
      '',
      l10n.t('The files in the workspace stay as they are.'),
    ].join('\n'),
    { title: l10n.t('Read the Differences'), value: 'read' },
    { title: l10n.t('Undo'), value: 'undo' },
  );
  if (answer === 'read') void showNextStep(nextStep);
  if (answer !== 'undo') return;
  const sent = await sendWithProgress(services, plans, record);
  if (!sent) return;
  services.diffEditors.removeAction(title);
  const undone = sent.results.filter(isUndone).map(({ plan }) => plan.name);
  const newRecord = await storeUndone(services, record, undone);
  const retry = (): Promise<void> =>
    undoRecord(services, newRecord, { skipChanged: changedSince.length > 0 });
  void withRoleRights(services, () =>
    showUndone(services, { results: sent.results, changedSince }, cluster, retry),
  );
}

/** Tells the user how to continue after reading the diff. */
async function showNextStep(nextStep: () => Promise<void>): Promise<void> {
  const text = l10n.t('Nothing was sent. Read the differences, then press Undo here or in their title.');
  if (await showInfo(text, { title: l10n.t('Undo…'), value: true })) await nextStep();
}

/** Shows the outcome of an undo. If a role was not undone, a page also lists the result of each role. */
async function showUndone(
  services: ApplyRolesServices,
  outcome: UndoOutcome,
  cluster: Untrusted,
  retry: () => Promise<void>,
): Promise<void> {
  const text = undoneWords(outcome, clusterForMessage(cluster));
  if (isFullyUndone(outcome)) {
    void showInfo(text);
    return;
  }
  const page = undonePage(outcome, { cluster, at: services.clock.now() });
  const canRetry = outcome.results.some((result) => !isUndone(result));
  const retryButton = { title: l10n.t('Try Again for the Rest'), value: true };
  const lens = {
    ...{ line: 0, title: retryButton.title, key: 'rest' },
    press: () => withRoleRights(services, retry),
  };
  const path = `/outcome/${l10n.t('What Became of Undo Apply')}.txt`;
  const uri = services.documents.put(path, page, '', canRetry ? [lens] : []);
  await vscode.window.showTextDocument(uri, { preview: false });
  if (await showWarning(text, ...(canRetry ? [retryButton] : []))) await retry();
}

/**
 * Shows that another user changed roles after the Apply, and that an undo would lose those changes.
 * @param undoOthers undoes the other roles; undefined if there are none
 */
async function showChangedSince(
  services: ApplyRolesServices,
  changedSince: readonly PlanOfKind<'changedSince'>[],
  cluster: Untrusted,
  undoOthers: (() => Promise<void>) | undefined,
): Promise<void> {
  const names = namesForMessage(changedSince.map(({ role }) => role.name));
  const changedText =
    names === undefined
      ? l10n.t('Roles were changed on the cluster after they were applied ({0}).', changedSince.length)
      : l10n.t('Changed on the cluster after it was applied: {0}.', names);
  const answer = await showWarning<'theirChange' | 'formerRole' | 'undoOthers'>(
    `${changedText} ${l10n.t('Nothing was undone, so that no change is lost.')}`,
    ...(changedSince.some(({ plan }) => plan.held)
      ? [{ title: l10n.t('What They Changed'), value: 'theirChange' } as const]
      : []),
    ...(changedSince.some(({ role }) => role.before)
      ? [{ title: l10n.t('Theirs and Former'), value: 'formerRole' } as const]
      : []),
    ...(undoOthers ? [{ title: l10n.t('Undo the Others…'), value: 'undoOthers' } as const] : []),
  );
  if (answer === undefined) return;
  if (answer === 'undoOthers') {
    await undoOthers?.();
    return;
  }
  const serverSide = serverLabel(cluster);
  const showsTheirChange = answer === 'theirChange';
  await services.diffEditors.show(
    showsTheirChange ? l10n.t('Undo Apply: applied and server') : l10n.t('Undo Apply: server and former'),
    changedSince.map(({ role, plan, applied, server }) => ({
      name: forRow(role.name),
      before: showsTheirChange
        ? { label: l10n.t('as it was applied'), text: applied }
        : { label: serverSide, text: plan.heldText },
      after: showsTheirChange
        ? { label: serverSide, text: server }
        : { label: l10n.t('before'), text: plan.bytes },
    })),
  );
  // The message disappeared while the user read the diff.
  await showChangedSince(services, changedSince, cluster, undoOthers);
}

/** Stores which roles are undone, so that they are not offered again. @returns the stored record */
async function storeUndone(
  services: ApplyRolesServices,
  record: ApplyRecord,
  names: readonly Untrusted[],
): Promise<ApplyRecord> {
  const undoneNames = new Set(names);
  const roles = record.roles.map((role) => (undoneNames.has(role.name) ? { ...role, undone: true } : role));
  const newRecord = { ...record, roles };
  await new ApplyHistory(services.files).store(newRecord);
  return newRecord;
}
