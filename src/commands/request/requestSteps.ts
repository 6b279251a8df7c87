import * as l10n from '@vscode/l10n';
import { isSendableName, splitNames, type Draft } from '../../access/requestDraft.ts';
import { forPick, namesForPick } from '../../access/untrusted/sinks.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { pickOne, pickSome, typeText, type Choice } from '../../editor/quickInput.ts';
import { Detour, type StepPosition } from '../../editor/runSteps.ts';
import { span } from '../../text/time.ts';
import { askMinutes } from '../shared/askMinutes.ts';
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

/** The choices beside the roles: several roles, the draft's own resources, and the search by name. */
function otherChoices(
  { resources = [] }: Draft,
  { roles, search }: RequestableOptions,
): Choice<RoleAnswer>[] {
  const choice = (label: string, description: string, value: RoleAnswer): Choice<RoleAnswer> => ({
    label,
    description,
    value,
  });
  return [
    ...(roles.length > 1
      ? [choice(l10n.t('Several roles…'), l10n.t('choose more than one'), severalRoles)]
      : []),
    ...(resources.length > 0
      ? [choice(resourceWords(resources), l10n.t('the same resources again'), sameResources)]
      : []),
    ...(search
      ? [choice(l10n.t('Resources by name…'), l10n.t('a server, a database'), resourcesByName)]
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
): Promise<Draft> {
  const { roles: offered, search } = options;
  const first = draft.roles[0] ?? ((draft.resources ?? []).length > 0 ? sameResources : undefined);
  const choices = { choices: offered.map(nameChoice), choiceFromText: typedNameChoice(offered) };
  const picked = await pickOne<RoleAnswer>(position, {
    ...choices,
    choices: [...choices.choices, ...otherChoices(draft, options)],
    placeholder:
      offered.length > 0
        ? l10n.t('Which role? Choose one, or type its name')
        : l10n.t('Type the name of the role; the ones you may ask for are not known'),
    isSelected: (value) => value === first,
  });
  if (picked === sameResources) return { ...draft, roles: [] };
  if (picked === resourcesByName) return search ? askResources(draft, position, search) : draft;
  if (picked !== severalRoles) return { ...draft, roles: [picked], resources: [] };
  const placeholder = l10n.t('Which roles? Tick them, then press Enter');
  const isSelected = (role: Untrusted): boolean => draft.roles.includes(role);
  const roles = await pickSome<Untrusted>(position, { ...choices, placeholder, isSelected }, true);
  return { ...draft, roles, resources: [] };
}

/** Asks for the reason. @param keep stores it at every keystroke */
export async function askReason(
  draft: Draft,
  position: StepPosition,
  keep: (draft: Draft) => void,
): Promise<Draft> {
  const rules = reasonRules();
  const reason = await typeText(position, {
    value: draft.reason,
    placeholder: l10n.t('What is broken, for whom, and what you will do'),
    prompt: l10n.t(
      'Reviewers and the audit log show this, and the process list of this machine while tsh runs',
    ),
    check: (value) => reasonRemark(value, rules),
    onChange: (typed) => keep({ ...draft, reason: typed }),
  });
  return { ...draft, reason };
}

/** Asks for the duration. */
export async function askDuration(draft: Draft, position: StepPosition): Promise<Draft> {
  const question = {
    minutes: draft.minutes,
    placeholder: l10n.t('How long? Choose, or type it; the time counts from sending, not from approval'),
    prompt: l10n.t('Hours and minutes, at most 14 days; the cluster may give less'),
    example: l10n.t('Such as 45m, 2h, 1h30m or 1d'),
  };
  return { ...draft, minutes: await askMinutes(question, position) };
}

/** Asks for the reviewers. Without any, everybody who may review the request can do so. */
export async function askReviewers(
  draft: Draft,
  options: RequestableOptions,
  position: StepPosition,
): Promise<Draft> {
  const known = [...new Set([...draft.reviewers, ...options.reviewers])];
  const reviewers = await pickSome<Untrusted>(position, {
    choices: known.map(nameChoice),
    placeholder: l10n.t('Tick or type reviewers, or just press Enter'),
    isSelected: (reviewer) => draft.reviewers.includes(reviewer),
    choiceFromText: typedNameChoice(known),
  });
  return { ...draft, reviewers };
}

/**
 * Shows the draft until the user presses Send.
 * @throws Detour to the step that the user wants to change
 */
export async function showSummary(draft: Draft, position: StepPosition): Promise<void> {
  const { roles, resources = [], reviewers, minutes } = draft;
  const subject = roles.length > 0 ? namesForPick(roles) : resourceWords(resources);
  const answer = await pickOne<RequestStep>(position, {
    choices: [
      {
        label: `$(send) ${l10n.t('Send Request')}`,
        detail: l10n.t('{0} for {1}, counted from now', subject, span(minutes)),
        value: 'send',
      },
      { label: roles.length > 0 ? l10n.t('Role') : l10n.t('Resources'), description: subject, value: 'what' },
      // The user may have pasted the reason, so it is untrusted text as well.
      { label: l10n.t('Reason'), description: forPick(untrusted(draft.reason)), value: 'why' },
      { label: l10n.t('How long'), description: span(minutes), value: 'howLong' },
      {
        label: l10n.t('Reviewers'),
        description: reviewers.length > 0 ? namesForPick(reviewers) : l10n.t('left to the cluster'),
        value: 'who',
      },
    ],
    placeholder: l10n.t('Send, or choose what to change'),
    // The user chose the role in this form, or the form in a pick where Enter alone chooses nothing.
    isSelected: (step) => step === 'send',
  });
  if (answer !== 'send') throw new Detour(answer);
}
