import * as vscode from 'vscode';
import * as l10n from '@vscode/l10n';
import { WentBack, type StepPosition } from './runSteps.ts';

/** Thrown when the user closes a dialog. No message is shown for it. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

/** An entry of a quick pick. Its texts are already sanitised. */
export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
  /** The entry only informs, for example why it is not available, and cannot be picked. */
  readonly disabled?: boolean;
}

/**
 * Shows a dialog until it is answered.
 * @param open creates the dialog, which calls `done` with the answer
 * @throws WentBack if the user presses Back
 * @throws Cancelled if the user closes the dialog
 */
function answerOf<T>(
  { title, step, steps, canGoBack = false, dialogs }: StepPosition,
  open: (done: (answer: T) => void) => vscode.QuickPick<Choice<unknown>> | vscode.InputBox,
): Promise<T> {
  const show = (isFirst: boolean): Promise<T> =>
    new Promise((resolve, reject) => {
      const dialog = open((answer) => {
        resolve(answer);
        dialog.hide();
      });
      dialog.title = title;
      dialog.step = step;
      dialog.totalSteps = steps;
      // The dialog stays open when the user clicks elsewhere, so the typed text is not lost.
      dialog.ignoreFocusOut = true;
      if (canGoBack || !isFirst) dialog.buttons = [vscode.QuickInputButtons.Back];
      dialog.onDidTriggerButton(() => {
        reject(new WentBack());
        dialog.hide();
      });
      dialog.onDidHide(() => {
        reject(new Cancelled());
        dialog.dispose();
      });
      dialog.show();
    });
  return dialogs ? dialogs.next(show) : show(true);
}

/** The entries of a quick pick and its behaviour. */
export interface PickOptions<T> {
  readonly choices: readonly Choice<T>[];
  readonly placeholder: string;
  /**
   * Whether an entry is active or ticked when the dialog opens. Without it none is: Enter does nothing until an
   * arrow key, a letter or the mouse has chosen. So an Enter that was typed for something else chooses nothing.
   */
  readonly isSelected?: (value: T) => boolean;
  /** Turns typed text into an extra entry. */
  readonly choiceFromText?: (text: string) => Choice<T> | undefined;
}

/** Creates a quick pick. An entry for typed text stays in the list once it is ticked. */
function createPick<T>({
  choices,
  placeholder,
  choiceFromText,
}: PickOptions<T>): vscode.QuickPick<Choice<T>> {
  const dialog = vscode.window.createQuickPick<Choice<T>>();
  dialog.placeholder = placeholder;
  dialog.matchOnDescription = true;
  dialog.items = choices;
  if (!choiceFromText) return dialog;
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
  return dialog;
}

/**
 * Asks the user to pick one entry. Enter takes only what is active, see `isSelected`.
 * @param signal closes the dialog
 * @throws Cancelled if the user or the signal closes the dialog
 */
export const pickOne = <T>(
  position: StepPosition,
  options: PickOptions<T>,
  signal?: AbortSignal,
): Promise<T> =>
  answerOf(position, (done) => {
    const dialog = createPick(options);
    // VS Code makes the first entry active by itself, at the start and after the typed text was removed.
    const activate = (): void => {
      dialog.activeItems = options.choices.filter((choice) => options.isSelected?.(choice.value));
    };
    activate();
    dialog.onDidChangeValue((value) => {
      if (value === '') activate();
    });
    signal?.addEventListener('abort', () => dialog.hide(), { once: true });
    dialog.onDidAccept(() => {
      // Enter right after the last key may arrive before VS Code shows the entry for the typed text.
      const item = dialog.activeItems[0] ?? options.choiceFromText?.(dialog.value);
      if (item && !item.disabled) done(item.value);
      else if (!item) dialog.placeholder = nothingChosen(options.choices.length);
    });
    return dialog;
  });

/** Why Enter did nothing in a pick, and what to do. */
const nothingChosen = (entries: number): string =>
  entries === 0
    ? l10n.t('Nothing is typed yet. Type it, then press Enter')
    : l10n.t('Nothing is chosen yet. Choose with an arrow key, a letter or the mouse');

/**
 * Asks the user to tick any number of entries. Only entries with `isSelected` are ticked at first.
 * @param required whether the user must tick at least one entry
 * @throws Cancelled if the user closes the dialog
 */
export const pickSome = <T>(
  position: StepPosition,
  options: PickOptions<T>,
  required = false,
): Promise<readonly T[]> =>
  answerOf(position, (done) => {
    const dialog = createPick(options);
    dialog.canSelectMany = true;
    dialog.selectedItems = options.choices.filter((choice) => options.isSelected?.(choice.value));
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
    return dialog;
  });

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
export const typeText = (position: StepPosition, options: TypeOptions): Promise<string> =>
  answerOf(position, (done) => {
    const dialog = vscode.window.createInputBox();
    const initial = position.dialogs?.typed(options.value) ?? options.value;
    dialog.value = initial;
    dialog.valueSelection = [initial.length, initial.length];
    dialog.placeholder = options.placeholder;
    dialog.prompt = options.prompt;
    const validate = (value: string): boolean => {
      const remark = options.check(value);
      dialog.validationMessage = remark && { message: remark.text, severity: severities[remark.severity] };
      return remark?.severity !== 'error';
    };
    if (initial !== '') validate(initial);
    dialog.onDidChangeValue((value) => {
      position.dialogs?.keepTyped(options.value, value);
      options.onChange?.(value);
      validate(value);
    });
    dialog.onDidAccept(() => {
      if (validate(dialog.value)) done(dialog.value);
    });
    return dialog;
  });

/** Joins a dialog's title and the name of a step: `Request Access: why`. */
export const titleWithStep = (title: string, step: string): string => l10n.t('{0}: {1}', title, step);
