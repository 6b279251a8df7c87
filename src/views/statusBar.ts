import * as vscode from 'vscode';
import { trusted } from '../editor/trustedArguments.ts';
import type { StatusItem } from './statusItem.ts';

/** Draws the status bar item. Its id and name never change, because users hide the item by them. */
export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('jitAccess', vscode.StatusBarAlignment.Left, 100);

  constructor(name: string) {
    this.#item.name = name;
    this.#item.command = { command: 'jitAccess.showActions', title: name, arguments: [trusted({})] };
    this.#item.show();
  }

  /** Shows a text in the item, with its tooltip, its words for screen readers and its background. */
  show({ text, tooltip, spoken, background }: StatusItem): void {
    this.#item.text = text;
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label: spoken, role: 'button' };
    this.#item.backgroundColor = background && new vscode.ThemeColor(`statusBarItem.${background}Background`);
  }

  dispose(): void {
    this.#item.dispose();
  }
}
