import * as l10n from '@vscode/l10n';
import { forRow, namesForMessage } from '../../access/untrusted/sinks.ts';
import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import type { DiffPair } from '../../editor/documents/diffEditor.ts';
import { showWarning, type Button } from '../../editor/messages.ts';
import { isSent, type RolePlan } from '../../roles/apply/rolePlan.ts';
import { clusterForMessage, roleForMessage } from '../../text/roles/applyText.ts';
import type { ApplyTask, ManifestTask, PlannedTask, UndoTask } from './planTask.ts';
import type { ApplyRolesServices } from './services.ts';

/** The stale plans of a task, at least one. */
type StalePlans = readonly [RolePlan, ...RolePlan[]];

/** A diff that the user may read before going on. */
interface StaleDiff {
  readonly title: string;
  readonly pairs: readonly DiffPair[];
}

/** The message about stale roles. Its buttons show a diff, or go on with a task in spite of the change. */
interface StaleMessage {
  readonly text: string;
  readonly buttons: readonly Button<StaleDiff | ApplyTask>[];
}

/**
 * Shows that another user changed roles on the server, so that nothing was sent. After a diff the message
 * comes again.
 * @returns the task to go on with; undefined if the user closed the message
 */
export async function showStale(
  services: ApplyRolesServices,
  task: ApplyTask,
  planned: PlannedTask,
  stale: StalePlans,
): Promise<ApplyTask | undefined> {
  const { text, buttons } =
    task.purpose === 'apply'
      ? overwriteMessage(task, stale[0], planned.cluster)
      : changedSinceMessage(task, stale, planned);
  const answer = await showWarning(text, ...buttons);
  if (answer === undefined || 'purpose' in answer) return answer;
  await services.diffEditors.show(answer.title, answer.pairs);
  return showStale(services, task, planned, stale);
}

/** Before an Apply, about the first stale role. Going on shows which changes of the other user are lost. */
function overwriteMessage(task: ManifestTask, stale: RolePlan, cluster: Untrusted): StaleMessage {
  const { name, held, base } = stale;
  const clusterName = clusterForMessage(cluster);
  const role = forRow(name);
  const proceed: ApplyTask = {
    ...task,
    accepted: [...task.accepted.filter((plan) => plan.name !== name), stale],
  };
  if (!held)
    return {
      text: l10n.t(
        '{0} is no longer on {1}: somebody removed it. Nothing was sent.',
        roleForMessage(name),
        clusterName,
      ),
      buttons: [{ title: l10n.t('Make It Anew…'), value: proceed }],
    };
  const theirs = {
    title: l10n.t('{0}: fetched and server', role),
    pairs: [theirPair(stale, cluster, l10n.t('as you fetched it'))],
  };
  const ours = {
    title: l10n.t('{0}: server and yours', role),
    pairs: [sentPair(stale, cluster, l10n.t('yours'))],
  };
  return {
    text: l10n.t(
      '{0} was changed on {1} after you fetched or applied it. Nothing was sent, so that no change is lost.',
      roleForMessage(name),
      clusterName,
    ),
    buttons: [
      ...(base ? [{ title: l10n.t('What They Changed'), value: theirs }] : []),
      { title: l10n.t('Theirs and Yours'), value: ours },
      { title: l10n.t("Overwrite the Server's…"), value: proceed },
    ],
  };
}

/** Before an undo, about all stale roles. Going on undoes the others. */
function changedSinceMessage(
  task: UndoTask,
  stale: StalePlans,
  { plans, cluster }: PlannedTask,
): StaleMessage {
  const names = namesForMessage(stale.map(({ name }) => name));
  const changedText =
    names === undefined
      ? l10n.t('Roles were changed on the cluster after they were applied ({0}).', stale.length)
      : l10n.t('Changed on the cluster after it was applied: {0}.', names);
  const theirs = {
    title: l10n.t('Undo Apply: applied and server'),
    pairs: stale.map((plan) => theirPair(plan, cluster, l10n.t('as it was applied'))),
  };
  const former = {
    title: l10n.t('Undo Apply: server and former'),
    pairs: stale.map((plan) => sentPair(plan, cluster, l10n.t('before'))),
  };
  return {
    text: `${changedText} ${l10n.t('Nothing was undone, so that no change is lost.')}`,
    buttons: [
      ...(stale.some(({ held }) => held) ? [{ title: l10n.t('What They Changed'), value: theirs }] : []),
      ...(stale.some(({ bytes }) => bytes) ? [{ title: l10n.t('Theirs and Former'), value: former }] : []),
      ...(plans.some(isSent)
        ? [{ title: l10n.t('Undo the Others…'), value: { ...task, skipsStale: true } }]
        : []),
    ],
  };
}

/** From the version that the change is based on to the server's: what others changed. */
const theirPair = ({ name, base }: RolePlan, cluster: Untrusted, label: string): DiffPair => ({
  name: forRow(name),
  before: { label, text: base?.text ?? '' },
  after: { label: serverLabel(cluster), text: base?.server ?? '' },
});

/** From the server's version to exactly the bytes that are sent. @param label names these bytes */
export const sentPair = (
  { name, heldText, bytes }: RolePlan,
  cluster: Untrusted,
  label: string,
): DiffPair => ({
  name: forRow(name),
  before: { label: serverLabel(cluster), text: heldText },
  after: { label, text: bytes },
});

/** The label of the server's version in a diff. */
const serverLabel = (cluster: Untrusted): string => l10n.t('on {0}', forRow(cluster));
