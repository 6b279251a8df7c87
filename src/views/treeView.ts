import * as vscode from 'vscode';
import { trusted } from '../editor/trustedArguments.ts';
import type { Row, RowTarget } from './rows/row.ts';

/**
 * What VS Code holds of a row, and commands get: one object for each id while the row is there, because VS Code knows
 * rows by identity and draws only those again that it has.
 */
interface Handle {
  readonly id: string;
  target: RowTarget | undefined;
}

/** Draws rows in a tree view; redraws the row that changed, the whole tree only when its shape did. */
export class Tree implements vscode.TreeDataProvider<Handle>, vscode.Disposable {
  readonly view: vscode.TreeView<Handle>;
  readonly #changed = new vscode.EventEmitter<Handle | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  #rows: readonly Row[] = [];
  #known = new Map<string, Row>();
  #parents = new Map<string, Row>();
  #handles = new Map<string, Handle>();

  constructor(id: string) {
    this.view = vscode.window.createTreeView(id, { treeDataProvider: this, showCollapseAll: false });
  }

  /** Shows these rows instead of the ones before. */
  show(rows: readonly Row[]): void {
    const [before, handles] = [this.#known, this.#handles];
    const sameShape = shape(rows) === shape(this.#rows);
    this.#known = new Map();
    this.#parents = new Map();
    this.#handles = new Map();
    this.#rows = rows;
    for (const row of rows) this.#adopt(row, handles);
    if (!sameShape) {
      this.#changed.fire(undefined);
      return;
    }
    for (const [id, row] of this.#known)
      if (own(before.get(id)) !== own(row)) this.#changed.fire(this.#handles.get(id));
  }

  #adopt(row: Row, handles: ReadonlyMap<string, Handle>, parent?: Row): void {
    const handle = handles.get(row.id) ?? trusted({ id: row.id, target: row.target });
    handle.target = row.target;
    this.#handles.set(row.id, handle);
    this.#known.set(row.id, row);
    if (parent) this.#parents.set(row.id, parent);
    for (const child of row.children ?? []) this.#adopt(child, handles, row);
  }

  getChildren(handle?: Handle): Handle[] {
    const rows = handle ? (this.#known.get(handle.id)?.children ?? []) : this.#rows;
    return rows.flatMap((row) => this.#handles.get(row.id) ?? []);
  }

  getParent({ id }: Handle): Handle | undefined {
    const parent = this.#parents.get(id);
    return parent && this.#handles.get(parent.id);
  }

  getTreeItem(handle: Handle): vscode.TreeItem {
    const row = this.#known.get(handle.id);
    if (!row) return new vscode.TreeItem('');
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    const folded = row.children ? (row.open ? Expanded : Collapsed) : None;
    const item = new vscode.TreeItem(row.label, folded);
    item.id = row.id;
    item.description = row.description ?? '';
    // A plain string: a MarkdownString would draw links.
    item.tooltip = row.tooltip ?? row.label;
    item.contextValue = row.can.join(' ');
    item.accessibilityInformation = { label: row.spoken };
    if (row.icon) {
      item.iconPath = row.color
        ? new vscode.ThemeIcon(row.icon, new vscode.ThemeColor(row.color))
        : new vscode.ThemeIcon(row.icon);
    }
    const command = row.target ? 'jitAccess.openRequest' : row.command;
    if (command) item.command = { command, title: row.label, arguments: [handle] };
    return item;
  }

  dispose(): void {
    this.view.dispose();
    this.#changed.dispose();
  }
}

const shape = (rows: readonly Row[]): string =>
  JSON.stringify(rows.map((row) => [row.id, row.children ? shape(row.children) : '']));

/** A row without the rows below it, for comparison. */
const own = (row: Row | undefined): string => JSON.stringify({ ...row, children: undefined });
