import * as vscode from 'vscode';

/** What a file was and is to be. */
export interface FileChange {
  readonly uri: vscode.Uri;
  /** Undefined for a new file. */
  readonly before: string | undefined;
  readonly after: string;
}

/** The lines of a text that differ: what stands around them keeps its place on the screen. */
function differing(before: string, after: string): { start: number; end: number; text: string } {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  start = before.lastIndexOf('\n', start - 1) + 1;
  let same = 0;
  while (same < most - start && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  const line = before.indexOf('\n', before.length - same - 1);
  same = line < 0 ? 0 : Math.min(same, before.length - line - 1);
  return { start, end: before.length - same, text: after.slice(start, after.length - same) };
}

async function replace(
  edit: vscode.WorkspaceEdit,
  uri: vscode.Uri,
  before: string,
  after: string,
): Promise<vscode.TextDocument | undefined> {
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.getText() !== before) return undefined;
  const { start, end, text } = differing(before, after);
  edit.replace(uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
  return document;
}

/** What came of writing. */
export type WriteResult = 'written' | 'changedMeanwhile' | 'refused' | 'unsaved';

/**
 * Writes files as one edit, which the editor can undo, and saves them.
 * @returns `changedMeanwhile` when one is not what it was, or there, though it was not: nothing was written;
 *   `refused` when VS Code could not: nothing was written; `unsaved` when one could not be saved
 */
export async function writeFiles(changes: readonly FileChange[]): Promise<WriteResult> {
  const edit = new vscode.WorkspaceEdit();
  for (const { uri, before, after } of changes) {
    if (before === undefined) {
      if (await isThere(uri)) return 'changedMeanwhile';
      edit.createFile(uri, { overwrite: false, contents: new TextEncoder().encode(after) });
    } else if (!(await replace(edit, uri, before, after))) return 'changedMeanwhile';
  }
  if (!(await vscode.workspace.applyEdit(edit))) return 'refused';
  return (await save(changes)) ? 'written' : 'unsaved';
}

async function isThere(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

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

/** The text of a file now: what was written, or what a program that formats on saving made of it. */
export const currentText = async (uri: vscode.Uri): Promise<string> =>
  (await vscode.workspace.openTextDocument(uri)).getText();

/**
 * Brings files back to what they were. One that was changed since is left alone.
 * @param written as it stood right after writing
 * @returns how many were left alone
 */
export async function undoFiles(written: readonly FileChange[]): Promise<number> {
  const edit = new vscode.WorkspaceEdit();
  const restored: FileChange[] = [];
  for (const one of written) {
    const { uri, before, after } = one;
    const now = await currentText(uri).catch(() => undefined);
    if (now !== after) continue;
    if (before === undefined) edit.deleteFile(uri, { ignoreIfNotExists: true });
    else await replace(edit, uri, after, before);
    restored.push(one);
  }
  if (restored.length === 0 || !(await vscode.workspace.applyEdit(edit))) return written.length;
  await save(restored);
  return written.length - restored.length;
}
