import * as vscode from 'vscode';
import { trusted } from '../editor/trustedArguments.ts';
import type { Row, RowTarget } from './rows/row.ts';

/**
 * The object that VS Code keeps for a row and passes to commands. Each row id keeps the same object, because
 * VS Code identifies rows by object and redraws only rows that it already has.
 */
interface Handle {
  readonly id: string;
  target: RowTarget | undefined;
}

/** Draws rows in a tree view. It redraws changed rows, or the whole tree if its structure has changed. */
export class Tree implements vscode.TreeDataProvider<Handle>, vscode.Disposable {
  readonly view: vscode.TreeView<Handle>;
  readonly #changed = new vscode.EventEmitter<Handle | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  #rows: readonly Row[] = [];
  #rowsById = new Map<string, Row>();
  #parents = new Map<string, Row>();
  #handles = new Map<string, Handle>();

  constructor(id: string) {
    this.view = vscode.window.createTreeView(id, { treeDataProvider: this, showCollapseAll: false });
  }

  /** Replaces the shown rows. */
  show(rows: readonly Row[]): void {
    const [before, handles] = [this.#rowsById, this.#handles];
    const sameShape = shape(rows) === shape(this.#rows);
    this.#rowsById = new Map();
    this.#parents = new Map();
    this.#handles = new Map();
    this.#rows = rows;
    for (const row of rows) this.#index(row, handles);
    if (!sameShape) {
      this.#changed.fire(undefined);
      return;
    }
    for (const [id, row] of this.#rowsById)
      if (withoutChildren(before.get(id)) !== withoutChildren(row)) this.#changed.fire(this.#handles.get(id));
  }

  /** Adds a row and its children to the maps, with the handles they already had. */
  #index(row: Row, handles: ReadonlyMap<string, Handle>, parent?: Row): void {
    const handle = handles.get(row.id) ?? trusted({ id: row.id, target: row.target });
    handle.target = row.target;
    this.#handles.set(row.id, handle);
    this.#rowsById.set(row.id, row);
    if (parent) this.#parents.set(row.id, parent);
    for (const child of row.children ?? []) this.#index(child, handles, row);
  }

  /** Called by VS Code. @returns the rows below a row, or the top rows */
  getChildren(handle?: Handle): Handle[] {
    const rows = handle ? (this.#rowsById.get(handle.id)?.children ?? []) : this.#rows;
    return rows.flatMap((row) => this.#handles.get(row.id) ?? []);
  }

  /** Called by VS Code to reveal a row. @returns the row above it; undefined for a top row */
  getParent({ id }: Handle): Handle | undefined {
    const parent = this.#parents.get(id);
    return parent && this.#handles.get(parent.id);
  }

  /** Called by VS Code to draw a row. A row that was removed in the meantime becomes an empty item. */
  getTreeItem(handle: Handle): vscode.TreeItem {
    const row = this.#rowsById.get(handle.id);
    if (!row) return new vscode.TreeItem('');
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    const state = row.children ? (row.expanded ? Expanded : Collapsed) : None;
    const item = new vscode.TreeItem(row.label, state);
    item.id = row.id;
    item.description = row.description ?? '';
    // A plain string, because a MarkdownString would render links.
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

/** The ids of the rows and their nesting, for comparison. */
const shape = (rows: readonly Row[]): string =>
  JSON.stringify(rows.map((row) => [row.id, row.children ? shape(row.children) : '']));

/** A row without its children, for comparison. */
const withoutChildren = (row: Row | undefined): string => JSON.stringify({ ...row, children: undefined });
