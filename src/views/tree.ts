import * as vscode from 'vscode';
import { mark } from '../editor/ours.ts';
import type { Row } from './row.ts';

/** Draws rows in a tree view; redraws the row that changed, the whole tree only when its shape did. */
export class Tree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly view: vscode.TreeView<Row>;
  readonly #changed = new vscode.EventEmitter<Row | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  #rows: readonly Row[] = [];
  /** One object for each id, so that VS Code knows a row again. */
  #known = new Map<string, Row>();
  #parents = new Map<string, Row>();

  constructor(id: string) {
    this.view = vscode.window.createTreeView(id, { treeDataProvider: this, showCollapseAll: false });
  }

  /** Shows these rows instead of the ones before. */
  show(rows: readonly Row[]): void {
    const before = this.#known;
    const sameShape = shape(rows) === shape(this.#rows);
    this.#known = new Map();
    this.#parents = new Map();
    this.#rows = rows.map((row) => this.#adopt(row, before));
    if (!sameShape) {
      this.#changed.fire(undefined);
      return;
    }
    for (const [id, row] of this.#known) if (before.get(id) !== row) this.#changed.fire(row);
  }

  /** The row as it was if nothing of it changed, else the new one. */
  #adopt(row: Row, before: ReadonlyMap<string, Row>, parent?: Row): Row {
    const children = row.children?.map((child) => this.#adopt(child, before, row));
    const old = before.get(row.id);
    const same = old !== undefined && JSON.stringify(old) === JSON.stringify(row);
    const kept = same ? old : mark({ ...row, ...(children ? { children } : {}) });
    this.#known.set(row.id, kept);
    if (parent) this.#parents.set(row.id, parent);
    return kept;
  }

  getChildren(row?: Row): Row[] {
    return [...(row ? (this.#known.get(row.id)?.children ?? []) : this.#rows)];
  }

  getParent(row: Row): Row | undefined {
    const parent = this.#parents.get(row.id);
    return parent && this.#known.get(parent.id);
  }

  getTreeItem(given: Row): vscode.TreeItem {
    const row = this.#known.get(given.id) ?? given;
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
    if (command) item.command = { command, title: row.label, arguments: [row] };
    return item;
  }

  dispose(): void {
    this.view.dispose();
    this.#changed.dispose();
  }
}

const shape = (rows: readonly Row[]): string =>
  JSON.stringify(rows.map((row) => [row.id, row.children ? shape(row.children) : '']));
