import * as l10n from '@vscode/l10n';
import { showInfo } from '../../editor/messages.ts';
import { setting } from '../../editor/settings.ts';
import { applicable, Detour, runSteps, type Step } from '../../editor/runSteps.ts';
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
import { wizardTitle, type WizardState, type WizardStep } from './choices.ts';
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
  if (planSetup(answers, known).length === 0 && unreadRoles(answers, known).length === 0) {
    void showInfo(l10n.t('Everything is already as you answered. There is nothing to write.'));
    return;
  }
  if (await writeManifests(services, answers, surroundings)) await saved.reset();
}

/** The steps of the wizard, in order. */
function wizardSteps(
  services: SetUpRolesServices,
  surroundings: RoleSurroundings,
  saved: SavedAnswers,
): readonly Step<Answers>[] {
  const { known } = surroundings;
  // With saved answers Enter alone leads through the wizard, also if a stranger has opened it.
  const isFresh = saved.stored.answers === undefined;
  const step = (
    name: WizardStep,
    words: string,
    ask: (state: WizardState) => Promise<Answers>,
    applies?: (answers: Answers) => boolean,
  ): Step<Answers> => ({
    name,
    title: wizardTitle(words),
    applies,
    ask: (answers, position) => ask({ answers, surroundings, position }),
  });
  const isEnterprise = ({ edition }: Answers): boolean => edition === 'enterprise';
  const steps: readonly Step<Answers>[] = [
    step('who', l10n.t('who may ask'), askAskingRoles),
    step('what', l10n.t('for which role'), askElevatedRole),
    step('howLong', l10n.t('how long'), (state) =>
      askSessionLength(state, sessionLimit(), {
        typed: saved.stored.typed ?? '',
        saveTyped: (typed) => void saved.save({ typed }),
      }),
    ),
    step('rules', l10n.t('rules'), askRules),
    step(
      'standing',
      l10n.t('standing rights'),
      askStandingRights,
      (answers) => standingRights(answers, known).length > 0,
    ),
    step(
      'edition',
      l10n.t('edition'),
      async (state) => {
        const answers = await askEdition(state);
        if (answers.edition) await saved.save({ edition: answers.edition });
        return answers;
      },
      () => surroundings.edition === undefined,
    ),
    step('approvals', l10n.t('approvals'), askApprovals, isEnterprise),
    step('approver', l10n.t('who approves'), askApprover),
    step(
      'second',
      l10n.t('the second team'),
      askSecondApprover,
      (answers) => isEnterprise(answers) && answers.approvals === 'twoTeams',
    ),
    step(
      'suggested',
      l10n.t('suggested reviewers'),
      async (state) => askSuggestedReviewers(state, await services.drafts.lastReviewers()),
      isEnterprise,
    ),
    step('summary', l10n.t('write'), async (state) => {
      const shown = applicable(steps, state.answers).map(({ name }) => name);
      const picked = await askSummary(state, shown, sessionLimit(), isFresh);
      if (picked !== 'write') throw new Detour(picked);
      const conflict = answerConflict(state.answers, known, sessionLimit());
      if (conflict) throw new Detour(stepToSolve(conflict));
      return state.answers;
    }),
  ];
  return steps;
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
 * @throws Cancelled if the user closes the wizard; the answers so far are saved
 */
function runWizard(
  services: SetUpRolesServices,
  surroundings: RoleSurroundings,
  saved: SavedAnswers,
): Promise<Answers> {
  const edition = surroundings.edition ?? saved.stored.edition;
  const defaultElevated = surroundings.known.roles.get(defaultAnswers.elevated);
  const answers: Answers = {
    ...defaultAnswers,
    ...(defaultElevated ? settingsOf(defaultElevated) : {}),
    ...saved.stored.answers,
  };
  // The edition may have become known since the answers were saved, for example by a refused field.
  const initial = edition ? withEdition(answers, edition) : answers;
  return runSteps(wizardSteps(services, surroundings, saved), initial, {
    startAt: saved.stored.step,
    enter: (step, current) => saved.save({ answers: current, step }),
  });
}
