import * as vscode from 'vscode';
import { trusted } from '../../editor/trustedArguments.ts';
import type { CommandId } from './commandIds.ts';
import type { CommandTarget } from './commandTarget.ts';

/** The argument that one command passes to another. */
export interface CommandArgument {
  /** The request or elevation the command is about. */
  readonly target?: CommandTarget;
  /** The manifest files the command is about. */
  readonly files?: readonly vscode.Uri[];
}

/**
 * Runs a command of this extension by its id. Command folders call a higher or a sister folder in this way
 * only. The argument is marked as ours, also an empty one: the user has chosen this command in a dialog of ours,
 * so a command without a target does not ask whether to run.
 */
export async function runCommand(id: CommandId, argument?: CommandArgument): Promise<void> {
  await vscode.commands.executeCommand(id, trusted(argument ?? {}));
}
