import * as vscode from 'vscode';
import { TextProblems } from '../editor/documents/diagnostics.ts';
import { fileStat, fileText } from '../editor/documents/fileText.ts';
import { isInTab, onDidChangeTabs } from '../editor/documents/tabs.ts';
import { onDidChangeSettings, setting } from '../editor/settings.ts';
import type { CensusCache } from '../privileges/census/censusCache.ts';
import type { RoleDocument } from '../roles/manifest/parseManifest.ts';
import { findManifestFolders } from '../commands/manifests/findManifests.ts';
import { mostManifestCharacters } from '../commands/manifests/manifestText.ts';

/**
 * Maximum number of files in a workspace folder, and of bytes in total, that are read for the roles of the
 * workspace.
 */
const maxFiles = 500;
const maxBytes = 1_000_000;
/** The number of roles after which no further file is read. */
const maxRoles = 1_000;

/**
 * Whether a document is a YAML file or may be saved as one. Documents that are only shown are left out, for
 * example the old side of a diff: those of this extension, of git and of VS Code's history.
 */
function isYaml({ languageId, uri: { scheme, path } }: vscode.TextDocument): boolean {
  if (languageId !== 'yaml' && !/\.ya?ml$/i.test(path)) return false;
  const folderSchemes = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.scheme);
  return ['file', 'untitled', ...folderSchemes].includes(scheme);
}

/** Whether the file of a document exists. VS Code may keep the document of a deleted file. */
const exists = async ({ uri, isUntitled, isDirty }: vscode.TextDocument): Promise<boolean> =>
  isUntitled || isDirty || (await fileStat(uri)) !== undefined;

