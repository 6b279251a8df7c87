import * as vscode from 'vscode';
import { setContextKeys } from '../contextKeys.ts';
import type { TextDocuments } from './textDocuments.ts';

/** Two versions of a text in YAML: what it is of, and which versions those are. */
export interface DiffPair {
  readonly name: string;
  readonly before: { readonly as: string; readonly text: string };
  readonly after: { readonly as: string; readonly text: string };
}

/** What the differences are shown for. */
export type DiffPurpose = 'apply' | 'undo';

interface Shown {
  readonly purpose: DiffPurpose;
  /** The files they are of. */
  readonly files?: readonly vscode.Uri[];
  readonly goOn: () => Promise<void>;
}

/** Differences that a person reads before something is done; a button in their title goes on from there. */
export class DiffEditors implements vscode.Disposable {
  readonly #documents: TextDocuments;
  readonly #shown = new Map<string, Shown>();
  readonly #watching: vscode.Disposable;

  constructor(documents: TextDocuments) {
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
  async show(title: string, pairs: readonly DiffPair[], then?: Shown): Promise<void> {
    if (then) this.#shown.set(title, then);
    else this.#shown.delete(title);
    const { tabGroups } = vscode.window;
    const old = tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ label, input }) => isTab(label, title) && !(input instanceof vscode.TabInputText));
    await tabGroups.close(old);
    const opened = pairs.map((pair, index) => this.#put(pair, `${title} ${String(index)}`));
    const [first] = opened;
    if (first && opened.length === 1)
      await vscode.commands.executeCommand('vscode.diff', ...first, title, { preview: false });
    else {
      const resources = opened.map(([before, after]) => [after, before, after]);
      await vscode.commands.executeCommand('vscode.changes', title, resources);
      await vscode.commands.executeCommand('workbench.action.keepEditor');
    }
  }

  /**
   * Both under one path, so that they do not look like a file that got another name.
   * @param place tells roles of one name for a path apart, and what is shown for other ends
   */
  #put({ name, before, after }: DiffPair, place: string): readonly [vscode.Uri, vscode.Uri] {
    const path = `/${asName(`${before.as} → ${after.as}`)}/${asName(name)}.yaml`;
    return [
      this.#documents.put(path, before.text, `before ${place}`),
      this.#documents.put(path, after.text, `after ${place}`),
    ];
  }

  /** The differences that are looked at; undefined where there are none for this purpose. */
  shown(purpose: DiffPurpose): Shown | undefined {
    const active = this.#active();
    return active?.purpose === purpose ? active : undefined;
  }

  /** From now on these lead nowhere: what they show has been done. */
  done(title: string): void {
    this.#shown.delete(title);
    setContextKeys({ 'jitAccess.differences': this.#active()?.purpose ?? '' });
  }

  #active(): Shown | undefined {
    const label = vscode.window.tabGroups.activeTabGroup.activeTab?.label;
    if (label === undefined) return undefined;
    return [...this.#shown].find(([title]) => isTab(label, title))?.[1];
  }

  dispose(): void {
    this.#watching.dispose();
  }
}

/** A name as a part of a path. */
const asName = (name: string): string => name.replace(/[/\\]/g, '\u2215');

/** VS Code adds to the title how many there are. */
const isTab = (label: string, title: string): boolean => label === title || label.startsWith(`${title} (`);
