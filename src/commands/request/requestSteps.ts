import * as l10n from '@vscode/l10n';
import { isSendableName, parseMinutes, splitNames, type Draft } from '../../access/requestDraft.ts';
import { forPick, namesForPick } from '../../access/untrusted/sinks.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import {
  back,
  pickOne,
  pickSome,
  titleWithStep,
  typeText,
  type Choice,
  type StepPosition,
} from '../../editor/quickInput.ts';
import { span } from '../../text/time.ts';
import { reasonRules, reasonRemark } from '../shared/reasonRules.ts';
import { askResources, resourceWords, type Search } from './resourceSteps.ts';

/** The roles and reviewers to choose from, and the search for resources. */
export interface RequestableOptions {
  readonly roles: readonly Untrusted[];
  readonly reviewers: readonly Untrusted[];
  /** Absent if this user cannot search for resources. */
  readonly search?: Search;
}

/** A step of the form. */
export type RequestStep = 'what' | 'why' | 'howLong' | 'who' | 'send';

/** The steps of a new request. */
export const wholeForm: readonly RequestStep[] = ['what', 'why', 'howLong', 'who', 'send'];
/** The steps of a repeated request. */
export const shortForm: readonly RequestStep[] = ['why', 'send'];

/** The title of every dialog of the form. */
export const formTitle = (): string => l10n.t('Request Access');

function stepWords(step: RequestStep): string {
  switch (step) {
    case 'what':
      return l10n.t('what');
    case 'why':
      return l10n.t('why');
    case 'howLong':
      return l10n.t('how long');
    case 'who':
      return l10n.t('who');
    case 'send':
      return l10n.t('send');
  }
}

/** The title and the number of a step. A step outside the form, opened from the summary, has no number. */
export function stepPosition(
  step: RequestStep,
  form: readonly RequestStep[],
  canGoBack: boolean,
): StepPosition {
  const title = titleWithStep(formTitle(), stepWords(step));
  const index = form.indexOf(step);
  return index < 0
    ? { title, canGoBack }
    : { title, step: index + 1, steps: form.length, canGoBack: canGoBack || index > 0 };
}

const nameChoice = (name: Untrusted): Choice<Untrusted> => ({ label: forPick(name), value: name });

/**
 * Turns typed text into a choice if it can be sent as one name. If a known name contains the text, the text
 * only filters the list.
 */
const typedNameChoice =
  (known: readonly Untrusted[]) =>
  (text: string): Choice<Untrusted> | undefined => {
    if (known.some((other) => forPick(other).toLowerCase().includes(text.trim().toLowerCase())))
      return undefined;
    const [name, ...more] = splitNames(text);
    if (!name || more.length > 0 || !isSendableName(name)) return undefined;
    return { ...nameChoice(name), description: l10n.t('as typed') };
  };

const severalRoles = Symbol('several');
const resourcesByName = Symbol('byName');
const sameResources = Symbol('same');
type RoleAnswer = Untrusted | typeof severalRoles | typeof resourcesByName | typeof sameResources;

/** The choices for resources instead of roles: the draft's own resources, and the search by name. */
function resourceChoices(draft: Draft, options: RequestableOptions): Choice<RoleAnswer>[] {
  const chosenBefore = draft.resources ?? [];
  return [
    ...(chosenBefore.length > 0
      ? [
          {
            label: resourceWords(chosenBefore),
            description: l10n.t('the same resources again'),
            value: sameResources,
          } as const,
        ]
      : []),
    ...(options.search
      ? [
          {
            label: l10n.t('Resources by name…'),
            description: l10n.t('a server, a database'),
            value: resourcesByName,
          } as const,
        ]
      : []),
  ];
}

/**
 * Asks for the roles or resources. Picking one role takes a single press; several roles are ticked in a
 * second pick.
 */
export async function askRoles(
  draft: Draft,
  options: RequestableOptions,
  position: StepPosition,
): Promise<Draft | typeof back> {
  const severalChoice: Choice<RoleAnswer>[] =
    options.roles.length > 1
      ? [
          {
            label: l10n.t('Several roles…'),
            description: l10n.t('choose more than one'),
            value: severalRoles,
          },
        ]
      : [];
  const answer = await pickOne<RoleAnswer>(position, {
    choices: [...options.roles.map(nameChoice), ...severalChoice, ...resourceChoices(draft, options)],
    placeholder:
      options.roles.length > 0
        ? l10n.t('Which role? Choose one, or type its name')
        : l10n.t('Type the name of the role; the ones you may ask for are not known'),
    isSelected: (value) =>
      value === (draft.roles[0] ?? ((draft.resources ?? []).length > 0 ? sameResources : undefined)),
    choiceFromText: typedNameChoice(options.roles),
  });
  if (answer === back) return back;
  if (answer === sameResources) return { ...draft, roles: [] };
  if (answer === resourcesByName) {
    const chosen = options.search && (await askResources(draft, position, options.search));
    return chosen === undefined || chosen === back ? askRoles(draft, options, position) : chosen;
  }
  if (answer !== severalRoles) return { ...draft, roles: [answer], resources: [] };
  const roles = await pickSome<Untrusted>(
    { ...position, canGoBack: true },
    {
      choices: options.roles.map(nameChoice),
      placeholder: l10n.t('Which roles? Tick them, then press Enter'),
      isSelected: (role) => draft.roles.includes(role),
      choiceFromText: typedNameChoice(options.roles),
    },
    true,
  );
  return roles === back ? askRoles(draft, options, position) : { ...draft, roles, resources: [] };
}

