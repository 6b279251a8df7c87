// Where role manifests lie: `teleport/roles/*.yaml` in each folder of the workspace. By VS Code's own file access, so
// that folders on other machines work.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';

/** The place of manifests in a workspace folder. */
export interface ManifestPlace {
  readonly uri: vscode.Uri;
  readonly workspace: vscode.WorkspaceFolder;
  /** Whether a link leads elsewhere on the way: then it is neither read nor written. */
  readonly link: boolean;
  /** Names of everything in it, also of what is no manifest. */
  readonly names: readonly string[];
  /** The manifests, in order; a link is none, since it may lead anywhere. */
  readonly files: readonly vscode.Uri[];
}

const way = ['teleport', 'roles'];

/** The place in every folder of the workspace; in most there is nothing. */
export const manifestPlaces = (): Promise<readonly ManifestPlace[]> =>
  Promise.all((vscode.workspace.workspaceFolders ?? []).map(placeIn));

async function placeIn(workspace: vscode.WorkspaceFolder): Promise<ManifestPlace> {
  const steps = way.map((_, index) => vscode.Uri.joinPath(workspace.uri, ...way.slice(0, index + 1)));
  const uri = vscode.Uri.joinPath(workspace.uri, ...way);
  const types = await Promise.all(steps.map(typeOf));
  if (types.some(isLink)) return { uri, workspace, link: true, names: [], files: [] };
  const entries = types.at(-1) === undefined ? [] : await vscode.workspace.fs.readDirectory(uri);
  const files = entries
    .filter(([name, type]) => type === vscode.FileType.File && /\.ya?ml$/i.test(name))
    .map(([name]) => vscode.Uri.joinPath(uri, name))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return { uri, workspace, link: false, names: entries.map(([name]) => name), files };
}

/** What a thing is; undefined for what is not there. */
async function typeOf(uri: vscode.Uri): Promise<vscode.FileType | undefined> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type;
  } catch {
    return undefined;
  }
}

const isLink = (type: vscode.FileType | undefined): boolean =>
  type !== undefined && (type & vscode.FileType.SymbolicLink) !== 0;

/** What is said where a link is in the way, and nothing was written or sent. */
export const linkWords = (): string =>
  l10n.t(
    'teleport/roles is a link to another place, so nothing was done. Make it a folder, or open the folder it leads to.',
  );
