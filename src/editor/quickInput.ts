import * as vscode from 'vscode';
import * as l10n from '@vscode/l10n';

/** Thrown when the user closes a dialog. No message is shown for it. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

/** Answer of a dialog in which the user pressed Back. */
export const back = Symbol('back');

/** Title of a dialog and its position in a series of steps. */
export interface StepPosition {
  readonly title: string;
  readonly step?: number;
  readonly steps?: number;
  /** Whether the dialog has a Back button. */
  readonly canGoBack?: boolean;
}

/** An entry of a quick pick. Its texts are already sanitised. */
export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
  /** The entry only informs, for example why it is not available, and cannot be picked. */
  readonly disabled?: boolean;
}

function prepare(dialog: vscode.QuickInput, { title, step, steps }: StepPosition): void {
  dialog.title = title;
  dialog.step = step;
  dialog.totalSteps = steps;
  // The dialog stays open when the user clicks elsewhere, so the typed text is not lost.
  dialog.ignoreFocusOut = true;
}

const backButtons = ({ canGoBack }: StepPosition): vscode.QuickInputButton[] =>
  canGoBack ? [vscode.QuickInputButtons.Back] : [];

/**
 * Shows a dialog until `connect` calls `done` or the user presses Back.
 * @throws Cancelled if the user closes the dialog
 */
function answerOf<D extends vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox, T>(
  dialog: D,
  position: StepPosition,
  connect: (dialog: D, done: (answer: T) => void) => void,
): Promise<T | typeof back> {
  prepare(dialog, position);
  dialog.buttons = [...backButtons(position), ...dialog.buttons];
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
    connect(dialog, (answer) => {
      resolve(answer);
      dialog.hide();
    });
    dialog.show();
  });
}

/** The entries of a quick pick and its behaviour. */
export interface PickOptions<T> {
  readonly choices: readonly Choice<T>[];
  readonly placeholder: string;
  /** Whether an entry is active or ticked when the dialog opens. */
  readonly isSelected?: (value: T) => boolean;
  /** Turns typed text into an extra entry. */
  readonly choiceFromText?: (text: string) => Choice<T> | undefined;
}

/**
 * Asks the user to pick one entry.
 * @param signal closes the dialog
 * @throws Cancelled if the user or the signal closes the dialog
 */
export function pickOne<T>(
  position: StepPosition,
  options: PickOptions<T>,
  signal?: AbortSignal,
): Promise<T | typeof back> {
  const dialog = vscode.window.createQuickPick<Choice<T>>();
  dialog.placeholder = options.placeholder;
  dialog.matchOnDescription = true;
  dialog.items = options.choices;
  const active = options.choices.filter((choice) => options.isSelected?.(choice.value));
  if (active.length > 0) dialog.activeItems = active;
  offerTyped(dialog, options);
  return answerOf(dialog, position, (_, done: (answer: T) => void) => {
    signal?.addEventListener('abort', () => dialog.hide(), { once: true });
    dialog.onDidAccept(() => {
      // Enter right after the last key may arrive before VS Code shows the entry for the typed text.
      const item = dialog.activeItems[0] ?? options.choiceFromText?.(dialog.value);
      if (item && !item.disabled) done(item.value);
    });
  });
}

/**
 * Asks the user to tick any number of entries. Only entries with `isSelected` are ticked at first.
 * @param required whether the user must tick at least one entry
 * @throws Cancelled if the user closes the dialog
 */
export function pickSome<T>(
  position: StepPosition,
  options: PickOptions<T>,
  required = false,
): Promise<readonly T[] | typeof back> {
  const dialog = vscode.window.createQuickPick<Choice<T>>();
  dialog.canSelectMany = true;
  dialog.placeholder = options.placeholder;
  dialog.matchOnDescription = true;
  dialog.items = options.choices;
  dialog.selectedItems = options.choices.filter((choice) => options.isSelected?.(choice.value));
  offerTyped(dialog, options);
  return answerOf(dialog, position, (_, done: (answer: readonly T[]) => void) => {
    dialog.onDidChangeSelection((selected) => {
      if (selected.some(({ disabled }) => disabled))
        dialog.selectedItems = selected.filter(({ disabled }) => !disabled);
    });
    dialog.onDidAccept(() => {
      const answers = dialog.selectedItems.filter(({ disabled }) => !disabled);
      if (required && answers.length === 0) {
        dialog.placeholder = l10n.t('Nothing is ticked yet. Tick what you need, then press Enter');
        return;
      }
      done(answers.map((item) => item.value));
    });
  });
}

/** Adds an entry for the typed text. The entry stays in the list once it is ticked. */
function offerTyped<T>(
  dialog: vscode.QuickPick<Choice<T>>,
  { choices, choiceFromText }: PickOptions<T>,
): void {
  if (!choiceFromText) return;
  let kept: readonly Choice<T>[] = choices;
  dialog.onDidChangeSelection((selected) => {
    const tickedExtras = selected.filter(
      (item) => !item.disabled && !choices.some((choice) => choice.label === item.label),
    );
    kept = [...choices, ...tickedExtras];
  });
  dialog.onDidChangeValue((value) => {
    const selected = dialog.selectedItems;
    const known = kept.some((choice) => choice.label === value.trim());
    const extra = known ? undefined : choiceFromText(value);
    dialog.items = extra ? [...kept, extra] : kept;
    if (dialog.canSelectMany) dialog.selectedItems = selected;
  });
}

/** A message about the typed text. */
export interface Remark {
  readonly text: string;
  readonly severity: 'error' | 'warning' | 'info';
}

/** Texts and callbacks of an input box. */
export interface TypeOptions {
  readonly value: string;
  readonly placeholder: string;
  readonly prompt: string;
  /** Checks the typed text. While it returns an error, Enter has no effect. */
  readonly check: (value: string) => Remark | undefined;
  /** Called at every keystroke, so that the caller can save the text. */
  readonly onChange?: (value: string) => void;
}

const severities = {
  error: vscode.InputBoxValidationSeverity.Error,
  warning: vscode.InputBoxValidationSeverity.Warning,
  info: vscode.InputBoxValidationSeverity.Info,
};

/**
 * Asks the user for one line of text.
 * @throws Cancelled if the user closes the dialog
 */
export function typeText(position: StepPosition, options: TypeOptions): Promise<string | typeof back> {
  const dialog = vscode.window.createInputBox();
  dialog.value = options.value;
  dialog.valueSelection = [options.value.length, options.value.length];
  dialog.placeholder = options.placeholder;
  dialog.prompt = options.prompt;
  const validate = (value: string): boolean => {
    const remark = options.check(value);
    dialog.validationMessage = remark && { message: remark.text, severity: severities[remark.severity] };
    return remark?.severity !== 'error';
  };
  if (options.value !== '') validate(options.value);
  return answerOf(dialog, position, (_, done: (answer: string) => void) => {
    dialog.onDidChangeValue((value) => {
      options.onChange?.(value);
      validate(value);
    });
    dialog.onDidAccept(() => {
      if (validate(dialog.value)) done(dialog.value);
    });
  });
}

/** Joins a dialog's title and the name of a step: `Request Access: why`. */
export const titleWithStep = (title: string, step: string): string => l10n.t('{0}: {1}', title, step);
