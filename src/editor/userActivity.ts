import * as vscode from 'vscode';

/** Calls the listener when VS Code reports that the user became active or inactive (keys, mouse). */
export function onDidChangeActivity(listener: (active: boolean) => void): vscode.Disposable {
  let active = vscode.window.state.active;
  return vscode.window.onDidChangeWindowState((state) => {
    if (state.active === active) return;
    active = state.active;
    listener(active);
  });
}
