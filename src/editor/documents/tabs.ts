import * as vscode from 'vscode';

function urisIn(input: unknown): readonly vscode.Uri[] {
  if (input instanceof vscode.TabInputText) return [input.uri];
  return input instanceof vscode.TabInputTextDiff ? [input.original, input.modified] : [];
}

/** Whether a tab shows a document, alone or as a side of a difference; it need not be the active one. */
export function isInTab(uri: vscode.Uri): boolean {
  const wanted = uri.toString();
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.some(({ input }) => urisIn(input).some((one) => one.toString() === wanted));
}

/** Calls back when a tab was opened or closed. */
export const onTabsChanged = (listener: () => void): vscode.Disposable =>
  vscode.window.tabGroups.onDidChangeTabs(({ opened, closed }) => {
    if (opened.length + closed.length > 0) listener();
  });
