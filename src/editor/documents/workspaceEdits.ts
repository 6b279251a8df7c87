import * as vscode from 'vscode';
import { fileStat } from './fileText.ts';

/** A change of a file from one text to another. */
export interface FileChange {
  readonly uri: vscode.Uri;
  /** The text before the change; undefined for a new file. */
  readonly before: string | undefined;
  readonly after: string;
}

/** Finds the lines that differ. Editing only these lines keeps the others at their place on the screen. */
function changedRange(before: string, after: string): { start: number; end: number; text: string } {
  const minLength = Math.min(before.length, after.length);
  let start = 0;
  while (start < minLength && before[start] === after[start]) start += 1;
  start = before.lastIndexOf('\n', start - 1) + 1;
  let sameAtEnd = 0;
  while (sameAtEnd < minLength - start && before.at(-1 - sameAtEnd) === after.at(-1 - sameAtEnd))
    sameAtEnd += 1;
  const lineEnd = before.indexOf('\n', before.length - sameAtEnd - 1);
  sameAtEnd = lineEnd < 0 ? 0 : Math.min(sameAtEnd, before.length - lineEnd - 1);
  return { start, end: before.length - sameAtEnd, text: after.slice(start, after.length - sameAtEnd) };
}

/** Adds a replacement to an edit. @returns undefined if the document no longer has the text `before` */
async function replace(
  edit: vscode.WorkspaceEdit,
  uri: vscode.Uri,
  before: string,
  after: string,
): Promise<vscode.TextDocument | undefined> {
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.getText() !== before) return undefined;
  const { start, end, text } = changedRange(before, after);
  edit.replace(uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
  return document;
}

/** Result of writing files. */
export type WriteResult = 'written' | 'changedMeanwhile' | 'refused' | 'unsaved';

/**
 * Writes files as one workspace edit, so that the editor can undo it, and saves them.
 * @returns `changedMeanwhile` if a file no longer has its `before` text or a new file already exists (nothing
 *   was written); `refused` if VS Code did not apply the edit (nothing was written); `unsaved` if a file
 *   could not be saved
 */
export async function writeFiles(changes: readonly FileChange[]): Promise<WriteResult> {
  const edit = new vscode.WorkspaceEdit();
  for (const { uri, before, after } of changes) {
    if (before === undefined) {
      if (await fileStat(uri)) return 'changedMeanwhile';
      edit.createFile(uri, { overwrite: false, contents: new TextEncoder().encode(after) });
    } else if (!(await replace(edit, uri, before, after))) return 'changedMeanwhile';
  }
  if (!(await vscode.workspace.applyEdit(edit))) return 'refused';
  return (await save(changes)) ? 'written' : 'unsaved';
}

/** Saves the changed files. @returns false if one could not be saved */
async function save(changes: readonly FileChange[]): Promise<boolean> {
  const documents = await Promise.all(
    changes
      .filter(({ before }) => before !== undefined)
      .map(({ uri }) => vscode.workspace.openTextDocument(uri)),
  );
  const saved = await Promise.all(
    documents.map(async (document) => !document.isDirty || (await document.save())),
  );
  return saved.every(Boolean);
}

/** The current text of a file, which a format-on-save program may have changed after writing. */
export const currentText = async (uri: vscode.Uri): Promise<string> =>
  (await vscode.workspace.openTextDocument(uri)).getText();

/**
 * Restores the texts of files from before writing, except for files that were changed since.
 * @param written the changes, with `after` as the file was right after writing
 * @returns how many files were not restored
 */
export async function undoFiles(written: readonly FileChange[]): Promise<number> {
  const edit = new vscode.WorkspaceEdit();
  const restored: FileChange[] = [];
  for (const change of written) {
    const { uri, before, after } = change;
    const now = await currentText(uri).catch(() => undefined);
    if (now !== after) continue;
    if (before === undefined) edit.deleteFile(uri, { ignoreIfNotExists: true });
    else await replace(edit, uri, after, before);
    restored.push(change);
  }
  if (restored.length === 0 || !(await vscode.workspace.applyEdit(edit))) return written.length;
  await save(restored);
  return written.length - restored.length;
}
