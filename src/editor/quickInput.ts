import * as vscode from 'vscode';
import * as l10n from '@vscode/l10n';

/** The person left a dialog; nothing is said about it. */
export class Cancelled extends Error {
  constructor() {
    super('left');
    this.name = 'Left';
  }
}

/** The person went one step back. */
export const back = Symbol('back');

/** Where in a series of steps a dialog stands. */
export interface StepPosition {
  readonly title: string;
  readonly step?: number;
  readonly steps?: number;
  /** Whether there is a step to go back to. */
  readonly canGoBack?: boolean;
}

/** An entry of a pick. All texts are inert already. */
export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
  /** Only says something, such as why this cannot be chosen: it is no answer. */
  readonly refused?: boolean;
}

function prepare(dialog: vscode.QuickInput, { title, step, steps }: StepPosition): void {
  dialog.title = title;
  dialog.step = step;
  dialog.totalSteps = steps;
  // Reading something elsewhere must not lose what was typed.
  dialog.ignoreFocusOut = true;
}

const backButtons = ({ canGoBack }: StepPosition): vscode.QuickInputButton[] =>
  canGoBack ? [vscode.QuickInputButtons.Back] : [];

/** Shows a dialog until `wire` settles it, the person goes back, or leaves. */
function answerOf<D extends vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox, T>(
  dialog: D,
  place: StepPosition,
  wire: (dialog: D, done: (answer: T) => void) => void,
): Promise<T | typeof back> {
  prepare(dialog, place);
  dialog.buttons = [...backButtons(place), ...dialog.buttons];
  return new Promise<T | typeof back>((resolve, reject) => {
    dialog.onDidTriggerButton((button) => {
      if (button !== vscode.QuickInputButtons.Back) return;
      resolve(back);
      dialog.hide();
    });
    dialog.onDidHide(() => {
      reject(new Cancelled());
      dialog.dispose();
    });
    wire(dialog, (answer) => {
      resolve(answer);
      dialog.hide();
    });
    dialog.show();
  });
}

/** What may be chosen, and how. */
export interface PickOptions<T> {
  readonly choices: readonly Choice<T>[];
  readonly placeholder: string;
  readonly chosen?: (value: T) => boolean;
  /** Turns what was typed into a choice, when nothing fits. */
  readonly typed?: (text: string) => Choice<T> | undefined;
}

/**
 * One choice.
 * @param signal takes the question away
 * @throws Left
 */
export function pickOne<T>(
  place: StepPosition,
  options: PickOptions<T>,
  signal?: AbortSignal,
): Promise<T | typeof back> {
  const dialog = vscode.window.createQuickPick<Choice<T>>();
  dialog.placeholder = options.placeholder;
  dialog.matchOnDescription = true;
  dialog.items = options.choices;
  const active = options.choices.filter((choice) => options.chosen?.(choice.value));
  if (active.length > 0) dialog.activeItems = active;
  offerTyped(dialog, options);
  return answerOf(dialog, place, (_, done: (answer: T) => void) => {
    signal?.addEventListener('abort', () => dialog.hide(), { once: true });
    dialog.onDidAccept(() => {
      // Enter right after the last key comes before VS Code has drawn what was typed as an entry.
      const item = dialog.activeItems[0] ?? options.typed?.(dialog.value);
      if (item && !item.refused) done(item.value);
    });
  });
}

/**
 * Any number of choices; nothing is ticked that was not ticked before.
 * @param needed whether Enter with nothing ticked is no answer
 * @throws Left
 */
export function pickSome<T>(
  place: StepPosition,
  options: PickOptions<T>,
  needed = false,
): Promise<readonly T[] | typeof back> {
  const dialog = vscode.window.createQuickPick<Choice<T>>();
  dialog.canSelectMany = true;
  dialog.placeholder = options.placeholder;
  dialog.matchOnDescription = true;
  dialog.items = options.choices;
  dialog.selectedItems = options.choices.filter((choice) => options.chosen?.(choice.value));
  offerTyped(dialog, options);
  return answerOf(dialog, place, (_, done: (answer: readonly T[]) => void) => {
    dialog.onDidChangeSelection((selected) => {
      if (selected.some(({ refused }) => refused))
        dialog.selectedItems = selected.filter(({ refused }) => !refused);
    });
    dialog.onDidAccept(() => {
      const answers = dialog.selectedItems.filter(({ refused }) => !refused);
      if (needed && answers.length === 0) {
        dialog.placeholder = l10n.t('Nothing is ticked yet. Tick what you need, then press Enter');
        return;
      }
      done(answers.map((item) => item.value));
    });
  });
}

/** Offers what is typed as an entry of its own, until it is chosen. */
function offerTyped<T>(dialog: vscode.QuickPick<Choice<T>>, { choices, typed }: PickOptions<T>): void {
  if (!typed) return;
  let kept: readonly Choice<T>[] = choices;
  dialog.onDidChangeSelection((selected) => {
    const typedOnes = selected.filter(
      (item) => !item.refused && !choices.some((choice) => choice.label === item.label),
    );
    kept = [...choices, ...typedOnes];
  });
  dialog.onDidChangeValue((value) => {
    const selected = dialog.selectedItems;
    const known = kept.some((choice) => choice.label === value.trim());
    const extra = known ? undefined : typed(value);
    dialog.items = extra ? [...kept, extra] : kept;
    if (dialog.canSelectMany) dialog.selectedItems = selected;
  });
}

/** What is said while typing. */
export interface Remark {
  readonly text: string;
  readonly severity: 'error' | 'warning' | 'info';
}

export interface TypeOptions {
  readonly value: string;
  readonly placeholder: string;
  readonly prompt: string;
  /** An error keeps Enter from going on. */
  readonly check: (value: string) => Remark | undefined;
  /** Told at every keystroke, so that nothing typed is lost. */
  readonly changed?: (value: string) => void;
}

const severities = {
  error: vscode.InputBoxValidationSeverity.Error,
  warning: vscode.InputBoxValidationSeverity.Warning,
  info: vscode.InputBoxValidationSeverity.Info,
};

/** One line of text. @throws Left */
export function typeText(place: StepPosition, options: TypeOptions): Promise<string | typeof back> {
  const dialog = vscode.window.createInputBox();
  dialog.value = options.value;
  dialog.valueSelection = [options.value.length, options.value.length];
  dialog.placeholder = options.placeholder;
  dialog.prompt = options.prompt;
  const say = (value: string): boolean => {
    const remark = options.check(value);
    dialog.validationMessage = remark && { message: remark.text, severity: severities[remark.severity] };
    return remark?.severity !== 'error';
  };
  if (options.value !== '') say(options.value);
  return answerOf(dialog, place, (_, done: (answer: string) => void) => {
    dialog.onDidChangeValue((value) => {
      options.changed?.(value);
      say(value);
    });
    dialog.onDidAccept(() => {
      if (say(dialog.value)) done(dialog.value);
    });
  });
}

/** The step's name in a title: `Request Access: why`. */
export const titled = (title: string, step: string): string => l10n.t('{0}: {1}', title, step);
