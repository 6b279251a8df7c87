import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { forMessage, forPick } from '../../access/untrusted/sinks.ts';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import { showInfo, showWarning } from '../../editor/messages.ts';
import { back, Cancelled, pickSome, type Choice } from '../../editor/quickInput.ts';
import type { ManifestSource } from '../../roles/apply/readSources.ts';
import { linkWords, findManifestFolders } from './findManifests.ts';

/** The largest file that is read as a manifest, in bytes. The parser has a lower limit of its own. */
const maxFileBytes = 16 * 1024 * 1024;

/**
 * Asks which manifests to apply. A workspace with a single manifest gets no question.
 * @param shown the manifests of the open diff, which are ticked; without it the active editor's manifest is
 *   ticked
 * @throws Cancelled if the user closes the dialog, or after a message if the workspace has no manifests
 */
export async function chooseManifests(
  title: string,
  shown?: readonly vscode.Uri[],
): Promise<readonly vscode.Uri[]> {
  const folders = await findManifestFolders();
  const files = folders.flatMap((folder) => folder.files);
  if (files.length === 0) {
    if (folders.some(({ isLink }) => isLink)) void showWarning(linkWords());
    else void showNoManifests();
    throw new Cancelled();
  }
  // The confirmation of Apply shows the content of the file anyway.
  if (files.length === 1) return files;
  const active = vscode.window.activeTextEditor?.document.uri;
  const ticked = new Set((shown ?? (active ? [active] : [])).map(String));
  const choices = files.map((file): Choice<vscode.Uri> => ({
    label: forPick(untrusted(nameOf(file))),
    description: [
      forPick(untrusted(vscode.workspace.asRelativePath(vscode.Uri.joinPath(file, '..')))),
      ...(unsavedDocument(file) ? [l10n.t('not saved yet; what stands in the editor counts')] : []),
    ].join(' · '),
    value: file,
  }));
  const answer = await pickSome(
    { title },
    {
      choices,
      placeholder: l10n.t('Which manifests? Nothing is sent before you have seen what changes'),
      isSelected: (file) => ticked.has(String(file)),
    },
    true,
  );
  if (answer === back) throw new Cancelled();
  return answer;
}

/** Reads the files. For a file with unsaved changes, the editor's text counts. */
export const sourcesOf = (files: readonly vscode.Uri[]): Promise<readonly ManifestSource[]> =>
  Promise.all(files.map(async (file) => ({ file: file.toString(), text: await textOf(file) })));

/** A file's name, sanitised for a message. */
export const fileForMessage = (file: string): string =>
  forMessage(untrusted(nameOf(vscode.Uri.parse(file)))) ?? l10n.t('One of the files');

/** Opens a file at a line. The first line is 1. */
export async function openAtLine(file: string, line: number): Promise<void> {
  const lineStart = new vscode.Position(line - 1, 0);
  const selection = new vscode.Range(lineStart, lineStart);
  await vscode.window.showTextDocument(vscode.Uri.parse(file), { selection, preview: false });
}

async function textOf(file: vscode.Uri): Promise<string> {
  const unsaved = unsavedDocument(file);
  if (unsaved) return unsaved.getText();
  try {
    const { size } = await vscode.workspace.fs.stat(file);
    // The parser refuses a text of this length, so the file is not read.
    if (size > maxFileBytes) return ' '.repeat(maxFileBytes);
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  } catch (error) {
    // The file was removed after the user chose it, so it holds no role.
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return '';
    throw error;
  }
}

const unsavedDocument = (file: vscode.Uri): vscode.TextDocument | undefined =>
  vscode.workspace.textDocuments.find(
    ({ uri, isDirty, isClosed }) => isDirty && !isClosed && uri.toString() === file.toString(),
  );

const nameOf = ({ path }: vscode.Uri): string => path.slice(path.lastIndexOf('/') + 1);

async function showNoManifests(): Promise<void> {
  if (!vscode.workspace.workspaceFolders?.length) {
    const openFolder = { title: l10n.t('Open Folder…'), value: true };
    if (
      await showInfo(
        l10n.t('Role manifests lie in a folder (teleport/roles). Open that folder first.'),
        openFolder,
      )
    )
      await vscode.commands.executeCommand('workbench.action.files.openFolder');
    return;
  }
  const text = l10n.t('There are no role manifests in this workspace yet: none in teleport/roles.');
  if (await showInfo(text, { title: l10n.t('Set Up Roles…'), value: true }))
    await vscode.commands.executeCommand('jitAccess.setUpRoles');
}
