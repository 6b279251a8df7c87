// Finds role manifests: `teleport/roles/*.yaml` in each folder of the workspace. It uses VS Code's file
// system API, so that folders on other machines work.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { fileStat } from '../../editor/documents/fileText.ts';

/** The folder `teleport/roles` of a workspace folder, which may not exist. */
export interface ManifestFolder {
  readonly uri: vscode.Uri;
  readonly workspace: vscode.WorkspaceFolder;
  /** Whether a part of the path is a symbolic link. Such a folder is neither read nor written. */
  readonly isLink: boolean;
  /** The names of all entries of the folder, manifests and others. */
  readonly names: readonly string[];
  /** The manifests, sorted by path. A symbolic link does not count, because it may lead anywhere. */
  readonly files: readonly vscode.Uri[];
}

const relativePath = ['teleport', 'roles'];

/** Finds the manifest folder of each workspace folder. A folder that does not exist has no files. */
export const findManifestFolders = (): Promise<readonly ManifestFolder[]> =>
  Promise.all((vscode.workspace.workspaceFolders ?? []).map(manifestFolderIn));

async function manifestFolderIn(workspace: vscode.WorkspaceFolder): Promise<ManifestFolder> {
  const parts = relativePath.map((_, index) =>
    vscode.Uri.joinPath(workspace.uri, ...relativePath.slice(0, index + 1)),
  );
  const uri = vscode.Uri.joinPath(workspace.uri, ...relativePath);
  const stats = await Promise.all(parts.map(fileStat));
  if (stats.some(isSymbolicLink)) return { uri, workspace, isLink: true, names: [], files: [] };
  const entries = stats.at(-1) === undefined ? [] : await vscode.workspace.fs.readDirectory(uri);
  const files = entries
    .filter(([name, type]) => type === vscode.FileType.File && /\.ya?ml$/i.test(name))
    .map(([name]) => vscode.Uri.joinPath(uri, name))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return { uri, workspace, isLink: false, names: entries.map(([name]) => name), files };
}

const isSymbolicLink = (stat: vscode.FileStat | undefined): boolean =>
  stat !== undefined && (stat.type & vscode.FileType.SymbolicLink) !== 0;

/** The message for a manifest folder behind a symbolic link, where nothing was written or sent. */
export const linkWords = (): string =>
  l10n.t(
    'teleport/roles is a link to another place, so nothing was done. Make it a folder, or open the folder it leads to.',
  );