/** Whether a text looks like role manifests. It is not parsed as YAML for this. */
const looksLikeRoles = (text: string): boolean =>
  /(?:^|[{,\s])["']?kind["']?\s*:\s*["']?role\b/im.test(text) && /["']?version["']?\s*:/i.test(text);

const keyOf = (uri: vscode.Uri): string => uri.toString();

/** The roles of a file that was read. It is read again after a change. */
interface CachedFile {
  readonly version: string;
  readonly size: number;
  readonly roles: readonly RoleDocument[];
}

const noFile: CachedFile = { version: '', size: 0, roles: [] };

/**
 * Shows the problems in open role manifests while the user edits them. It sends nothing to the cluster and
 * works in untrusted workspaces. The parser is loaded when the first manifest is open.
 */
export class ManifestDiagnostics implements vscode.Disposable {
  readonly #problems = new TextProblems([{ language: 'yaml' }, { pattern: '**/*.{yaml,yml}' }]);
  readonly #census: CensusCache;
  readonly #reportError: (error: unknown) => void;
  readonly #subscriptions: readonly { dispose(): unknown }[];
  /** The timer of the check that is due or running, by document. */
  readonly #pendingChecks = new Map<string, NodeJS.Timeout>();
  /** Documents that are checked once more after the current check. */
  readonly #toCheckAgain = new Set<string>();
  readonly #cachedFiles = new Map<string, CachedFile>();
  #disposed = false;

  /** @param census the cache of the last census, which may be empty */
  constructor(census: CensusCache, reportError: (error: unknown) => void) {
    this.#census = census;
    this.#reportError = reportError;
    const { workspace } = vscode;
    const files = workspace.createFileSystemWatcher('**/teleport/roles/*.{yaml,yml}');
    // When a folder is deleted, VS Code reports only the folder and not its files.
    const deleted = workspace.createFileSystemWatcher('**/{teleport,roles,*.yaml,*.yml}', true, true);
    const checkAll = (): void => this.checkAll();
    this.#subscriptions = [
      files,
      deleted,
      deleted.onDidDelete(checkAll),
      workspace.onDidDeleteFiles(checkAll),
      // Not every folder can be watched, so files may be missing when the user comes back to the window.
      vscode.window.onDidChangeActiveTextEditor(checkAll),
      vscode.window.onDidChangeWindowState(({ focused }) => (focused ? this.checkAll() : undefined)),
      files.onDidCreate(checkAll),
      files.onDidChange(checkAll),
      workspace.onDidOpenTextDocument((document) => this.#schedule(document)),
      // A role in one file may be referenced by another file.
      workspace.onDidChangeTextDocument(({ document }) => (isYaml(document) ? this.checkAll() : undefined)),
      workspace.onDidCloseTextDocument(({ uri }) => {
        this.#forget(uri);
        this.checkAll();
      }),
      // A document may be kept for minutes after its tab was closed.
      onDidChangeTabs(checkAll),
      onDidChangeSettings(checkAll),
      census.onDidChange(checkAll),
    ];
    this.checkAll();
  }

  /** Checks all open documents again, because the facts that they are checked against have changed. */
  checkAll(): void {
    for (const document of vscode.workspace.textDocuments) this.#schedule(document);
  }

  #schedule(document: vscode.TextDocument): void {
    if (!isYaml(document) || this.#disposed) return;
    if (!isInTab(document.uri)) {
      this.#problems.clear(document.uri);
      return;
    }
    if (this.#pendingChecks.has(keyOf(document.uri))) this.#toCheckAgain.add(keyOf(document.uri));
    else this.#startCheck(document, 0);
  }

  /**
   * Starts a check, and the next one afterwards if one is due. The pause between them is as long as the check
   * took, so that the user can type in a large file.
   */
  #startCheck(document: vscode.TextDocument, pause: number): void {
    const key = keyOf(document.uri);
    const check = async (): Promise<void> => {
      this.#toCheckAgain.delete(key);
      const duration = await this.#check(document).catch((error: unknown) => {
        this.#reportError(error);
        return 0;
      });
      this.#pendingChecks.delete(key);
      if (this.#toCheckAgain.delete(key) && !document.isClosed && !this.#disposed)
        this.#startCheck(document, duration);
    };
    this.#pendingChecks.set(
      key,
      setTimeout(() => void check(), pause),
    );
  }

  /** Checks a document and shows its problems. @returns the duration of the check, in ms */
  async #check(document: vscode.TextDocument): Promise<number> {
    if (!looksLikeRoles(document.getText().slice(0, mostManifestCharacters)) || !(await exists(document))) {
      this.#problems.clear(document.uri);
      return 0;
    }
    const { problemsIn } = await import('./manifestProblems.ts');
    const siblings = await this.#siblings(document.uri);
    const isOpen = (): boolean => !document.isClosed && !this.#disposed && isInTab(document.uri);
    if (!isOpen()) return 0;
    const start = performance.now();
    const { version } = document;
    const text = document.getText().slice(0, mostManifestCharacters);
    const limit = setting('manifests.longestSession');
    const problems = await problemsIn(text, siblings, limit, this.#census.last);
    // Text that changed meanwhile is checked again anyway.
    if (document.version === version && isOpen()) this.#problems.show(document, problems);
    return performance.now() - start;
  }

  /** The roles of the other manifests in the workspace. */
  async #siblings(excluded: vscode.Uri): Promise<readonly RoleDocument[]> {
    const files = (await findManifestFolders()).flatMap((folder) => folder.files.slice(0, maxFiles));
    const roles: RoleDocument[] = [];
    let bytesLeft = maxBytes;
    for (const uri of files) {
      if (keyOf(uri) === keyOf(excluded)) continue;
      const file = await this.#rolesOf(uri, bytesLeft);
      bytesLeft -= file.size;
      roles.push(...file.roles);
      if (roles.length > maxRoles) break;
    }
    return roles;
  }

  /** The roles of a file; empty if it is larger than `maxSize`, was removed or cannot be read. */
  async #rolesOf(uri: vscode.Uri, maxSize: number): Promise<CachedFile> {
    try {
      const { version, size, read } = await fileText(uri, mostManifestCharacters);
      const cached = this.#cachedFiles.get(keyOf(uri));
      if (size > maxSize) return noFile;
      if (cached?.version === version) return cached;
      const text = await read();
      const { roleDocumentsIn } = await import('./manifestProblems.ts');
      const file = { version, size, roles: looksLikeRoles(text) ? roleDocumentsIn(text) : [] };
      this.#cachedFiles.set(keyOf(uri), file);
      return file;
    } catch {
      return noFile;
    }
  }

  #forget(uri: vscode.Uri): void {
    clearTimeout(this.#pendingChecks.get(keyOf(uri)));
    this.#pendingChecks.delete(keyOf(uri));
    this.#cachedFiles.delete(keyOf(uri));
    this.#problems.clear(uri);
  }

  dispose(): void {
    this.#disposed = true;
    for (const timer of this.#pendingChecks.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#problems.dispose();
  }
}
