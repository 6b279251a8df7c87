// The words of the question by which Apply and Undo differ.
import * as l10n from '@vscode/l10n';
import { forRow, forSentence } from '../../access/untrusted/sinks.ts';
import { isAsWanted } from '../../roles/apply/rolePlan.ts';
import { clusterForMessage } from '../../text/roles/applyText.ts';
import { afterReadingText, questionText, type QuestionText } from '../../text/roles/questionText.ts';
import { fullDateTime } from '../../text/time.ts';
import type { ApplyTask, PlannedTask } from './planTask.ts';

/** The words of a question. */
interface TaskWords {
  /** The title of the diff. */
  readonly title: string;
  readonly question: string;
  readonly detail: QuestionText;
  /** The question and its detail after the user pressed the button in the title of the diff. */
  readonly questionAfterReading: string;
  readonly detailAfterReading: string;
  /** The button that sends. */
  readonly send: string;
  /** What the user is told who reads the diff instead of sending, and the button that asks again. */
  readonly afterReading: string;
  readonly askAgain: string;
  /** What the user is told where only the button in the title of the diff can send. */
  readonly readFirst: string;
  /** The message when there is nothing to send. */
  readonly nothing: string;
}

/** The words for a planned task. */
export function taskWords(task: ApplyTask, { plans, cluster }: PlannedTask): TaskWords {
  const clusterLine = l10n.t('Cluster: {0}', forSentence(cluster));
  const clusterName = clusterForMessage(cluster);
  const isOwned = plans.some(
    (plan) => plan.status === 'ownedElsewhere' && (task.purpose === 'apply' || !isAsWanted(plan)),
  );
  if (task.purpose === 'undo') {
    const undoHead = [clusterLine, l10n.t('Applied: {0}', fullDateTime(task.record.at))];
    return {
      title: l10n.t('Undo Apply on {0}', forRow(cluster)),
      question: l10n.t('Undo this Apply on {0}?', clusterName),
      detail: questionText({
        head: undoHead,
        plans: plans.filter(({ status }) => status !== 'same'),
        tail: ['', l10n.t('The files in the workspace stay as they are.')],
      }),
      questionAfterReading: l10n.t('Undo this Apply on {0} as the differences show?', clusterName),
      detailAfterReading: afterReadingText(undoHead, plans),
      readFirst: l10n.t('Nothing was sent. Read the differences, then press Undo in their title.'),
      send: l10n.t('Undo'),
      afterReading: l10n.t('Nothing was sent. Read the differences, then press Undo here or in their title.'),
      askAgain: l10n.t('Undo…'),
      nothing: isOwned
        ? l10n.t(
            'Nothing to undo: what differs on {0} is kept by another program, such as Terraform. Change it there.',
            clusterName,
          )
        : l10n.t('Nothing to undo: the cluster holds what was there before.'),
    };
  }
  // A role that is no longer on the server has no changes to lose.
  const overwritten = task.accepted.filter(({ held }) => held);
  return {
    title: l10n.t('Apply Roles to {0}', forRow(cluster)),
    question: l10n.t('Apply these roles to {0}?', clusterName),
    detail: questionText({ head: [clusterLine], plans, overwritten }),
    questionAfterReading: l10n.t('Apply these roles to {0} as the differences show?', clusterName),
    detailAfterReading: afterReadingText([clusterLine], plans),
    readFirst: l10n.t('Nothing was sent. Read the differences, then press Apply in their title.'),
    send: l10n.t('Apply'),
    afterReading: l10n.t('Nothing was sent. Read the differences, then press Apply here or in their title.'),
    askAgain: l10n.t('Apply…'),
    nothing: isOwned
      ? l10n.t(
          'Nothing to apply: what differs on {0} is kept by another program, such as Terraform. Change it there.',
          clusterName,
        )
      : l10n.t('Nothing to apply: {0} holds these roles as they are in the files.', clusterName),
  };
}
