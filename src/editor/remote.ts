import * as vscode from 'vscode';

/** Whether we run on another machine than the one the window is on. */
export function isRemote(): boolean {
  const us = vscode.extensions.getExtension('jit-access.jit-access');
  return vscode.env.remoteName !== undefined && us?.extensionKind === vscode.ExtensionKind.Workspace;
}
