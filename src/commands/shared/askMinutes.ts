import * as l10n from '@vscode/l10n';
import { parseMinutes } from '../../access/requestDraft.ts';
import { pickOne, typeText, type Choice, type Remark } from '../../editor/quickInput.ts';
import type { StepPosition } from '../../editor/runSteps.ts';
import { writeDuration } from '../../roles/role/duration.ts';
import { span } from '../../text/time.ts';

/** A question for a duration. */
export interface DurationQuestion {
  /** The duration that is active at first, in minutes. */
  readonly minutes: number;
  /** The team's limit, in minutes. A longer duration leads to the box for another one. */
  readonly limit?: number;
  readonly placeholder: string;
  /** The prompt of the box for another duration. */
  readonly prompt: string;
  /** What is said about a text that is no duration. */
  readonly example: string;
  /** What the user typed in the box before, and what keeps it. */
  readonly typed?: string;
  readonly saveTyped?: (text: string) => void;
}

const otherDuration = Symbol('other');

/** Asks for a duration: one of the proposals, or one that the user types. @returns minutes */
export async function askMinutes(question: DurationQuestion, position: StepPosition): Promise<number> {
  const {
    minutes: proposed,
    limit = Infinity,
    placeholder,
    prompt,
    example,
    typed = '',
    saveTyped = () => undefined,
  } = question;
  const proposals = [...new Set([15, 30, 60, 360, proposed])].sort((a, b) => a - b);
  const choiceOf = (minutes: number, words = ''): Choice<number> => ({
    label: span(minutes),
    description: minutes > limit ? l10n.t("longer than your team's limit of {0}", span(limit)) : words,
    value: minutes,
  });
  const check = (text: string): Remark => {
    const minutes = parseMinutes(text);
    if (minutes === undefined) return { text: example, severity: 'error' };
    return minutes > limit
      ? {
          text: l10n.t('Your team allows {0} at most (setting "Manifests: Longest Session")', span(limit)),
          severity: 'error',
        }
      : { text: span(minutes), severity: 'info' };
  };
  const picked = await pickOne<number | typeof otherDuration>(position, {
    choices: [
      ...proposals.map((minutes) => choiceOf(minutes)),
      { label: l10n.t('Other…'), value: otherDuration },
    ],
    placeholder,
    isSelected: (minutes) => minutes === proposed,
    choiceFromText: (text) => {
      const minutes = parseMinutes(text);
      // The typed text `12h` does not match the label `12 h`, so VS Code would hide the entry.
      return minutes === undefined
        ? undefined
        : { ...choiceOf(minutes, l10n.t('as typed')), alwaysShow: true };
    },
  });
  if (picked !== otherDuration && picked <= limit) return picked;
  const value = picked === otherDuration ? typed : writeDuration(picked * 60_000);
  const text = await typeText(position, { value, placeholder: '1h30m', prompt, check, onChange: saveTyped });
  saveTyped('');
  return parseMinutes(text) ?? proposed;
}
