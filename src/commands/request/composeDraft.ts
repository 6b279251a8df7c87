import { checkReason, onlyWarns, type Draft } from '../../access/requestDraft.ts';
import { subjectKey } from '../../access/alternatives.ts';
import { back } from '../../editor/quickInput.ts';
import { firstReason, reasonRules } from '../shared/reasonRules.ts';
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

/** How a draft is written. */
export interface Form {
  readonly draft: Draft;
  readonly steps: readonly RequestStep[];
  /** The step to begin with, where that is not the first. */
  readonly from?: RequestStep;
  /** Whether there is something to go back to before the first step. */
  readonly canGoBack: boolean;
  /** What may be chosen from; asked for when a step needs it. */
  readonly offer: () => Promise<RequestableOptions>;
  /** Told at every keystroke. */
  readonly save: (draft: Draft) => void;
  /** Says what there is already for the same; goes on only if it is to be asked for all the same. */
  readonly notTwice: (draft: Draft, canGoBack: boolean) => Promise<'ask' | typeof back>;
}

/** Asks step by step until the person presses Send, or goes back beyond the first step. @throws Left */
export async function composeDraft(form: Form): Promise<Draft | typeof back> {
  const rules = reasonRules();
  let { draft } = form;
  if (draft.reason === '') draft = { ...draft, reason: firstReason(rules) };
  // Without a subject there is nothing to repeat.
  const steps = subjectKey(draft) === '' ? wholeForm : form.steps;
  const save = (changed: Draft): void => form.save((draft = changed));
  const mayAsk = async (canGoBack: boolean): Promise<boolean> =>
    (await form.notTwice(draft, canGoBack)) !== back;
  const ask = async (step: RequestStep, canGoBack: boolean): Promise<Draft | typeof back> => {
    const place = stepPosition(step, steps, canGoBack);
    switch (step) {
      case 'what':
        return askRoles(draft, await form.offer(), place);
      case 'why':
        return askReason(draft, save, place);
      case 'howLong':
        return askDuration(draft, place);
      case 'who':
        return askReviewers(draft, await form.offer(), place);
      case 'send':
        return draft;
    }
  };

  let step: RequestStep = form.from ?? steps[0] ?? 'what';
  if (step !== 'what' && !(await mayAsk(form.canGoBack))) return back;
  for (let changing = false; ;) {
    if (step === 'send') {
      if (!onlyWarns(checkReason(draft.reason, rules))) {
        [step, changing] = ['why', true];
        continue;
      }
      const answer = await summary(draft, stepPosition('send', steps, true));
      // Something may have been approved while this was written.
      if (answer === 'send' && (await mayAsk(true))) return draft;
      [step, changing] = answer === back ? [before(step, steps), false] : [answer, answer !== 'send'];
      continue;
    }
    const answer = await ask(step, changing || form.canGoBack);
    if (answer !== back) save(answer);
    if (answer !== back && step === 'what' && !(await mayAsk(true))) continue;
    // A single answer changed from the summary leads back to it.
    if (changing) step = 'send';
    else if (answer !== back) step = steps[steps.indexOf(step) + 1] ?? 'send';
    else if (step === steps[0]) return back;
    else step = before(step, steps);
  }
}

const before = (step: RequestStep, steps: readonly RequestStep[]): RequestStep =>
  steps[steps.indexOf(step) - 1] ?? step;
