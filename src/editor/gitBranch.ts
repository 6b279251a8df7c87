import * as vscode from 'vscode';
import { untrusted, type Untrusted } from '../access/untrusted/untrusted.ts';

interface GitExtension {
  getAPI(version: 1): { repositories: readonly { state: { HEAD?: { name?: string } } }[] };
}

/** The current branch from VS Code's Git extension, if that is already active. It never starts git. */
export function currentBranch(): Untrusted | undefined {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (!extension?.isActive) return undefined;
  try {
    const name = extension.exports.getAPI(1).repositories[0]?.state.HEAD?.name;
    return name === undefined ? undefined : untrusted(name);
  } catch {
    // `getAPI` throws while the Git extension is switched off.
    return undefined;
  }
}
