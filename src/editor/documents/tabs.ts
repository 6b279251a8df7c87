import * as vscode from 'vscode';

function urisIn(input: unknown): readonly vscode.Uri[] {
  if (input instanceof vscode.TabInputText) return [input.uri];
  return input instanceof vscode.TabInputTextDiff ? [input.original, input.modified] : [];
}

/** Whether any tab, active or not, shows a document alone or as one side of a diff. */
export function isInTab(uri: vscode.Uri): boolean {
  const wanted = uri.toString();
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.some(({ input }) => urisIn(input).some((shown) => shown.toString() === wanted));
}

/** Calls the listener when a tab was opened or closed. */
export const onDidChangeTabs = (listener: () => void): vscode.Disposable =>
  vscode.window.tabGroups.onDidChangeTabs(({ opened, closed }) => {
    if (opened.length + closed.length > 0) listener();
  });
