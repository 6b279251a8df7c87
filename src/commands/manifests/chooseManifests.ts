import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { forPick } from '../../access/untrusted/sinks.ts';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import { unsavedDocument } from '../../editor/documents/fileText.ts';
import { showInfo, showWarning } from '../../editor/messages.ts';
import { Cancelled, pickSome, type Choice } from '../../editor/quickInput.ts';
import type { ManifestSource } from '../../roles/apply/readSources.ts';
import { linkWords, findManifestFolders } from './findManifests.ts';
import { fileName, manifestText, offerCommand } from './manifestText.ts';

/**
 * Asks which manifests to apply, also if the workspace has only one.
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
  const active = vscode.window.activeTextEditor?.document.uri;
  const ticked = new Set((shown ?? (active ? [active] : [])).map(String));
  const choices = files.map((file): Choice<vscode.Uri> => ({
    label: forPick(untrusted(fileName(file))),
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
  return answer;
}

/** Reads the files. */
export const sourcesOf = (files: readonly vscode.Uri[]): Promise<readonly ManifestSource[]> =>
  Promise.all(files.map(async (file) => ({ file: file.toString(), text: await manifestText(file) })));

function showNoManifests(): Promise<void> {
  if (vscode.workspace.workspaceFolders?.length)
    return offerCommand(
      showInfo,
      l10n.t('There are no role manifests in this workspace yet: none in teleport/roles.'),
      l10n.t('Set Up Roles…'),
      'jitAccess.setUpRoles',
    );
  return offerCommand(
    showInfo,
    l10n.t('Role manifests lie in a folder (teleport/roles). Open that folder first.'),
    l10n.t('Open Folder…'),
    'workbench.action.files.openFolder',
  );
}