/** Asks for the reason, and stores it at every keystroke. */
export async function askReason(
  draft: Draft,
  save: (draft: Draft) => void,
  position: StepPosition,
): Promise<Draft | typeof back> {
  const rules = reasonRules();
  const answer = await typeText(position, {
    value: draft.reason,
    placeholder: l10n.t('What is broken, for whom, and what you will do'),
    prompt: l10n.t(
      'Reviewers and the audit log show this, and the process list of this machine while tsh runs',
    ),
    check: (value) => reasonRemark(value, rules),
    onChange: (reason) => save({ ...draft, reason }),
  });
  return answer === back ? back : { ...draft, reason: answer };
}

/** Asks for the duration. */
export async function askDuration(draft: Draft, position: StepPosition): Promise<Draft | typeof back> {
  const otherDuration = Symbol('other');
  const durations = [...new Set([15, 30, 60, 360, draft.minutes])].sort((a, b) => a - b);
  const answer = await pickOne<number | typeof otherDuration>(position, {
    choices: [
      ...durations.map((minutes) => ({ label: span(minutes), value: minutes })),
      { label: l10n.t('Other…'), value: otherDuration },
    ],
    placeholder: l10n.t('How long? Choose, or type it; the time counts from sending, not from approval'),
    isSelected: (minutes) => minutes === draft.minutes,
    choiceFromText: (text) => {
      const minutes = parseMinutes(text);
      return minutes === undefined
        ? undefined
        : { label: span(minutes), description: l10n.t('as typed'), value: minutes };
    },
  });
  if (answer === back) return back;
  if (answer !== otherDuration) return { ...draft, minutes: answer };
  const typed = await typeText(
    { ...position, canGoBack: true },
    {
      value: '',
      placeholder: '1h30m',
      prompt: l10n.t('Hours and minutes, at most 14 days; the cluster may give less'),
      check: (value) =>
        parseMinutes(value) === undefined
          ? { text: l10n.t('Such as 45m, 2h, 1h30m or 1d'), severity: 'error' }
          : { text: span(parseMinutes(value) ?? 0), severity: 'info' },
    },
  );
  if (typed === back) return askDuration(draft, position);
  return { ...draft, minutes: parseMinutes(typed) ?? draft.minutes };
}

/** Asks for the reviewers. Without any, everybody who may review the request can do so. */
export async function askReviewers(
  draft: Draft,
  options: RequestableOptions,
  position: StepPosition,
): Promise<Draft | typeof back> {
  const known = [...new Set([...draft.reviewers, ...options.reviewers])];
  const reviewers = await pickSome<Untrusted>(position, {
    choices: known.map(nameChoice),
    placeholder: l10n.t('Tick or type reviewers, or just press Enter'),
    isSelected: (reviewer) => draft.reviewers.includes(reviewer),
    choiceFromText: typedNameChoice(known),
  });
  return reviewers === back ? back : { ...draft, reviewers };
}

/** Shows the summary. @returns `send`, or the step that the user wants to change */
export async function summary(draft: Draft, position: StepPosition): Promise<RequestStep | typeof back> {
  const reason = forPick(reasonText(draft));
  const subject = draft.roles.length > 0 ? namesForPick(draft.roles) : resourceWords(draft.resources ?? []);
  return pickOne<RequestStep>(position, {
    choices: [
      {
        label: `$(send) ${l10n.t('Send Request')}`,
        detail: l10n.t('{0} for {1}, counted from now', subject, span(draft.minutes)),
        value: 'send',
      },
      {
        label: draft.roles.length > 0 ? l10n.t('Role') : l10n.t('Resources'),
        description: subject,
        value: 'what',
      },
      { label: l10n.t('Reason'), description: reason, value: 'why' },
      { label: l10n.t('How long'), description: span(draft.minutes), value: 'howLong' },
      {
        label: l10n.t('Reviewers'),
        description:
          draft.reviewers.length > 0 ? namesForPick(draft.reviewers) : l10n.t('left to the cluster'),
        value: 'who',
      },
    ],
    placeholder: l10n.t('Send, or choose what to change'),
  });
}

/** The reason as untrusted text, because the user may have pasted it. */
const reasonText = (draft: Draft): Untrusted => untrusted(draft.reason);
