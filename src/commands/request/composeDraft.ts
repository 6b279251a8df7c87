import * as l10n from '@vscode/l10n';
import type { Draft } from '../../access/requestDraft.ts';
import { checkReason, onlyWarns } from '../../access/reason.ts';
import { subjectKey } from '../../access/alternatives.ts';
import { titleWithStep } from '../../editor/quickInput.ts';
import { Detour, runSteps, type Step, type StepPosition } from '../../editor/runSteps.ts';
import { initialReason, reasonRules } from '../shared/reasonRules.ts';
import {
  askDuration,
  askReason,
  askReviewers,
  askRoles,
  formTitle,
  showSummary,
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
  /**
   * Shows existing access to the same roles or resources, and asks whether the request is still wanted.
   * @throws Cancelled if the user took that access instead
   */
  readonly confirmDuplicate: (draft: Draft, position: Partial<StepPosition>) => Promise<void>;
}

/**
 * Asks step by step until the user presses Send.
 * @throws WentBack if the user goes back beyond the first step
 * @throws Cancelled
 */
export async function composeDraft(form: DraftForm): Promise<Draft> {
  const { canGoBack, loadOptions, save, confirmDuplicate } = form;
  const rules = reasonRules();
  const reason = form.draft.reason === '' ? initialReason(rules) : form.draft.reason;
  const initial = { ...form.draft, reason };
  // The short form repeats a request, which is not possible without roles or resources.
  const shown = subjectKey(initial) === '' ? wholeForm : form.steps;
  const startAt = form.startAt ?? shown[0];
  const step = (name: RequestStep, words: string, ask: Step<Draft>['ask']): Step<Draft> => ({
    name,
    title: titleWithStep(formTitle(), words),
    applies: () => shown.includes(name),
    ask,
  });
  const steps = [
    step('what', l10n.t('what'), async (before, position, keep) => {
      const draft = await askRoles(before, await loadOptions(), position);
      keep(draft);
      await confirmDuplicate(draft, position);
      return draft;
    }),
    step('why', l10n.t('why'), askReason),
    step('howLong', l10n.t('how long'), askDuration),
    step('who', l10n.t('who'), async (draft, position) => askReviewers(draft, await loadOptions(), position)),
    step('send', l10n.t('send'), async (draft, position) => {
      if (!onlyWarns(checkReason(draft.reason, rules))) throw new Detour('why');
      await showSummary(draft, position);
      // Another request may have been approved while the user wrote this one.
      await confirmDuplicate(draft, position);
      return draft;
    }),
  ];
  if (startAt !== 'what') await confirmDuplicate(initial, { canGoBack });
  return runSteps(steps, initial, { canGoBack, startAt, save });
}
