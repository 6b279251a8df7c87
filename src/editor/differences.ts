import * as vscode from 'vscode';
import { setContextKeys } from './contextKeys.ts';
import type { Documents } from './documents.ts';

/** Two versions of a text, with the names of their tabs; the last part of a name tells the language. */
export interface Pair {
  readonly before: { readonly name: string; readonly text: string };
  readonly after: { readonly name: string; readonly text: string };
}

/** What the differences are shown for. */
export type Purpose = 'apply' | 'undo';

interface Shown {
  readonly purpose: Purpose;
  readonly goOn: () => Promise<void>;
}

/** Differences that a person reads before something is done; a button in their title goes on from there. */
export class Differences implements vscode.Disposable {
  readonly #documents: Documents;
  readonly #shown = new Map<string, Shown>();
  readonly #watching: vscode.Disposable;

  constructor(documents: Documents) {
    this.#documents = documents;
    const { tabGroups } = vscode.window;
    const look = (): void => setContextKeys({ 'jitAccess.differences': this.#active()?.purpose ?? '' });
    this.#watching = vscode.Disposable.from(
      tabGroups.onDidChangeTabs(look),
      tabGroups.onDidChangeTabGroups(look),
    );
  }

  /**
   * Opens the differences, several in one editor.
   * @param title of the tab; what was shown under the same title is replaced
   * @param then what the button in the title does; left out, there is none
   */
  async show(title: string, pairs: readonly Pair[], then?: Shown): Promise<void> {
    if (then) this.#shown.set(title, then);
    else this.#shown.delete(title);
    const { tabGroups } = vscode.window;
    const old = tabGroups.all.flatMap(({ tabs }) => tabs).filter(({ label }) => label === title);
    await tabGroups.close(old);
    const opened = pairs.map(({ before, after }, index) => {
      const path = `/differences/${encodeURIComponent(title)}/${String(index)}`;
      return [
        this.#documents.put(`${path}/before/${fileName(before.name)}`, before.text),
        this.#documents.put(`${path}/after/${fileName(after.name)}`, after.text),
      ] as const;
    });
    const [first] = opened;
    if (first && opened.length === 1)
      await vscode.commands.executeCommand('vscode.diff', ...first, title, { preview: false });
    else
      await vscode.commands.executeCommand(
        'vscode.changes',
        title,
        opened.map(([before, after]) => [after, before, after]),
      );
  }

  /** What the button of the differences that are looked at does; undefined where there are none for this purpose. */
  goOn(purpose: Purpose): (() => Promise<void>) | undefined {
    const active = this.#active();
    return active?.purpose === purpose ? active.goOn : undefined;
  }

  /** From now on these lead nowhere: what they show has been done. */
  done(title: string): void {
    this.#shown.delete(title);
    setContextKeys({ 'jitAccess.differences': this.#active()?.purpose ?? '' });
  }

  #active(): Shown | undefined {
    const label = vscode.window.tabGroups.activeTabGroup.activeTab?.label;
    return label === undefined ? undefined : this.#shown.get(label);
  }

  dispose(): void {
    this.#watching.dispose();
  }
}

/** A name as the last part of a path. */
const fileName = (name: string): string => `${name.replace(/[/\\]/g, '\u2215')}.yaml`;
