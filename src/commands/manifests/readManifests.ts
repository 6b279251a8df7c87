// The role manifests of the workspace, read; unsaved text counts.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { forMessage, forRow } from '../../access/text/sinks.ts';
import { untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import { showWarning } from '../../editor/messages.ts';
import { Cancelled, pickOne, type StepPosition } from '../../editor/quickInput.ts';
import {
  parseManifest,
  type Manifest,
  type Problem,
  type RoleDocument,
  type Span,
} from '../../roles/manifest/parseManifest.ts';
import { manifestPlaces, type ManifestPlace } from './findManifests.ts';

/** A file with roles, as it is shown or, where it is not open, as it is on the disk. */
export interface RoleFile {
  readonly uri: vscode.Uri;
  readonly text: string;
  readonly manifest: Manifest;
}

/** A place of manifests, with what they say. */
export interface RoleFolder extends Omit<ManifestPlace, 'files'> {
  readonly files: readonly RoleFile[];
}

/** The text of a file as it is open, else as it is stored. */
async function textOf(uri: vscode.Uri): Promise<string> {
  const open = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
  return open?.getText() ?? new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

/** Reads the manifests of every workspace folder. */
export const roleFolders = async (): Promise<readonly RoleFolder[]> =>
  Promise.all((await manifestPlaces()).map(readPlace));

async function readPlace(place: ManifestPlace): Promise<RoleFolder> {
  const read = place.files.map(async (uri): Promise<RoleFile> => {
    const text = await textOf(uri);
    return { uri, text, manifest: parseManifest(text) };
  });
  return { ...place, files: await Promise.all(read) };
}

export const manifestFilesIn = (folders: readonly RoleFolder[]): readonly RoleFile[] =>
  folders.flatMap(({ files }) => files);

/** A role in a file. */
export interface Placed {
  readonly file: RoleFile;
  readonly document: RoleDocument;
}

/** The files that hold a role, each with the document. */
export const holding = (files: readonly RoleFile[], role: Untrusted): readonly Placed[] =>
  files.flatMap((file) =>
    file.manifest.documents.filter(({ name }) => name === role).map((document) => ({ file, document })),
  );

/** What keeps a file from being changed; a field that Teleport may know after all does not. */
export const hindering = ({ manifest }: RoleFile): Problem | undefined =>
  manifest.problems.find(({ severity, code }) => severity === 'error' && code !== 'unknownField');

/** A file's name for a message, if it is a plain one. */
const nameForMessage = (uri: vscode.Uri): string =>
  forMessage(untrusted(uri.path.split('/').at(-1) ?? '')) ?? l10n.t('A file in teleport/roles');

/** Shows a file at a place in it. */
export async function showAt(uri: vscode.Uri, { start, end }: Span): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const selection = new vscode.Range(document.positionAt(start), document.positionAt(end));
  await vscode.window.showTextDocument(document, { selection });
}

/** Says what stands in the way, with the way back to the question. @throws Left */
export function refuse(text: string): never {
  const again = async (): Promise<void> => {
    if (await showWarning(text, { title: l10n.t('Set Up Roles…'), value: true }))
      await vscode.commands.executeCommand('jitAccess.setUpRoles');
  };
  void again();
  throw new Cancelled();
}

/** Says that a file cannot be read as it stands, and shows where. @throws Left */
export async function refuseFile(file: RoleFile, problem: Problem): Promise<never> {
  await showAt(file.uri, problem.span);
  return refuse(
    l10n.t(
      '{0} cannot be read as a role manifest, so nothing was written. The place is selected: put it right, then go on; your answers are kept.',
      nameForMessage(file.uri),
    ),
  );
}

/** Says that a role stands in two files, and opens one of them. @throws Left */
export async function refuseTwice([first, second]: readonly Placed[]): Promise<never> {
  if (first) await showAt(first.file.uri, first.document.span);
  return refuse(
    l10n.t(
      'One role stands in {0} and in {1}, so nothing was written. Keep it in one of them, then go on; your answers are kept.',
      first ? nameForMessage(first.file.uri) : '',
      second ? nameForMessage(second.file.uri) : '',
    ),
  );
}

/** Says that no folder is open, and offers to open one. @throws Left */
export async function demandFolder(): Promise<void> {
  if ((vscode.workspace.workspaceFolders ?? []).length > 0) return;
  const text = l10n.t(
    'Role manifests are written into a folder of yours, such as the repository of your infrastructure. Open it first.',
  );
  if (await showWarning(text, { title: l10n.t('Open Folder…'), value: true }))
    await vscode.commands.executeCommand('workbench.action.files.openFolder');
  throw new Cancelled();
}

/** The folder that new manifests go into; asked where there are several. @throws Left */
export async function folderForNew(
  folders: readonly RoleFolder[],
  place: StepPosition,
): Promise<RoleFolder | undefined> {
  if (folders.length < 2) return folders[0];
  const chosen = await pickOne<RoleFolder>(place, {
    choices: folders.map((folder) => ({
      label: forRow(untrusted(folder.workspace.name)),
      description: l10n.t('{0} manifests', folder.files.length),
      value: folder,
    })),
    placeholder: l10n.t('Into which folder are new manifests written?'),
  });
  return typeof chosen === 'symbol' ? undefined : chosen;
}
