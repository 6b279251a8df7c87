// Reads the role manifests of the workspace.
import * as l10n from '@vscode/l10n';
import { openDocument } from '../../editor/documents/fileText.ts';
import * as vscode from 'vscode';
import { forRow } from '../../access/untrusted/sinks.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { showWarning } from '../../editor/messages.ts';
import { Cancelled, pickOne } from '../../editor/quickInput.ts';
import { parseManifest, type Manifest, type RoleDocument } from '../../roles/manifest/parseManifest.ts';
import type { Problem, Span } from '../../roles/manifest/problem.ts';
import { findManifestFolders, type ManifestFolder } from './findManifests.ts';
import { fileForMessage, manifestText, mostManifestCharacters, offerCommand } from './manifestText.ts';

/** A manifest file. */
export interface RoleFile {
  readonly uri: vscode.Uri;
  readonly text: string;
  readonly manifest: Manifest;
}

/** A manifest folder with its parsed manifests. */
export interface RoleFolder extends Omit<ManifestFolder, 'files'> {
  readonly files: readonly RoleFile[];
}

/** Reads the manifests of every workspace folder. */
export const readRoleFolders = async (): Promise<readonly RoleFolder[]> =>
  Promise.all((await findManifestFolders()).map(readFolder));

async function readFolder(folder: ManifestFolder): Promise<RoleFolder> {
  const files = folder.files.map(async (uri): Promise<RoleFile> => {
    // A change is made in the open document, whose line ends and encoding may differ from those on the disk.
    const text = openDocument(uri)?.getText().slice(0, mostManifestCharacters) ?? (await manifestText(uri));
    return { uri, text, manifest: parseManifest(text) };
  });
  return { ...folder, files: await Promise.all(files) };
}

/** The manifest files of all folders. */
export const manifestFilesIn = (folders: readonly RoleFolder[]): readonly RoleFile[] =>
  folders.flatMap(({ files }) => files);

/** A role in a manifest file. */
export interface RoleLocation {
  readonly file: RoleFile;
  readonly document: RoleDocument;
}

/** Finds a role in the files, by name. */
export const locationsOfRole = (files: readonly RoleFile[], role: Untrusted): readonly RoleLocation[] =>
  files.flatMap((file) =>
    file.manifest.documents.filter(({ name }) => name === role).map((document) => ({ file, document })),
  );

/**
 * The problem that keeps a file from being changed. An unknown field does not, because Teleport may know it.
 */
export const blockingProblem = ({ manifest }: RoleFile): Problem | undefined =>
  manifest.problems.find(({ severity, code }) => severity === 'error' && code !== 'unknownField');

/** Opens a file and selects a range of its text. */
export async function showAt(uri: vscode.Uri, { start, end }: Span): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const selection = new vscode.Range(document.positionAt(start), document.positionAt(end));
  await vscode.window.showTextDocument(document, { selection });
}

/** Shows why nothing was written, with a button that opens Set Up Roles again. @throws Cancelled always */
export function refuse(text: string): never {
  void offerCommand(showWarning, text, l10n.t('Set Up Roles…'), 'jitAccess.setUpRoles');
  throw new Cancelled();
}

/** Shows that a file cannot be read as a manifest, and selects the problem in it. @throws Cancelled always */
export async function refuseFile(file: RoleFile, problem: Problem): Promise<never> {
  await showAt(file.uri, problem.span);
  return refuse(
    l10n.t(
      '{0} cannot be read as a role manifest, so nothing was written. The place is selected: put it right, then go on; your answers are kept.',
      fileForMessage(file.uri),
    ),
  );
}

/** Shows that two files hold the same role, and opens the first file. @throws Cancelled always */
export async function refuseDuplicateRole([first, second]: readonly RoleLocation[]): Promise<never> {
  if (first) await showAt(first.file.uri, first.document.span);
  return refuse(
    l10n.t(
      'One role stands in {0} and in {1}, so nothing was written. Keep it in one of them, then go on; your answers are kept.',
      first ? fileForMessage(first.file.uri) : '',
      second ? fileForMessage(second.file.uri) : '',
    ),
  );
}

/** Checks that a folder is open. @throws Cancelled after a message with a button to open a folder */
export async function requireFolder(): Promise<void> {
  if ((vscode.workspace.workspaceFolders ?? []).length > 0) return;
  const text = l10n.t(
    'Role manifests are written into a folder of yours, such as the repository of your infrastructure. Open it first.',
  );
  await offerCommand(showWarning, text, l10n.t('Open Folder…'), 'workbench.action.files.openFolder');
  throw new Cancelled();
}

/**
 * Asks for the folder for new manifests if the workspace has several.
 * @returns undefined if there is no folder
 * @throws Cancelled if the user closes the dialog
 */
export async function chooseFolderForNew(
  folders: readonly RoleFolder[],
  title: string,
): Promise<RoleFolder | undefined> {
  if (folders.length < 2) return folders[0];
  return pickOne(
    { title },
    {
      choices: folders.map((folder) => ({
        label: forRow(untrusted(folder.workspace.name)),
        description: l10n.t('{0} manifests', folder.files.length),
        value: folder,
      })),
      placeholder: l10n.t('Into which folder are new manifests written?'),
    },
  );
}
