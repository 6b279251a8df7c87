import * as l10n from '@vscode/l10n';
import { isSendableName, parseMinutes, splitNames, type Draft } from '../../access/requestDraft.ts';
import { forPick } from '../../access/text/sinks.ts';
import { untrusted, type Untrusted } from '../../access/text/untrusted.ts';
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
import { reasonRules, remarkOn } from '../shared/reasonRules.ts';
import { askResources, resourceWords, type Search } from './resourceSteps.ts';

/** What may be chosen from. */
export interface RequestableOptions {
  readonly roles: readonly Untrusted[];
  readonly reviewers: readonly Untrusted[];
  /** Absent where this person cannot ask for resources by name. */
  readonly search?: Search;
}

/** A part of the form. */
export type RequestStep = 'what' | 'why' | 'howLong' | 'who' | 'send';

/** Every step of a new request; of one that is repeated only what is new. */
export const wholeForm: readonly RequestStep[] = ['what', 'why', 'howLong', 'who', 'send'];
export const shortForm: readonly RequestStep[] = ['why', 'send'];

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

/** Where a step stands in a form; one that is only there to change something has no number. */
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

const named = (name: Untrusted): Choice<Untrusted> => ({ label: forPick(name), value: name });

/** A typed name as a choice, if it can be sent as one name, and no known name holds it: then it only filters. */
const typedName =
  (known: readonly Untrusted[]) =>
  (text: string): Choice<Untrusted> | undefined => {
    if (known.some((one) => forPick(one).toLowerCase().includes(text.trim().toLowerCase()))) return undefined;
    const [name, ...more] = splitNames(text);
    if (!name || more.length > 0 || !isSendableName(name)) return undefined;
    return { ...named(name), description: l10n.t('as typed') };
  };

const several = Symbol('several');
const byName = Symbol('byName');
const same = Symbol('same');
type What = Untrusted | typeof several | typeof byName | typeof same;

/** Resources instead of roles: the ones asked for before, or found by name. */
function resourceChoices(draft: Draft, offer: RequestableOptions): Choice<What>[] {
  const before = draft.resources ?? [];
  return [
    ...(before.length > 0
      ? [
          {
            label: resourceWords(before),
            description: l10n.t('the same resources again'),
            value: same,
          } as const,
        ]
      : []),
    ...(offer.search
      ? [
          {
            label: l10n.t('Resources by name…'),
            description: l10n.t('a server, a database'),
            value: byName,
          } as const,
        ]
      : []),
  ];
}

/** Which role, or which resources. Nothing is ticked beforehand; one role is one press. */
export async function askRoles(
  draft: Draft,
  offer: RequestableOptions,
  place: StepPosition,
): Promise<Draft | typeof back> {
  const more: Choice<What>[] =
    offer.roles.length > 1
      ? [{ label: l10n.t('Several roles…'), description: l10n.t('choose more than one'), value: several }]
      : [];
  const answer = await pickOne<What>(place, {
    choices: [...offer.roles.map(named), ...more, ...resourceChoices(draft, offer)],
    placeholder:
      offer.roles.length > 0
        ? l10n.t('Which role? Choose one, or type its name')
        : l10n.t('Type the name of the role; the ones you may ask for are not known'),
    isSelected: (what) =>
      what === (draft.roles[0] ?? ((draft.resources ?? []).length > 0 ? same : undefined)),
    choiceFromText: typedName(offer.roles),
  });
  if (answer === back) return back;
  if (answer === same) return { ...draft, roles: [] };
  if (answer === byName) {
    const chosen = offer.search && (await askResources(draft, place, offer.search));
    return chosen === undefined || chosen === back ? askRoles(draft, offer, place) : chosen;
  }
  if (answer !== several) return { ...draft, roles: [answer], resources: [] };
  const roles = await pickSome<Untrusted>(
    { ...place, canGoBack: true },
    {
      choices: offer.roles.map(named),
      placeholder: l10n.t('Which roles? Tick them, then press Enter'),
      isSelected: (role) => draft.roles.includes(role),
      choiceFromText: typedName(offer.roles),
    },
    true,
  );
  return roles === back ? askRoles(draft, offer, place) : { ...draft, roles, resources: [] };
}

/** Why. Every keystroke is kept. */
export async function askReason(
  draft: Draft,
  save: (draft: Draft) => void,
  place: StepPosition,
): Promise<Draft | typeof back> {
  const rules = reasonRules();
  const answer = await typeText(place, {
    value: draft.reason,
    placeholder: l10n.t('What is broken, for whom, and what you will do'),
    prompt: l10n.t(
      'Reviewers and the audit log show this, and the process list of this machine while tsh runs',
    ),
    check: (value) => remarkOn(value, rules),
    onChange: (reason) => save({ ...draft, reason }),
  });
  return answer === back ? back : { ...draft, reason: answer };
}

/** How long, in minutes. */
export async function askDuration(draft: Draft, place: StepPosition): Promise<Draft | typeof back> {
  const other = Symbol('other');
  const usual = [...new Set([15, 30, 60, 360, draft.minutes])].sort((a, b) => a - b);
  const answer = await pickOne<number | typeof other>(place, {
    choices: [
      ...usual.map((minutes) => ({ label: span(minutes), value: minutes })),
      { label: l10n.t('Other…'), value: other },
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
  if (answer !== other) return { ...draft, minutes: answer };
  const typed = await typeText(
    { ...place, canGoBack: true },
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
  if (typed === back) return askDuration(draft, place);
  return { ...draft, minutes: parseMinutes(typed) ?? draft.minutes };
}

/** Who should review; none means everybody who may. */
export async function askReviewers(
  draft: Draft,
  offer: RequestableOptions,
  place: StepPosition,
): Promise<Draft | typeof back> {
  const known = [...new Set([...draft.reviewers, ...offer.reviewers])];
  const reviewers = await pickSome<Untrusted>(place, {
    choices: known.map(named),
    placeholder: l10n.t('Tick or type reviewers, or just press Enter'),
    isSelected: (reviewer) => draft.reviewers.includes(reviewer),
    choiceFromText: typedName(known),
  });
  return reviewers === back ? back : { ...draft, reviewers };
}

/** The last look: Send, or the step to change. */
export async function summary(draft: Draft, place: StepPosition): Promise<RequestStep | typeof back> {
  const reason = forPick(pasted(draft));
  const list = (names: readonly Untrusted[]): string => names.map(forPick).join(', ');
  const what = draft.roles.length > 0 ? list(draft.roles) : resourceWords(draft.resources ?? []);
  return pickOne<RequestStep>(place, {
    choices: [
      {
        label: `$(send) ${l10n.t('Send Request')}`,
        detail: l10n.t('{0} for {1}, counted from now', what, span(draft.minutes)),
        value: 'send',
      },
      {
        label: draft.roles.length > 0 ? l10n.t('Role') : l10n.t('Resources'),
        description: what,
        value: 'what',
      },
      { label: l10n.t('Reason'), description: reason, value: 'why' },
      { label: l10n.t('How long'), description: span(draft.minutes), value: 'howLong' },
      {
        label: l10n.t('Reviewers'),
        description: draft.reviewers.length > 0 ? list(draft.reviewers) : l10n.t('left to the cluster'),
        value: 'who',
      },
    ],
    placeholder: l10n.t('Send, or choose what to change'),
  });
}

/** The person's own words still go through the sink: they may have been pasted. */
const pasted = (draft: Draft): Untrusted => untrusted(draft.reason);
