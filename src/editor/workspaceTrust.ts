import * as vscode from 'vscode';

/** Whether the workspace is trusted: in Restricted Mode a terminal raises a dialog and never gets a process. */
export const isTrusted = (): boolean => vscode.workspace.isTrusted;

export async function manageTrust(): Promise<void> {
  await vscode.commands.executeCommand('workbench.trust.manage');
}
