import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { forMessage } from '../../access/untrusted/sinks.ts';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import { fileText } from '../../editor/documents/fileText.ts';
import { showError } from '../../editor/messages.ts';
import { Cancelled } from '../../editor/quickInput.ts';

/**
 * The number of characters that are read of a manifest. It is a tenth above the parser's own limit, so that
 * the parser still refuses a longer file.
 */
export const mostManifestCharacters = 1_100_000;

/**
 * Reads a manifest: the editor's text while it has unsaved changes there, else the text on the disk.
 * @returns empty for a file that was removed meanwhile, so that it holds no role
 * @throws Cancelled after a message if the file cannot be read
 */
export async function manifestText(file: vscode.Uri): Promise<string> {
  try {
    return await (await fileText(file, mostManifestCharacters)).read();
  } catch (error) {
    if (!(error instanceof vscode.FileSystemError)) throw error;
    if (error.code === 'FileNotFound') return '';
    void showError(l10n.t('{0} cannot be read. Nothing was written or sent.', fileForMessage(file)));
    throw new Cancelled();
  }
}

/** A file's name as it is. */
export const fileName = ({ path }: vscode.Uri): string => path.slice(path.lastIndexOf('/') + 1);

/** A file's name, sanitised for a message. */
export const fileForMessage = (file: vscode.Uri): string =>
  forMessage(untrusted(fileName(file))) ?? l10n.t('A file in teleport/roles');

/** Shows a message with a button that runs a command. */
export async function offerCommand(
  show: typeof showError,
  text: string,
  title: string,
  command: string,
): Promise<void> {
  if (await show(text, { title, value: true })) await vscode.commands.executeCommand(command);
}
