/** Title of a dialog and its position in a series of steps. */
export interface StepPosition {
  readonly title: string;
  readonly step?: number | undefined;
  readonly steps?: number | undefined;
  /** Whether the first dialog of the step has a Back button; the others have one. Set by `runSteps` only. */
  readonly canGoBack?: boolean;
  readonly dialogs?: StepDialogs | undefined;
}

/** Thrown by a dialog when the user presses Back, and by a step to show its last dialog again. */
export class WentBack extends Error {}

/** Thrown by a step, such as a summary, to let the user change the answer of another step first. */
export class Detour extends Error {
  readonly step: string;
  constructor(step: string) {
    super(`to ${step}`);
    this.step = step;
  }
}

/**
 * The dialogs that a step shows one after another. After Back the step runs again: the dialogs before the one
 * to show return what the user answered before. So between its dialogs a step only reads.
 */
export class StepDialogs {
  /** The answers that the dialogs return without being shown, and those of the next run. */
  #known: readonly unknown[] = [];
  #again: readonly unknown[] = [];
  #answers: unknown[] = [];
  /** The last text in each dialog for text, by the number of the dialog and the text that it started with. */
  readonly #typed = new Map<string, string>();

  /** Begins the step, or begins it again after `goBack`. */
  start(): void {
    this.#known = this.#again;
    this.#again = [];
    this.#answers = [];
  }

  /** Prepares to show the last dialog that was answered. @returns whether there is one */
  goBack(): boolean {
    this.#again = this.#answers.slice(0, -1);
    return this.#answers.length > 0;
  }

  /** Shows the next dialog. @param show is told whether it is the first one */
  async next<T>(show: (isFirst: boolean) => Promise<T>): Promise<T> {
    const { length } = this.#answers;
    const answer = length < this.#known.length ? (this.#known[length] as T) : await show(length === 0);
    this.#answers.push(answer);
    return answer;
  }

  /** What the user typed in the shown dialog before; `initial` if nothing. */
  typed(initial: string): string {
    return this.#typed.get(`${this.#answers.length} ${initial}`) ?? initial;
  }

  keepTyped(initial: string, text: string): void {
    // The text may become the initial text of the next run. What was typed at that one before is older.
    this.#typed.delete(`${this.#answers.length} ${text}`);
    this.#typed.set(`${this.#answers.length} ${initial}`, text);
  }
}

/** A step of a series. `A` are the answers of all its steps. */
export interface Step<A> {
  readonly name: string;
  /** The title of its dialogs. */
  readonly title: string;
  /** Whether the answers so far need the step; without it they always do. A detour leads to it in any case. */
  readonly applies?: ((answers: A) => boolean) | undefined;
  /**
   * Asks, and returns the answers with the new one.
   * @param keep takes the answers with what the user is typing, which then survives Back
   */
  readonly ask: (answers: A, position: StepPosition, keep: (answers: A) => void) => Promise<A>;
}

/** Where a series starts and what is told about it. */
export interface StepOptions<A> {
  /** Whether Back is possible in the first step. It leaves the series, which then throws WentBack. */
  readonly canGoBack?: boolean;
  /** The step that the series starts with, if it applies; else the first one. */
  readonly startAt?: string | undefined;
  /** Called before each step. */
  readonly enter?: (step: string, answers: A) => Promise<unknown>;
  /** Called with new answers: after each step that changed them, and at every keystroke that a step keeps. */
  readonly save?: (answers: A) => void;
}

/** The steps that these answers need. */
export const applicable = <A>(steps: readonly Step<A>[], answers: A): readonly Step<A>[] =>
  steps.filter(({ applies }) => applies?.(answers) ?? true);

/**
 * Asks the steps that apply, one after another. Back leads to the dialog before, in the end to the step
 * before; the first step shows no Back. After a detour the step that asked for it is shown again, whether the
 * user answered or went back; its dialogs have no number.
 * @returns the answers of all steps
 * @throws Cancelled if the user closes a dialog
 * @throws WentBack if the user goes back from the first step
 */
export async function runSteps<A>(
  steps: readonly Step<A>[],
  initial: A,
  { canGoBack = false, startAt, enter, save }: StepOptions<A> = {},
): Promise<A> {
  let answers = initial;
  const keep = (changed: A): void => {
    if (changed === answers) return;
    answers = changed;
    save?.(changed);
  };
  const dialogsOf = new Map(steps.map((step) => [step, new StepDialogs()]));
  const shown = applicable(steps, answers);
  let current = shown.find(({ name }) => name === startAt) ?? shown[0];
  let detourFrom: Step<A> | undefined;
  while (current) {
    const step: Step<A> = current;
    const dialogs = dialogsOf.get(step);
    const [before, after] = [steps.slice(0, steps.indexOf(step)), steps.slice(steps.indexOf(step) + 1)];
    const previous: Step<A> | undefined = detourFrom ?? applicable(before, answers).at(-1);
    const all = applicable(steps, answers);
    const number = detourFrom ? {} : { step: all.indexOf(step) + 1, steps: all.length };
    const position = {
      title: step.title,
      ...number,
      canGoBack: canGoBack || previous !== undefined,
      dialogs,
    };
    await enter?.(step.name, answers);
    dialogs?.start();
    try {
      keep(await step.ask(answers, position, keep));
      current = detourFrom ?? applicable(after, answers)[0];
      detourFrom = undefined;
    } catch (error) {
      if (error instanceof WentBack) {
        if (dialogs?.goBack()) continue;
        if (!previous) throw error;
        [current, detourFrom] = [previous, undefined];
      } else if (error instanceof Detour) {
        [current, detourFrom] = [steps.find(({ name }) => name === error.step) ?? step, step];
      } else throw error;
    }
  }
  return answers;
}
