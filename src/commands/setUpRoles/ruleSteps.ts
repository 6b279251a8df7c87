import * as l10n from '@vscode/l10n';
import { parseMinutes } from '../../access/requestDraft.ts';
import { forPick } from '../../access/untrusted/sinks.ts';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import { type Choice, pickOne, back, typeText, pickSome } from '../../editor/quickInput.ts';
import { canRequireReason } from '../../roles/setup/answers.ts';
import { writeDuration } from '../../roles/role/duration.ts';
import { reasonEffects } from '../../roles/setup/sideEffects.ts';
import { standingRights, standingKey } from '../../roles/setup/standingRights.ts';
import { sideEffectsWords, noReasonWords } from '../../text/roles/setupText.ts';
import { span } from '../../text/time.ts';
import type { Answered, WizardState } from './choices.ts';

/** The entry for a length that the user types. */
const otherLength = Symbol('other');

/** The text of a length that the user is typing. It is saved until the length is answered. */
export interface TypedDuration {
  readonly text: string;
  readonly keep: (text: string) => void;
}

/**
 * Asks for the lifetime of a certificate with the elevated role.
 * @param limit the team's limit, in minutes
 * @param draft the text that the user typed before leaving this step
 */
export async function askSessionLength(state: WizardState, limit: number, draft: TypedDuration): Answered {
  const { answers, position } = state;
  const proposals = [...new Set([15, 30, 60, 360, answers.minutes])].sort((a, b) => a - b);
  const overLimitWords = (minutes: number): string | undefined =>
    minutes > limit ? l10n.t("longer than your team's limit of {0}", span(limit)) : undefined;
  const choice = (minutes: number, words = ''): Choice<number> => ({
    label: span(minutes),
    description: overLimitWords(minutes) ?? words,
    value: minutes,
  });
  const answer = await pickOne<number | typeof otherLength>(position, {
    choices: [
      ...proposals.map((minutes) => choice(minutes)),
      { label: l10n.t('Other…'), value: otherLength },
    ],
    placeholder: l10n.t('How long does it last? Choose, or type it'),
    isSelected: (minutes) => minutes === answers.minutes,
    choiceFromText: (text) => {
      const minutes = parseMinutes(text);
      const words = l10n.t('as typed');
      // The typed text `12h` does not match the label `12 h`, so VS Code would hide the entry.
      return minutes === undefined ? undefined : { ...choice(minutes, words), alwaysShow: true };
    },
  });
  if (answer === back) return back;
  if (answer !== otherLength && answer <= limit) return { ...answers, minutes: answer };
  let latestText = draft.text;
  const typed = await typeText(
    { ...position, canGoBack: true },
    {
      value: answer === otherLength ? draft.text : writeDuration(answer * 60_000),
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
        latestText = text;
        draft.keep(text);
      },
    },
  );
  if (typed === back) return askSessionLength(state, limit, { ...draft, text: latestText });
  draft.keep('');
  return { ...answers, minutes: parseMinutes(typed) ?? answers.minutes };
}

/** Asks which rules apply to the role: a required reason, MFA for each session, the end of connections. */
export async function askRules({ answers, surroundings, position }: WizardState): Answered {
  const { version } = surroundings.known;
  // A required reason applies to all requests of an asking role, so both answers may change other requests.
  const otherEffects = [true, false].flatMap((reason) =>
    reasonEffects({ ...answers, reason }, surroundings.known),
  );
  type Rule = 'reason' | 'mfa' | 'disconnect';
  const canRequire = canRequireReason(version);
  const choices: Choice<Rule>[] = [
    {
      label: l10n.t('A reason is required'),
      // A server that does not know the field would drop it silently, so the manifest never gets it.
      detail: canRequire
        ? sideEffectsWords(otherEffects) || l10n.t('The server refuses requests without one')
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
  const rules = await pickSome<Rule>(position, {
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

/** Asks which standing rights to remove from the asking roles. Ticked rights are removed. */
export async function askStandingRights({ answers, surroundings, position }: WizardState): Answered {
  const standing = standingRights(answers, surroundings.known);
  const removed = await pickSome(position, {
    choices: standing.map((right) => ({
      label: l10n.t('{0} holds {1} for good', forPick(right.role), forPick(untrusted(right.value))),
      description: l10n.t('take it away ({0})', String(right.path.at(-1))),
      value: standingKey(right),
    })),
    placeholder: l10n.t('They hold this already without asking. What is ticked is taken away'),
    isSelected: (key) => !answers.keep.includes(key),
  });
  if (removed === back) return back;
  return { ...answers, keep: standing.map(standingKey).filter((key) => !removed.includes(key)) };
}
