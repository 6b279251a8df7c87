import * as l10n from '@vscode/l10n';
import { forPick } from '../../access/untrusted/sinks.ts';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import { pickSome, type Choice } from '../../editor/quickInput.ts';
import { canRequireReason, type Answers } from '../../roles/setup/answers.ts';
import { reasonEffects } from '../../roles/setup/sideEffects.ts';
import { standingRights, standingKey } from '../../roles/setup/standingRights.ts';
import { sideEffectsWords, noReasonWords } from '../../text/roles/setupText.ts';
import { span } from '../../text/time.ts';
import { askMinutes, type DurationQuestion } from '../shared/askMinutes.ts';
import type { WizardState } from './choices.ts';

/** What the user typed as another length before they left the step, and what keeps it. */
export type TypedDuration = Pick<DurationQuestion, 'typed' | 'saveTyped'>;

/**
 * Asks for the lifetime of a certificate with the elevated role.
 * @param limit the team's limit, in minutes
 */
export async function askSessionLength(
  { answers, position }: WizardState,
  limit: number,
  typed: TypedDuration,
): Promise<Answers> {
  const question = {
    ...typed,
    minutes: answers.minutes,
    limit,
    placeholder: l10n.t('How long does it last? Choose, or type it'),
    prompt: l10n.t('Hours and minutes, at most {0}', span(limit)),
    example: l10n.t('Such as 45m, 2h or 1h30m'),
  };
  return { ...answers, minutes: await askMinutes(question, position) };
}

/** Asks which rules apply to the role: a required reason, MFA for each session, the end of connections. */
export async function askRules({ answers, surroundings, position }: WizardState): Promise<Answers> {
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
  return {
    ...answers,
    reason: rules.includes('reason'),
    mfa: rules.includes('mfa'),
    disconnect: rules.includes('disconnect'),
  };
}

/** Asks which standing rights to remove from the asking roles. Ticked rights are removed. */
export async function askStandingRights({ answers, surroundings, position }: WizardState): Promise<Answers> {
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
  return { ...answers, keep: standing.map(standingKey).filter((key) => !removed.includes(key)) };
}
