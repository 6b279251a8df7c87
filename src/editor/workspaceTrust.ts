import * as vscode from 'vscode';

/** Whether the workspace is trusted. In Restricted Mode a terminal opens a dialog and gets no process. */
export const isTrusted = (): boolean => vscode.workspace.isTrusted;

/** Opens VS Code's editor for workspace trust. */
export async function manageTrust(): Promise<void> {
  await vscode.commands.executeCommand('workbench.trust.manage');
}
