import * as vscode from 'vscode';

/** Calls back when somebody begins or ceases to be at this window (keys, mouse), as VS Code sees it. */
export function onActivity(listener: (active: boolean) => void): vscode.Disposable {
  let active = vscode.window.state.active;
  return vscode.window.onDidChangeWindowState((state) => {
    if (state.active === active) return;
    active = state.active;
    listener(active);
  });
}
