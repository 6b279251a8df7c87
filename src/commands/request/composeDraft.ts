import type { Draft } from '../../access/requestDraft.ts';
import { checkReason, onlyWarns } from '../../access/reason.ts';
import { subjectKey } from '../../access/alternatives.ts';
import { back } from '../../editor/quickInput.ts';
import { initialReason, reasonRules } from '../shared/reasonRules.ts';
import {
  askDuration,
  askReason,
  askReviewers,
  askRoles,
  stepPosition,
  summary,
  wholeForm,
  type RequestableOptions,
  type RequestStep,
} from './requestSteps.ts';

/** The parameters of the multi-step form. */
export interface DraftForm {
  readonly draft: Draft;
  readonly steps: readonly RequestStep[];
  /** The step that the form starts with, if it is not the first. */
  readonly startAt?: RequestStep;
  /** Whether Back is possible in the first step. */
  readonly canGoBack: boolean;
  /** Reads the roles and reviewers to choose from; called when a step needs them. */
  readonly loadOptions: () => Promise<RequestableOptions>;
  /** Called at every keystroke in the reason and after every step. */
  readonly save: (draft: Draft) => void;
  /** Shows existing access to the same roles or resources, and asks whether the request is still wanted. */
  readonly confirmDuplicate: (draft: Draft, canGoBack: boolean) => Promise<'ask' | typeof back>;
}

/**
 * Asks step by step until the user presses Send.
 * @returns back if the user goes back beyond the first step
 * @throws Cancelled
 */
export async function composeDraft(form: DraftForm): Promise<Draft | typeof back> {
  const rules = reasonRules();
  let { draft } = form;
  if (draft.reason === '') draft = { ...draft, reason: initialReason(rules) };
  // The short form repeats a request, which is not possible without roles or resources.
  const steps = subjectKey(draft) === '' ? wholeForm : form.steps;
  const save = (changed: Draft): void => form.save((draft = changed));
  const isStillWanted = async (canGoBack: boolean): Promise<boolean> =>
    (await form.confirmDuplicate(draft, canGoBack)) !== back;
  const askStep = async (step: RequestStep, canGoBack: boolean): Promise<Draft | typeof back> => {
    const position = stepPosition(step, steps, canGoBack);
    switch (step) {
      case 'what':
        return askRoles(draft, await form.loadOptions(), position);
      case 'why':
        return askReason(draft, save, position);
      case 'howLong':
        return askDuration(draft, position);
      case 'who':
        return askReviewers(draft, await form.loadOptions(), position);
      case 'send':
        return draft;
    }
  };

  let step: RequestStep = form.startAt ?? steps[0] ?? 'what';
  if (step !== 'what' && !(await isStillWanted(form.canGoBack))) return back;
  for (let isChange = false; ;) {
    if (step === 'send') {
      if (!onlyWarns(checkReason(draft.reason, rules))) {
        [step, isChange] = ['why', true];
        continue;
      }
      const answer = await summary(draft, stepPosition('send', steps, true));
      // Another request may have been approved while the user wrote this one.
      if (answer === 'send' && (await isStillWanted(true))) return draft;
      [step, isChange] = answer === back ? [previousStep(step, steps), false] : [answer, answer !== 'send'];
      continue;
    }
    const answer = await askStep(step, isChange || form.canGoBack);
    if (answer !== back) save(answer);
    if (answer !== back && step === 'what' && !(await isStillWanted(true))) continue;
    // After a change that was started in the summary, the summary comes next.
    if (isChange) step = 'send';
    else if (answer !== back) step = steps[steps.indexOf(step) + 1] ?? 'send';
    else if (step === steps[0]) return back;
    else step = previousStep(step, steps);
  }
}

const previousStep = (step: RequestStep, steps: readonly RequestStep[]): RequestStep =>
  steps[steps.indexOf(step) - 1] ?? step;
