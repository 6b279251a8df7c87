/** A question that was shown: a modal dialog, a pick, an input box or a file dialog. */
export interface ShownQuestion {
  readonly kind: 'modal' | 'pick' | 'input' | 'file';
  /** The title, and the message of a modal dialog. */
  readonly title: string;
  readonly detail: string;
  /** The buttons, or the entries with all their texts. */
  readonly labels: readonly string[];
}

/** An entry of a pick as a test may choose it. */
export interface Entry {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly disabled?: boolean;
}

/** What the person before the screen does. `undefined` means Enter. */
export interface Person {
  /** The entry of a pick that the person moves to before Enter. */
  readonly choose?: (title: string, entries: readonly Entry[]) => Entry | undefined;
  /** The number of the button that the person presses in a modal dialog. */
  readonly button?: (labels: readonly string[]) => number;
  /** The number of the button that somebody presses in a notification. Without it nobody presses any. */
  readonly press?: (labels: readonly string[]) => number;
  /** The text that the person types before Enter. */
  readonly type?: (title: string) => string | undefined;
}

/** The screen of the stand-in for VS Code: what was shown on it, and what became of the rest of the world. */
class TestScreen {
  person: Person = {};
  readonly questions: ShownQuestion[] = [];
  readonly notifications: string[] = [];
  /** What an answer changed: the focus, a file, a terminal, the clipboard. */
  readonly effects: string[] = [];
  settings: Readonly<Record<string, unknown>> = {};
  folder: string | undefined;
  /** Runs a command of the extension. */
  runCommand: (id: string, argument: unknown) => Promise<void> = () => Promise.resolve();

  reset(): void {
    this.person = {};
    this.settings = {};
    for (const list of [this.questions, this.notifications, this.effects]) list.length = 0;
  }

  /** Notes a question. A person who is asked for ever closes the window. */
  asked(question: ShownQuestion): boolean {
    this.questions.push(question);
    return this.questions.length < 30;
  }
}

/** The screen that the stand-in draws on. */
export const screen = new TestScreen();
