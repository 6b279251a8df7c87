import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { forMessage, forPick } from '../../access/text/sinks.ts';
import { untrusted } from '../../access/text/untrusted.ts';
import { showInfo, showWarning } from '../../editor/messages.ts';
import { back, Cancelled, pickSome, type Choice } from '../../editor/quickInput.ts';
import type { ManifestSource } from '../../roles/apply/planApply.ts';
import { linkWords, manifestPlaces } from './findManifests.ts';

/** Larger files are no manifests, in bytes; reading a manifest has a limit of its own. */
const limit = 16 * 1024 * 1024;

/**
 * The manifests to apply, the only one without asking; the active editor's is ticked, or those that are shown.
 * @throws Left, after saying so when there are none
 */
export async function chooseManifests(
  title: string,
  shown?: readonly vscode.Uri[],
): Promise<readonly vscode.Uri[]> {
  const places = await manifestPlaces();
  const files = places.flatMap((place) => place.files);
  if (files.length === 0) {
    if (places.some(({ link }) => link)) void showWarning(linkWords());
    else void sayNone();
    throw new Cancelled();
  }
  // What is in it is asked for anyway.
  if (files.length === 1) return files;
  const active = vscode.window.activeTextEditor?.document.uri;
  const ticked = new Set((shown ?? (active ? [active] : [])).map(String));
  const choices = files.map((file): Choice<vscode.Uri> => ({
    label: forPick(untrusted(nameOf(file))),
    description: [
      forPick(untrusted(vscode.workspace.asRelativePath(vscode.Uri.joinPath(file, '..')))),
      ...(unsaved(file) ? [l10n.t('not saved yet; what stands in the editor counts')] : []),
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

/** What counts of these files: the text in the editor where it is not saved, else what is on the disk. */
export const sourcesOf = (files: readonly vscode.Uri[]): Promise<readonly ManifestSource[]> =>
  Promise.all(files.map(async (file) => ({ file: file.toString(), text: await textOf(file) })));

/** A file's name for a message. */
export const fileForMessage = (file: string): string =>
  forMessage(untrusted(nameOf(vscode.Uri.parse(file)))) ?? l10n.t('One of the files');

/** Opens a file at a line, 1 for the first. */
export async function openAt(file: string, line: number): Promise<void> {
  const at = new vscode.Position(line - 1, 0);
  const selection = new vscode.Range(at, at);
  await vscode.window.showTextDocument(vscode.Uri.parse(file), { selection, preview: false });
}

async function textOf(file: vscode.Uri): Promise<string> {
  const open = unsaved(file);
  if (open) return open.getText();
  try {
    const { size } = await vscode.workspace.fs.stat(file);
    if (size > limit) return ' '.repeat(limit);
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  } catch (error) {
    // Removed since it was chosen: no role in it.
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return '';
    throw error;
  }
}

const unsaved = (file: vscode.Uri): vscode.TextDocument | undefined =>
  vscode.workspace.textDocuments.find(
    ({ uri, isDirty, isClosed }) => isDirty && !isClosed && uri.toString() === file.toString(),
  );

const nameOf = ({ path }: vscode.Uri): string => path.slice(path.lastIndexOf('/') + 1);

async function sayNone(): Promise<void> {
  if (!vscode.workspace.workspaceFolders?.length) {
    const open = { title: l10n.t('Open Folder…'), value: true };
    if (
      await showInfo(l10n.t('Role manifests lie in a folder (teleport/roles). Open that folder first.'), open)
    )
      await vscode.commands.executeCommand('workbench.action.files.openFolder');
    return;
  }
  const text = l10n.t('There are no role manifests in this workspace yet: none in teleport/roles.');
  if (await showInfo(text, { title: l10n.t('Set Up Roles…'), value: true }))
    await vscode.commands.executeCommand('jitAccess.setUpRoles');
}
