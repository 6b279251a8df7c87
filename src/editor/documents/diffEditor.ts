import * as vscode from 'vscode';
import { setContextKeys } from '../contextKeys.ts';
import type { TextDocuments } from './textDocuments.ts';

/** Two versions of a YAML text, with its name and a label for each version. */
export interface DiffPair {
  readonly name: string;
  readonly before: { readonly label: string; readonly text: string };
  readonly after: { readonly label: string; readonly text: string };
}

/** The action that a diff is shown for. */
export type DiffPurpose = 'apply' | 'undo';

/** The action of an open diff. */
interface OpenDiff {
  readonly purpose: DiffPurpose;
  /** The manifests that the diff compares with the cluster. */
  readonly files?: readonly vscode.Uri[] | undefined;
  /** Runs when the user presses the button in the editor's title. */
  readonly nextStep: () => Promise<void>;
}

/** Diff editors that the user reads before an action. A button in the title continues with the action. */
export class DiffEditors implements vscode.Disposable {
  readonly #documents: TextDocuments;
  readonly #openDiffs = new Map<string, OpenDiff>();
  readonly #subscription: vscode.Disposable;

  constructor(documents: TextDocuments) {
    this.#documents = documents;
    const { tabGroups } = vscode.window;
    this.#subscription = vscode.Disposable.from(
      tabGroups.onDidChangeTabs(() => this.#showButton()),
      tabGroups.onDidChangeTabGroups(() => this.#showButton()),
    );
  }

  /**
   * Opens a diff editor, or a multi-diff editor for several pairs.
   * @param title the tab's title. A diff editor with the same title is replaced.
   * @param action the action of the button in the title; without it there is no button
   */
  async show(title: string, pairs: readonly DiffPair[], action?: OpenDiff): Promise<void> {
    if (action) this.#openDiffs.set(title, action);
    else this.#openDiffs.delete(title);
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
   * Stores both versions under one path, so that VS Code does not show them as a renamed file.
   * @param version distinguishes pairs with the same path, and diff editors with different titles
   */
  #put({ name, before, after }: DiffPair, version: string): readonly [vscode.Uri, vscode.Uri] {
    const path = `/${pathPart(`${before.label} → ${after.label}`)}/${pathPart(name)}.yaml`;
    return [
      this.#documents.put(path, before.text, `before ${version}`),
      this.#documents.put(path, after.text, `after ${version}`),
    ];
  }

  /** The diff in the active editor; undefined if it was not opened for this purpose. */
  activeDiff(purpose: DiffPurpose): OpenDiff | undefined {
    const active = this.#active();
    return active?.purpose === purpose ? active : undefined;
  }

  /** Removes the button of a diff editor after its action was run. */
  removeAction(title: string): void {
    this.#openDiffs.delete(title);
    this.#showButton();
  }

  #showButton(): void {
    setContextKeys({ 'jitAccess.differences': this.#active()?.purpose ?? '' });
  }

  #active(): OpenDiff | undefined {
    const label = vscode.window.tabGroups.activeTabGroup.activeTab?.label;
    if (label === undefined) return undefined;
    return [...this.#openDiffs].find(([title]) => isTab(label, title))?.[1];
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

/** Makes a name usable as one part of a path. */
const pathPart = (name: string): string => name.replace(/[/\\]/g, '\u2215');

/** Whether a tab has this title. VS Code appends the number of files in parentheses to a multi-diff title. */
const isTab = (label: string, title: string): boolean => label === title || label.startsWith(`${title} (`);
