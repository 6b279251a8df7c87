import * as vscode from 'vscode';
import { trusted } from '../../editor/trustedArguments.ts';
import type { CommandId } from './commandIds.ts';
import type { CommandTarget } from './commandTarget.ts';

/** What one command hands to another. */
export interface CommandArgument {
  /** The request or elevation the command is about. */
  readonly target?: CommandTarget;
  /** The manifest files the command is about. */
  readonly files?: readonly vscode.Uri[];
}

/**
 * Runs a command of ours by its id: the way from one command folder to a higher or a sister folder.
 * @returns when the command has ended; its failures were shown by the command itself
 */
export async function runCommand(id: CommandId, argument?: CommandArgument): Promise<void> {
  await vscode.commands.executeCommand(id, argument && trusted(argument));
}
