import * as vscode from 'vscode';

/** Whether the extension runs on a remote machine and not on the machine that shows the window. */
export function isRemote(): boolean {
  const extension = vscode.extensions.getExtension('jit-access.jit-access');
  return vscode.env.remoteName !== undefined && extension?.extensionKind === vscode.ExtensionKind.Workspace;
}
