import { screen, type Entry } from './screen.ts';

type Listener<T> = (value: T) => unknown;

class Emitter<T> {
  readonly #listeners: Listener<T>[] = [];
  readonly event = (listener: Listener<T>): { dispose: () => void } => {
    this.#listeners.push(listener);
    return { dispose: () => undefined };
  };

  fire(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }
}

/** What a quick pick and an input box share: they are shown, get Enter, and are closed. */
class Dialog {
  readonly #accepted = new Emitter<void>();
  readonly #hidden = new Emitter<void>();
  protected readonly changed = new Emitter<string>();
  #open = false;
  title = '';
  placeholder = '';
  value = '';
  buttons: readonly unknown[] = [];
  readonly onDidAccept = this.#accepted.event;
  readonly onDidHide = this.#hidden.event;
  readonly onDidChangeValue = this.changed.event;
  readonly onDidTriggerButton = new Emitter<unknown>().event;

  /** Enter is pressed more than once, and Escape after it. @param isAnswered whether there is anybody who does */
  protected enter(isAnswered: boolean, prepare: () => void): void {
    this.#open = true;
    queueMicrotask(() => {
      if (isAnswered) prepare();
      for (let pressed = 0; isAnswered && this.#open && pressed < 3; pressed += 1) this.#accepted.fire();
      this.hide();
    });
  }

  hide(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#hidden.fire();
  }

  dispose(): void {
    this.hide();
  }
}

/** A quick pick. As in VS Code the first entry is active, unless the code sets `activeItems` after the entries. */
export class QuickPick extends Dialog {
  #items: readonly Entry[] = [];
  activeItems: readonly Entry[] = [];
  selectedItems: readonly Entry[] = [];
  canSelectMany = false;
  readonly onDidChangeSelection = new Emitter<readonly Entry[]>().event;

  get items(): readonly Entry[] {
    return this.#items;
  }

  set items(items: readonly Entry[]) {
    this.#items = items;
    this.activeItems = items.slice(0, 1);
  }

  show(): void {
    const { title, placeholder } = this;
    const labels = this.items.map(({ label, description = '', detail = '' }) =>
      [label, description, detail].join(' '),
    );
    const isAnswered = screen.asked({ kind: 'pick', title, detail: placeholder, labels });
    if (this.canSelectMany) this.activeItems = [];
    this.enter(isAnswered, () => {
      const chosen = screen.person.choose?.(title, this.items);
      if (chosen) [this.activeItems, this.selectedItems] = [[chosen], [chosen]];
    });
  }
}

/** An input box with the text that the code has put into it. */
export class InputBox extends Dialog {
  prompt = '';

  show(): void {
    const { title, prompt, value } = this;
    const isAnswered = screen.asked({ kind: 'input', title, detail: prompt, labels: [value] });
    this.enter(isAnswered, () => {
      const text = screen.person.type?.(title);
      if (text === undefined) return;
      this.value = text;
      this.changed.fire(text);
    });
  }
}
