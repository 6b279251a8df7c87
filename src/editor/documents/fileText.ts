import * as vscode from 'vscode';

/** The state of a file or folder; undefined if it does not exist or cannot be reached. */
export const fileStat = async (uri: vscode.Uri): Promise<vscode.FileStat | undefined> => {
  try {
    return await vscode.workspace.fs.stat(uri);
  } catch {
    return undefined;
  }
};

/** The document of a file that is open in the editor. */
export const openDocument = (file: vscode.Uri): vscode.TextDocument | undefined =>
  vscode.workspace.textDocuments.find(({ uri, isClosed }) => !isClosed && uri.toString() === file.toString());

/** The document of a file that has unsaved changes in the editor. */
export function unsavedDocument(file: vscode.Uri): vscode.TextDocument | undefined {
  const document = openDocument(file);
  return document?.isDirty ? document : undefined;
}

/** The text of a file as it counts now. */
export interface FileText {
  /** Differs for each text of the file. */
  readonly version: string;
  /** In bytes, or in characters for the editor's text. */
  readonly size: number;
  readonly read: () => Promise<string>;
}

/**
 * Finds the text of a file: the editor's text while it has unsaved changes there, else the text on the disk.
 * @param most the number of characters that are read. Instead of a file that has more for sure, as many spaces
 *   are read.
 * @throws vscode.FileSystemError if the file does not exist or cannot be read; `read` too
 */
export async function fileText(uri: vscode.Uri, most: number): Promise<FileText> {
  const unsaved = unsavedDocument(uri);
  if (unsaved) {
    const text = unsaved.getText().slice(0, most);
    return { version: `editor ${unsaved.version}`, size: text.length, read: () => Promise.resolve(text) };
  }
  const { mtime, size } = await vscode.workspace.fs.stat(uri);
  // A character takes at most three bytes of UTF-8 for each of its UTF-16 units.
  const read = async (): Promise<string> =>
    size > 3 * most
      ? ' '.repeat(most)
      : new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)).slice(0, most);
  return { version: `disk ${mtime}`, size, read };
}
