import * as vscode from 'vscode';
import { TextProblems } from '../editor/documents/diagnostics.ts';
import { isInTab, onDidChangeTabs } from '../editor/documents/tabs.ts';
import { onDidChangeSettings, setting } from '../editor/settings.ts';
import type { CensusCache } from '../privileges/census/censusCache.ts';
import type { RoleDocument } from '../roles/manifest/parseManifest.ts';
import { manifestPlaces } from '../commands/manifests/findManifests.ts';

/** More of a file is not handed to the reader, which refuses it anyway: a tenth more than it takes. */
const mostCharacters = 1_100_000;
/** So many files of a workspace, and so many bytes of them, are looked at for roles that the others name. */
const mostFiles = 500;
const mostBytes = 1_000_000;

/**
 * Whether a document is a YAML file, or is going to be one. What is only shown, such as the former side of a
 * difference, is sent nowhere: texts of ours, of git, of VS Code's history.
 */
function isYaml({ languageId, uri: { scheme, path } }: vscode.TextDocument): boolean {
  if (languageId !== 'yaml' && !/\.ya?ml$/i.test(path)) return false;
  const places = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.scheme);
  return ['file', 'untitled', ...places].includes(scheme);
}

/** Whether a document is more than the memory of a file that was deleted. */
async function isThere({ uri, isUntitled, isDirty }: vscode.TextDocument): Promise<boolean> {
  if (isUntitled || isDirty) return true;
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

/** Whether a text is meant as role manifests, told without reading it as YAML. */
export const meansRoles = (text: string): boolean =>
  /(?:^|[{,\s])["']?kind["']?\s*:\s*["']?role\b/im.test(text) && /["']?version["']?\s*:/i.test(text);

const keyOf = (uri: vscode.Uri): string => uri.toString();

/** A file as it was read; again when it changed. */
interface Read {
  readonly changed: number;
  readonly size: number;
  readonly roles: readonly RoleDocument[];
}

const nothing: Read = { changed: 0, size: 0, roles: [] };

/**
 * Marks what is wrong in the role manifests that are open, while they are written. Nothing is sent anywhere; works in
 * untrusted workspaces. Nothing is loaded until the first manifest is open.
 */
export class ManifestDiagnostics implements vscode.Disposable {
  readonly #marks = new TextProblems([{ language: 'yaml' }, { pattern: '**/*.{yaml,yml}' }]);
  readonly #census: CensusCache;
  readonly #report: (error: unknown) => void;
  readonly #subscriptions: readonly { dispose(): unknown }[];
  /** By document: the check that is due or runs. */
  readonly #checking = new Map<string, NodeJS.Timeout>();
  /** Documents to be checked once more after that. */
  readonly #stale = new Set<string>();
  readonly #read = new Map<string, Read>();
  #disposed = false;

  /** @param census what was read of the cluster, if anything was */
  constructor(census: CensusCache, report: (error: unknown) => void) {
    this.#census = census;
    this.#report = report;
    const { workspace } = vscode;
    const files = workspace.createFileSystemWatcher('**/teleport/roles/*.{yaml,yml}');
    // Of a folder that is deleted only the folder is told.
    const deleted = workspace.createFileSystemWatcher('**/{teleport,roles,*.yaml,*.yml}', true, true);
    const again = (): void => this.again();
    this.#subscriptions = [
      files,
      deleted,
      deleted.onDidDelete(again),
      workspace.onDidDeleteFiles(again),
      // Not every place can be watched: whoever comes back may have deleted something.
      vscode.window.onDidChangeActiveTextEditor(again),
      vscode.window.onDidChangeWindowState(({ focused }) => (focused ? this.again() : undefined)),
      files.onDidCreate(again),
      files.onDidChange(again),
      files.onDidDelete(again),
      workspace.onDidOpenTextDocument((document) => this.#soon(document)),
      // What is in one file may be what another names.
      workspace.onDidChangeTextDocument(({ document }) => (isYaml(document) ? this.again() : undefined)),
      workspace.onDidCloseTextDocument(({ uri }) => {
        this.#forget(uri);
        this.again();
      }),
      // A document may be kept for minutes after its tab was closed.
      onDidChangeTabs(again),
      onDidChangeSettings(again),
      census.onDidChange(again),
    ];
    this.again();
  }

  /** Checks all that is open once more: something that they are checked against changed. */
  again(): void {
    for (const document of vscode.workspace.textDocuments) this.#soon(document);
  }

  #soon(document: vscode.TextDocument): void {
    if (!isYaml(document) || this.#disposed) return;
    if (!isInTab(document.uri)) {
      this.#marks.clear(document.uri);
      return;
    }
    if (this.#checking.has(keyOf(document.uri))) this.#stale.add(keyOf(document.uri));
    else this.#start(document, 0);
  }

  /** A check, and after it the next if one is due, with a pause as long as it took: typing goes on in a big file. */
  #start(document: vscode.TextDocument, pause: number): void {
    const key = keyOf(document.uri);
    const check = async (): Promise<void> => {
      this.#stale.delete(key);
      const took = await this.#check(document).catch((error: unknown) => {
        this.#report(error);
        return 0;
      });
      this.#checking.delete(key);
      if (this.#stale.delete(key) && !document.isClosed && !this.#disposed) this.#start(document, took);
    };
    this.#checking.set(
      key,
      setTimeout(() => void check(), pause),
    );
  }

  /** @returns how long it took, in ms */
  async #check(document: vscode.TextDocument): Promise<number> {
    if (!meansRoles(document.getText().slice(0, mostCharacters)) || !(await isThere(document))) {
      this.#marks.clear(document.uri);
      return 0;
    }
    const { problemsIn: marksIn } = await import('./manifestProblems.ts');
    const siblings = await this.#siblings(document.uri);
    if (document.isClosed || this.#disposed || !isInTab(document.uri)) return 0;
    const begin = performance.now();
    const text = document.getText().slice(0, mostCharacters);
    this.#marks.show(
      document,
      marksIn(text, siblings, setting('manifests.longestSession'), this.#census.last),
    );
    return performance.now() - begin;
  }

  /** The roles of the other manifests of the workspace. */
  async #siblings(but: vscode.Uri): Promise<readonly RoleDocument[]> {
    const files = (await manifestPlaces()).flatMap((place) => place.files.slice(0, mostFiles));
    const roles: RoleDocument[] = [];
    let left = mostBytes;
    for (const uri of files) {
      if (keyOf(uri) === keyOf(but)) continue;
      const read = await this.#rolesOf(uri, left);
      left -= read.size;
      roles.push(...read.roles);
    }
    return roles;
  }

  /** The roles of a file, as it is shown or else stored, unless it is bigger than `most`. */
  async #rolesOf(uri: vscode.Uri, most: number): Promise<Read> {
    const open = vscode.workspace.textDocuments.find((one) => keyOf(one.uri) === keyOf(uri));
    try {
      const { mtime, size } = open
        ? { mtime: -open.version, size: open.getText().length }
        : await vscode.workspace.fs.stat(uri);
      const known = this.#read.get(keyOf(uri));
      if (size > most) return nothing;
      if (known?.changed === mtime) return known;
      const text = open?.getText() ?? new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
      const { roleDocumentsIn: rolesIn } = await import('./manifestProblems.ts');
      const read: Read = { changed: mtime, size, roles: meansRoles(text) ? rolesIn(text) : [] };
      this.#read.set(keyOf(uri), read);
      return read;
    } catch {
      // Removed, or not readable: then it says nothing.
      return nothing;
    }
  }

  #forget(uri: vscode.Uri): void {
    clearTimeout(this.#checking.get(keyOf(uri)));
    this.#checking.delete(keyOf(uri));
    this.#read.delete(keyOf(uri));
    this.#marks.clear(uri);
  }

  dispose(): void {
    this.#disposed = true;
    for (const timer of this.#checking.values()) clearTimeout(timer);
    for (const one of this.#subscriptions) one.dispose();
    this.#marks.dispose();
  }
}
