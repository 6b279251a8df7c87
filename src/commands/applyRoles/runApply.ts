// The one way of Apply and of its undo: plan, show the diff, ask, send, show what came of it.
import * as l10n from '@vscode/l10n';
import { Uri } from 'vscode';
import { confirm, showInfo, showWarning } from '../../editor/messages.ts';
import { newRecord, storeRecord, withUndone, type ApplyRecord } from '../../roles/apply/applyHistory.ts';
import { firstChangedSource } from '../../roles/apply/readSources.ts';
import { isAsWanted, isSent } from '../../roles/apply/rolePlan.ts';
import { requireLogin } from '../login/requireLogin.ts';
import { sourcesOf } from '../manifests/chooseManifests.ts';
import { fileForMessage } from '../manifests/manifestText.ts';
import { clusterOf, withRoleRights } from '../manifests/roleAdmin.ts';
import { planTask, type ApplyTask, type PlannedTask } from './planTask.ts';
import { sendWithProgress } from './sendWithProgress.ts';
import type { ApplyRolesServices } from './services.ts';
import { showOutcome } from './showOutcome.ts';
import { sentPair, showStale } from './showStale.ts';
import { taskWords } from './taskWords.ts';

/** Continues the task of the diff in the active editor. Without such a diff, starts a new one. */
export const continueFromDiff = (
  { diffEditors }: ApplyRolesServices,
  purpose: ApplyTask['purpose'],
  start: () => Promise<void>,
): Promise<void> => (diffEditors.activeDiff(purpose)?.nextStep ?? start)();

/**
 * Plans an Apply or Undo, shows the diff and asks for confirmation, then sends and shows the outcome.
 * @param shown the plans whose diff the user has seen; an equal diff is not shown again
 * @param fromDiff whether the user pressed the button in the title of that diff
 */
export async function runApply(
  services: ApplyRolesServices,
  task: ApplyTask,
  shown?: PlannedTask,
  fromDiff = false,
): Promise<void> {
  const planned = await planTask(services, task);
  if (!planned) return;
  const { plans } = planned;
  const sendsSome = plans.some(isSent);
  const [stale, ...others] = plans.filter(({ status }) => status === 'stale');
  if (stale && !(task.purpose === 'undo' && task.skipsStale && sendsSome)) {
    void withRoleRights(services, async () => {
      const next = await showStale(services, task, planned, [stale, ...others]);
      if (next) await runApply(services, next);
    });
    return;
  }
  const isShown = shown !== undefined && isSameDiff(shown, planned);
  if (!isShown) await showDiff(services, task, planned);
  if (sendsSome) {
    await ask(services, task, planned, isShown && fromDiff);
    return;
  }
  if (task.purpose === 'undo') {
    const undone = plans.filter(isAsWanted).map(({ name }) => name);
    await storeRecord(services.files, withUndone(task.record, undone));
  }
  void showInfo(taskWords(task, planned).nothing);
}

/** Whether two plans show the same diff. */
function isSameDiff(planned: PlannedTask, other: PlannedTask): boolean {
  const fingerprint = ({ cluster, plans }: PlannedTask): string =>
    JSON.stringify([cluster, plans.map(({ status, bytes, heldText }) => [status, bytes, heldText])]);
  return fingerprint(planned) === fingerprint(other);
}

/** Opens the diff of the roles that are sent and of those that another program owns. */
async function showDiff(services: ApplyRolesServices, task: ApplyTask, planned: PlannedTask): Promise<void> {
  const { plans, cluster } = planned;
  const pairs = plans
    .filter((plan) => isSent(plan) || plan.status === 'ownedElsewhere')
    .map((plan) => sentPair(plan, cluster, plan.bytes === '' ? l10n.t('removed') : l10n.t('what is sent')));
  if (pairs.length === 0) return;
  const nextStep = (): Promise<void> =>
    withRoleRights(services, () => runApply(services, task, planned, true));
  const files = task.purpose === 'apply' ? task.files : undefined;
  const action = plans.some(isSent) ? { purpose: task.purpose, files, nextStep } : undefined;
  await services.diffEditors.show(taskWords(task, planned).title, pairs, action);
}

/**
 * Asks for confirmation. Enter lets the user read the diff and never sends. A question that has no room for the whole
 * change has no button that sends: then the user goes on from the title of the diff, which shows everything.
 */
async function ask(
  services: ApplyRolesServices,
  task: ApplyTask,
  planned: PlannedTask,
  fromDiff: boolean,
): Promise<void> {
  const words = taskWords(task, planned);
  const { detail, afterReading, askAgain } = words;
  const hasRead = fromDiff && !detail.whole;
  const answer = await confirm<'send'>({
    text: hasRead ? words.questionAfterReading : words.question,
    detail: hasRead ? words.detailAfterReading : detail.text,
    harmless: l10n.t('Read the Differences'),
    acting: detail.whole || hasRead ? [{ title: words.send, value: 'send' }] : [],
  });
  if (answer === 'send') await send(services, task, planned);
  if (answer === 'harmless')
    void withRoleRights(services, async () => {
      if (!detail.whole) await showInfo(words.readFirst);
      else if (await showInfo(afterReading, { title: askAgain, value: true }))
        await runApply(services, task, planned);
    });
}

/** Sends the plans, unless a file or the cluster changed since the user was asked. */
async function send(services: ApplyRolesServices, task: ApplyTask, planned: PlannedTask): Promise<void> {
  const changed = await changedWords(services, task, planned);
  if (changed !== undefined) {
    void withRoleRights(services, async () => {
      if (await showWarning(changed, { title: l10n.t('Look Again'), value: true }))
        await runApply(services, anew(task));
    });
    return;
  }
  const { plans, cluster } = planned;
  const { user } = await requireLogin(services);
  const record = task.purpose === 'undo' ? task.record : newRecord(cluster, user, services.clock.now());
  const plansToSend = plans.filter((plan) => isSent(plan) || plan.status === 'stale');
  const outcome = await sendWithProgress(services, plansToSend, { purpose: task.purpose, record });
  if (!outcome) return;
  services.diffEditors.removeAction(taskWords(task, planned).title);
  const retry = (sent: ApplyRecord): Promise<void> => runApply(services, anew(task, sent));
  const undo = (sent: ApplyRecord): Promise<void> =>
    runApply(services, { purpose: 'undo', record: sent, skipsStale: false });
  void withRoleRights(services, () => showOutcome(services, outcome, { retry, undo }));
}

/** What has changed since the user was asked. Of roles on the cluster, sending finds out itself. */
async function changedWords(
  services: ApplyRolesServices,
  task: ApplyTask,
  { sources, cluster }: PlannedTask,
): Promise<string | undefined> {
  const file =
    task.purpose === 'apply' ? firstChangedSource(sources, await sourcesOf(task.files))?.file : undefined;
  if (file !== undefined)
    return l10n.t(
      '{0} has changed since you were asked. Nothing was sent; please look again.',
      fileForMessage(Uri.parse(file)),
    );
  return (await clusterOf(services)) === cluster
    ? undefined
    : l10n.t('Your login is now at another cluster. Nothing was sent; please look again.');
}

/** The task from its beginning. What is undone by now is not undone again. */
const anew = (task: ApplyTask, record?: ApplyRecord): ApplyTask =>
  task.purpose === 'apply' ? { ...task, accepted: [] } : { ...task, ...(record ? { record } : {}) };
