import { isDeepStrictEqual } from 'node:util';
import * as l10n from '@vscode/l10n';
import { forPick } from '../../access/text/sinks.ts';
import { parseMinutes } from '../../access/requestDraft.ts';
import { untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import { back, pickOne, pickSome, typeText, type Choice } from '../../editor/quickInput.ts';
import { reasonEffects } from '../../roles/setup/sideEffects.ts';
import {
  canRequireReason,
  defaultAnswers,
  elevatedKinds,
  isPlainRoleName,
  proposedElevated,
  type Answers,
  type ElevatedKind,
} from '../../roles/setup/answers.ts';
import { commonApprovals } from '../../roles/setup/approvalRoles.ts';
import { minutesText, settingsOf } from '../../roles/setup/elevatedRole.ts';
import { suggestedReviewersOf } from '../../roles/setup/planSetup.ts';
import { standingRights, standingKey } from '../../roles/setup/standingRights.ts';
import {
  sideEffectsWords,
  conflictWords,
  elevatedKindWords,
  noReasonWords,
} from '../../text/roles/setupText.ts';
import { span } from '../../text/time.ts';
import { asksFor, heading, keptByTeleport, type WizardState } from './choices.ts';
import {
  choosableRoles,
  plainNameWords,
  refusedRole,
  roleChoice,
  typedRole,
} from '../manifests/roleChoices.ts';
import { unreadRolesWords } from '../manifests/readSurroundings.ts';

type Answered = Promise<Answers | typeof back>;

/** Which roles may ask. Nothing is ticked beforehand. */
export async function askWho({ answers, around, place }: WizardState): Answered {
  const { known, unread } = around;
  const there = choosableRoles(known);
  const typed = answers.asking.filter((name) => !known.roles.has(name));
  const typedAsking = typedRole(
    [...there.map(([name]) => name), ...typed],
    known.complete ? l10n.t('a new role') : l10n.t('as typed'),
  );
  const asking = await pickSome<Untrusted>(
    place,
    {
      choices: [
        ...typed.map((name) => ({ label: forPick(name), description: l10n.t('as typed'), value: name })),
        ...there.map((one) => roleChoice(one, asksFor(one[1]))),
      ],
      placeholder: unread
        ? l10n.t('{0}. Which roles may ask?', unreadRolesWords(unread))
        : l10n.t('Which roles may ask? Tick them, such as your teams, then press Enter'),
      isSelected: (name) => answers.asking.includes(name),
      choiceFromText: (text) => {
        const choice = typedAsking(text);
        return choice && (keptByTeleport(choice.value, known) ?? choice);
      },
    },
    true,
  );
  if (asking === back) return back;
  if (isDeepStrictEqual(asking, answers.asking)) return answers;
  // As it is with the roles chosen, until something else is answered.
  const values = asking.map((name) => known.roles.get(name));
  const suggested = [...new Set(values.flatMap(suggestedReviewersOf))];
  return { ...answers, asking, suggested, approvals: commonApprovals(values) };
}

const another = Symbol('another');

/** Which role they may ask for: a preset, one that is there, or a new one with a name of its own. */
export async function askWhat(asked: WizardState): Answered {
  const { answers, around, place } = asked;
  const { roles } = around.known;
  const isNew = (name: Untrusted): boolean => !roles.has(name);
  const presets = elevatedKinds.map((one) => ({ name: proposedElevated[one], gives: one }));
  const own = { name: answers.elevated, gives: answers.gives };
  const fresh = [...presets, own].filter(
    ({ name }, index, all) => isNew(name) && all.findIndex((one) => one.name === name) === index,
  );
  const there = choosableRoles(around.known).filter(([name]) => !answers.asking.includes(name));
  const typed = typedRole(
    [...fresh, ...there.map(([name]) => ({ name }))].map(({ name }) => name),
    l10n.t('a new role'),
  );
  const answer = await pickOne<Untrusted | typeof another>(place, {
    choices: [
      heading(l10n.t('New'), another),
      ...fresh.map(({ name, gives }) => ({
        label: forPick(name),
        description: elevatedKindWords(gives),
        value: name,
      })),
      { label: l10n.t('Another New Role…'), description: l10n.t('with a name of your own'), value: another },
      heading(l10n.t('There already; keeps what it gives'), another),
      ...there.map((one) => roleChoice(one)),
    ],
    placeholder: l10n.t('Which role may they ask for? Nobody should hold it for good'),
    isSelected: (name) => name === answers.elevated,
    choiceFromText: (text) => {
      const choice = typed(text);
      if (!choice || choice.disabled) return choice;
      return answers.asking.includes(choice.value)
        ? refusedRole(choice.value, conflictWords({ kind: 'elevatedAsks' }))
        : (keptByTeleport(choice.value, around.known) ?? choice);
    },
  });
  if (answer === back) return back;
  if (answer === another || (isNew(answer) && fresh.every(({ name }) => name !== answer))) {
    const named = await askNew(asked, answer === another ? undefined : answer);
    return named === back ? askWhat(asked) : named;
  }
  const gives = fresh.find(({ name }) => name === answer)?.gives ?? answers.gives;
  return { ...anew(asked, answer), gives };
}

/** The answers with this elevated role: what it says already is proposed, and names of new roles after it. */
function anew({ answers, around }: WizardState, elevated: Untrusted): Answers {
  const stays = (role: Untrusted | undefined): boolean => role !== undefined && around.known.roles.has(role);
  if (elevated === answers.elevated) return answers;
  const { approver, secondApprover } = answers;
  const { minutes, mfa, disconnect } = defaultAnswers;
  const before = around.known.roles.get(answers.elevated);
  const role = around.known.roles.get(elevated);
  return {
    ...answers,
    // What another role says is no answer about this one.
    ...(before ? { minutes, mfa, disconnect } : {}),
    ...(role ? settingsOf(role) : {}),
    elevated,
    approver: stays(approver) ? approver : undefined,
    secondApprover: stays(secondApprover) ? secondApprover : undefined,
  };
}

/** A new role: what it gives, and its name unless that was typed already. */
async function askNew(asked: WizardState, typed?: Untrusted): Answered {
  const { answers, around } = asked;
  const place = { ...asked.place, canGoBack: true };
  const gives = await pickOne<ElevatedKind>(place, {
    choices: elevatedKinds.map((one) => ({ label: elevatedKindWords(one), value: one })),
    placeholder: l10n.t('What does the new role give?'),
    isSelected: (one) => one === answers.gives,
  });
  if (gives === back) return back;
  if (typed !== undefined) return { ...anew(asked, typed), gives };
  const name = await typeText(place, {
    value: '',
    placeholder: forPick(proposedElevated[gives]),
    prompt: l10n.t('The name of the new role'),
    check: (value) => {
      const text = value.trim();
      if (!isPlainRoleName(text))
        return {
          text: plainNameWords(),
          severity: 'error',
        };
      if (around.known.roles.has(untrusted(text)))
        return { text: l10n.t('There is such a role already; go back and choose it'), severity: 'error' };
      return undefined;
    },
  });
  return name === back ? askNew(asked) : { ...anew(asked, untrusted(name.trim())), gives };
}

const other = Symbol('other');

/** A time as it is being typed, kept until it is an answer. */
export interface TypedDuration {
  readonly text: string;
  readonly keep: (text: string) => void;
}

/**
 * How long a certificate with the role lives.
 * @param limit what the team allows at most, in minutes
 * @param half what was typed before and left
 */
export async function askHowLong(asked: WizardState, limit: number, half: TypedDuration): Answered {
  const { answers, place } = asked;
  const usual = [...new Set([15, 30, 60, 360, answers.minutes])].sort((a, b) => a - b);
  const over = (minutes: number): string | undefined =>
    minutes > limit ? l10n.t("longer than your team's limit of {0}", span(limit)) : undefined;
  const choice = (minutes: number, words = ''): Choice<number> => ({
    label: span(minutes),
    description: over(minutes) ?? words,
    value: minutes,
  });
  const answer = await pickOne<number | typeof other>(place, {
    choices: [...usual.map((minutes) => choice(minutes)), { label: l10n.t('Other…'), value: other }],
    placeholder: l10n.t('How long does it last? Choose, or type it'),
    isSelected: (minutes) => minutes === answers.minutes,
    choiceFromText: (text) => {
      const minutes = parseMinutes(text);
      // `12h` does not filter `12 h`.
      const words = l10n.t('as typed');
      return minutes === undefined ? undefined : { ...choice(minutes, words), alwaysShow: true };
    },
  });
  if (answer === back) return back;
  if (answer !== other && answer <= limit) return { ...answers, minutes: answer };
  let last = half.text;
  const typed = await typeText(
    { ...place, canGoBack: true },
    {
      value: answer === other ? half.text : minutesText(answer),
      placeholder: '1h30m',
      prompt: l10n.t('Hours and minutes, at most {0}', span(limit)),
      check: (value) => {
        const minutes = parseMinutes(value);
        if (minutes === undefined) return { text: l10n.t('Such as 45m, 2h or 1h30m'), severity: 'error' };
        if (minutes > limit)
          return {
            text: l10n.t('Your team allows {0} at most (setting "Manifests: Longest Session")', span(limit)),
            severity: 'error',
          };
        return { text: span(minutes), severity: 'info' };
      },
      onChange: (text) => {
        last = text;
        half.keep(text);
      },
    },
  );
  if (typed === back) return askHowLong(asked, limit, { ...half, text: last });
  half.keep('');
  return { ...answers, minutes: parseMinutes(typed) ?? answers.minutes };
}

/** What goes with the role: a reason, per-session MFA, an end to connections. */
export async function askRules({ answers, around, place }: WizardState): Answered {
  const { version } = around.known;
  // It holds for all that a role asks for, ticked or not.
  const also = [true, false].flatMap((reason) => reasonEffects({ ...answers, reason }, around.known));
  type Rule = 'reason' | 'mfa' | 'disconnect';
  const can = canRequireReason(version);
  const choices: Choice<Rule>[] = [
    {
      label: l10n.t('A reason is required'),
      // Ticked or not, such a server is not told: it would drop the field without a word.
      detail: can
        ? sideEffectsWords(also) || l10n.t('The server refuses requests without one')
        : noReasonWords(version),
      value: 'reason',
    },
    {
      label: l10n.t('MFA for each session'),
      detail: l10n.t('Every connection with this role asks for the second factor again'),
      value: 'mfa',
    },
    {
      label: l10n.t('Connections end with the certificate'),
      detail: l10n.t('Otherwise what is open goes on after the time is over'),
      value: 'disconnect',
    },
  ];
  const rules = await pickSome<Rule>(place, {
    choices,
    placeholder: l10n.t('What goes with it? Tick, then press Enter'),
    isSelected: (rule) => answers[rule],
  });
  if (rules === back) return back;
  return {
    ...answers,
    reason: rules.includes('reason'),
    mfa: rules.includes('mfa'),
    disconnect: rules.includes('disconnect'),
  };
}

/** What the asking roles hold of it for good; what is ticked is taken away. */
export async function askStanding({ answers, around, place }: WizardState): Answered {
  const standing = standingRights(answers, around.known);
  const taken = await pickSome(place, {
    choices: standing.map((one) => ({
      label: l10n.t('{0} holds {1} for good', forPick(one.role), forPick(untrusted(one.value))),
      description: l10n.t('take it away ({0})', String(one.path.at(-1))),
      value: standingKey(one),
    })),
    placeholder: l10n.t('They hold this already without asking. What is ticked is taken away'),
    isSelected: (key) => !answers.keep.includes(key),
  });
  if (taken === back) return back;
  return { ...answers, keep: standing.map(standingKey).filter((key) => !taken.includes(key)) };
}
