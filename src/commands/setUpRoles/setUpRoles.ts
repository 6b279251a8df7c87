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
  askSecond,
  askSuggested,
  withEdition,
} from './approvalSteps.ts';
import { stepTitle, type WizardState, type WizardStep } from './choices.ts';
import { readSurroundings, type RoleSurroundings } from '../manifests/readSurroundings.ts';
import { askHowLong, askRules, askStanding, askWhat, askWho } from './roleSteps.ts';
import { askSummary } from './summaryStep.ts';
import { demandFolder } from '../manifests/readManifests.ts';
import type { SetUpRolesServices } from './services.ts';
import { writeManifests } from './writeManifests.ts';

/**
 * Sets up who may ask for which role, and who approves: asks step by step, then writes manifests into the workspace
 * and shows what changes. Nothing is sent. The answers are kept at every step, so that leaving loses nothing.
 */
export async function setUpRoles(services: SetUpRolesServices): Promise<void> {
  await demandFolder();
  const around = await readSurroundings(services);
  const kept = await SavedAnswers.load(services.files, around.cluster);
  const answers = await askAll(services, around, kept);
  if (answers === back) return;
  if (planSetup(answers, around.known).length === 0 && unreadRoles(answers, around.known).length === 0) {
    void showInfo(l10n.t('Everything is already as you answered. There is nothing to write.'));
    return;
  }
  if (await writeManifests(services, answers, around)) await kept.reset();
}

/** The steps these answers need. */
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

/** The step that puts a clash right. */
function cureOf(clash: AnswerConflict): WizardStep {
  switch (clash.kind) {
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
      return clash.team === 'first' ? 'approver' : 'second';
    case 'tooLong':
      return 'howLong';
  }
}

/** The team's limit for an elevated role, in whole minutes. */
const longest = (): number =>
  Math.max(1, Math.floor(sessionLimitOf(setting('manifests.longestSession')) / 60_000));

/** @throws Left, with the answers so far kept */
async function askAll(
  services: SetUpRolesServices,
  around: RoleSurroundings,
  kept: SavedAnswers,
): Promise<Answers | typeof back> {
  const edition = around.edition ?? kept.edition;
  const proposed = around.known.roles.get(defaultAnswers.elevated);
  let answers: Answers = {
    ...defaultAnswers,
    ...(proposed ? settingsOf(proposed) : {}),
    ...kept.answers,
  };
  // It may have shown since, such as by what the server refused.
  if (edition) answers = withEdition(answers, edition);
  const left = kept.step as WizardStep | undefined;
  let step: WizardStep = left !== undefined && stepsFor(answers, around).includes(left) ? left : 'who';
  for (let changing = false; ;) {
    const steps = stepsFor(answers, around);
    const index = steps.indexOf(step);
    const at = changing ? {} : { step: index + 1, steps: steps.length };
    const place = { title: stepTitle(step), ...at, canGoBack: changing || index > 0 };
    const asked: WizardState = { answers, around, place };
    await kept.save({ answers, step });
    if (step === 'summary') {
      const answer = await askSummary(asked, steps, longest());
      const clash = answerConflict(answers, around.known, longest());
      if (answer === 'write' && !clash) return answers;
      if (answer === back) [step, changing] = [steps[index - 1] ?? 'who', false];
      else [step, changing] = [answer === 'write' && clash ? cureOf(clash) : (answer as WizardStep), true];
      continue;
    }
    const answer = await ask(services, step, asked, kept);
    if (answer === back && !changing) {
      if (index <= 0) return back;
      step = steps[index - 1] ?? 'who';
      continue;
    }
    if (answer !== back) {
      answers = answer;
      if (step === 'edition' && answers.edition) await kept.save({ edition: answers.edition });
    }
    const after = stepsFor(answers, around);
    step = changing ? 'summary' : (after[after.indexOf(step) + 1] ?? 'summary');
    changing = false;
  }
}

async function ask(
  services: SetUpRolesServices,
  step: Exclude<WizardStep, 'summary'>,
  asked: WizardState,
  kept: SavedAnswers,
): Promise<Answers | typeof back> {
  switch (step) {
    case 'who':
      return askWho(asked);
    case 'what':
      return askWhat(asked);
    case 'howLong':
      return askHowLong(asked, longest(), {
        text: kept.typed ?? '',
        keep: (typed) => void kept.save({ typed }),
      });
    case 'rules':
      return askRules(asked);
    case 'standing':
      return askStanding(asked);
    case 'edition':
      return askEdition(asked);
    case 'approvals':
      return askApprovals(asked);
    case 'approver':
      return askApprover(asked);
    case 'second':
      return askSecond(asked);
    case 'suggested':
      return askSuggested(asked, await services.drafts.lastReviewers());
  }
}
