import * as l10n from '@vscode/l10n';
import { showInfo } from '../../editor/messages.ts';
import { setting } from '../../editor/settings.ts';
import { back } from '../../editor/quickInput.ts';
import { defaultAnswers, type Answers } from '../../roles/setup/answers.ts';
import { answerConflict, type AnswerConflict } from '../../roles/setup/answerConflicts.ts';
import { settingsOf } from '../../roles/setup/elevatedRole.ts';
import { sessionLimitOf } from '../../roles/role/duration.ts';
import { planSetup, unreadRoles } from '../../roles/setup/planSetup.ts';
import { standingRights } from '../../roles/setup/standingRights.ts';
import { SavedAnswers } from '../../roles/setup/savedAnswers.ts';
import {
  askApprovals,
  askApprover,
  askEdition,
  askSecondApprover,
  askSuggestedReviewers,
  withEdition,
} from './approvalSteps.ts';
import { stepTitle, type WizardState, type WizardStep } from './choices.ts';
import { readSurroundings, type RoleSurroundings } from '../manifests/readSurroundings.ts';
import { askElevatedRole, askAskingRoles } from './roleSteps.ts';
import { askSessionLength, askRules, askStandingRights } from './ruleSteps.ts';
import { askSummary } from './summaryStep.ts';
import { requireFolder } from '../manifests/readManifests.ts';
import type { SetUpRolesServices } from './services.ts';
import { writeManifests } from './writeManifests.ts';

/**
 * Runs the wizard Set Up Roles. It asks who may request which role and who approves, then writes manifests
 * into the workspace and shows the changes. It sends nothing to the cluster. The answers are saved at every
 * step, so that closing the wizard loses nothing.
 */
export async function setUpRoles(services: SetUpRolesServices): Promise<void> {
  await requireFolder();
  const surroundings = await readSurroundings(services);
  const { known } = surroundings;
  const saved = await SavedAnswers.load(services.files, surroundings.cluster);
  const answers = await runWizard(services, surroundings, saved);
  if (answers === back) return;
  if (planSetup(answers, known).length === 0 && unreadRoles(answers, known).length === 0) {
    void showInfo(l10n.t('Everything is already as you answered. There is nothing to write.'));
    return;
  }
  if (await writeManifests(services, answers, surroundings)) await saved.reset();
}

/** The steps that the answers so far need. */
function stepsFor(answers: Answers, { known, edition }: RoleSurroundings): readonly WizardStep[] {
  const enterprise: readonly WizardStep[] = [
    'approvals',
    'approver',
    ...(answers.approvals === 'twoTeams' ? (['second'] as const) : []),
    'suggested',
  ];
  return [
    'who',
    'what',
    'howLong',
    'rules',
    ...(standingRights(answers, known).length > 0 ? (['standing'] as const) : []),
    ...(edition === undefined ? (['edition'] as const) : []),
    ...(answers.edition === 'enterprise' ? enterprise : (['approver'] as const)),
    'summary',
  ];
}

/** The step in which the user can solve a conflict. */
function stepToSolve(conflict: AnswerConflict): WizardStep {
  switch (conflict.kind) {
    case 'nobodyAsks':
      return 'who';
    case 'elevatedAsks':
      return 'what';
    case 'approverAsks':
    case 'approverElevated':
    case 'presetApproves':
      return 'approver';
    case 'sameApprovers':
      return 'second';
    case 'unapprovable':
      return conflict.team === 'first' ? 'approver' : 'second';
    case 'tooLong':
      return 'howLong';
  }
}

/** The team's limit for a session with an elevated role, in whole minutes. */
const sessionLimit = (): number =>
  Math.max(1, Math.floor(sessionLimitOf(setting('manifests.longestSession')) / 60_000));

/**
 * Asks step by step, starting at the step where the user left the wizard last.
 * @returns `back` if the user goes back from the first step
 * @throws Cancelled if the user closes the wizard; the answers so far are saved
 */
async function runWizard(
  services: SetUpRolesServices,
  surroundings: RoleSurroundings,
  saved: SavedAnswers,
): Promise<Answers | typeof back> {
  const edition = surroundings.edition ?? saved.stored.edition;
  const defaultElevated = surroundings.known.roles.get(defaultAnswers.elevated);
  let answers: Answers = {
    ...defaultAnswers,
    ...(defaultElevated ? settingsOf(defaultElevated) : {}),
    ...saved.stored.answers,
  };
  // The edition may have become known since the answers were saved, for example by a refused field.
  if (edition) answers = withEdition(answers, edition);
  const lastStep = saved.stored.step as WizardStep | undefined;
  let step: WizardStep =
    lastStep !== undefined && stepsFor(answers, surroundings).includes(lastStep) ? lastStep : 'who';
  // `fromSummary`: the user came from the summary to change one answer, and returns to it afterwards.
  for (let fromSummary = false; ;) {
    const steps = stepsFor(answers, surroundings);
    const index = steps.indexOf(step);
    const progress = fromSummary ? {} : { step: index + 1, steps: steps.length };
    const position = { title: stepTitle(step), ...progress, canGoBack: fromSummary || index > 0 };
    const state: WizardState = { answers, surroundings, position };
    await saved.save({ answers, step });
    if (step === 'summary') {
      const answer = await askSummary(state, steps, sessionLimit());
      const conflict = answerConflict(answers, surroundings.known, sessionLimit());
      if (answer === 'write' && !conflict) return answers;
      if (answer === back) [step, fromSummary] = [steps[index - 1] ?? 'who', false];
      else
        [step, fromSummary] = [
          answer === 'write' && conflict ? stepToSolve(conflict) : (answer as WizardStep),
          true,
        ];
      continue;
    }
    const answer = await askStep(services, step, state, saved);
    if (answer === back && !fromSummary) {
      if (index <= 0) return back;
      step = steps[index - 1] ?? 'who';
      continue;
    }
    if (answer !== back) {
      answers = answer;
      if (step === 'edition' && answers.edition) await saved.save({ edition: answers.edition });
    }
    // An answer may add or remove steps.
    const newSteps = stepsFor(answers, surroundings);
    step = fromSummary ? 'summary' : (newSteps[newSteps.indexOf(step) + 1] ?? 'summary');
    fromSummary = false;
  }
}

async function askStep(
  services: SetUpRolesServices,
  step: Exclude<WizardStep, 'summary'>,
  state: WizardState,
  saved: SavedAnswers,
): Promise<Answers | typeof back> {
  switch (step) {
    case 'who':
      return askAskingRoles(state);
    case 'what':
      return askElevatedRole(state);
    case 'howLong':
      return askSessionLength(state, sessionLimit(), {
        text: saved.stored.typed ?? '',
        keep: (typed) => void saved.save({ typed }),
      });
    case 'rules':
      return askRules(state);
    case 'standing':
      return askStandingRights(state);
    case 'edition':
      return askEdition(state);
    case 'approvals':
      return askApprovals(state);
    case 'approver':
      return askApprover(state);
    case 'second':
      return askSecondApprover(state);
    case 'suggested':
      return askSuggestedReviewers(state, await services.drafts.lastReviewers());
  }
}
