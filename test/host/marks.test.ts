import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { core, until } from '../support/host/core.ts';

/** A field that Teleport does not know. */
const text = 'kind: role\nversion: v7\nmetadata: {name: kube-admin}\nspec:\n  allow:\n    login: [a]\n';

const marks = (uri: vscode.Uri): number => vscode.languages.getDiagnostics(uri).length;

describe('Marks in role manifests', () => {
  let folder: string;
  before(async () => {
    await core();
    folder = join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'teleport', 'roles');
    mkdirSync(folder, { recursive: true });
  });
  after(() => rmSync(join(folder, '..'), { recursive: true, force: true }));
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  /** A manifest in the workspace, shown and marked. */
  async function shown(name: string): Promise<vscode.Uri> {
    const file = join(folder, name);
    writeFileSync(file, text);
    const uri = vscode.Uri.file(file);
    await vscode.window.showTextDocument(uri, { preview: false });
    await until(`${name} is marked`, () => marks(uri) === 1);
    return uri;
  }

  it('go when its tab is closed, though VS Code still keeps the document', async () => {
    const uri = await shown('closed.yaml');
    // Asked for by a program, it is kept for a while.
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await until('they are gone', () => marks(uri) === 0);
    assert.equal(document.isClosed, false);
  });

  it('go when the file is deleted, though its tab stays', async () => {
    const uri = await shown('deleted.yaml');
    const other = await shown('other.yaml');
    rmSync(uri.fsPath);
    // Files are not watched everywhere: looking elsewhere is enough.
    await vscode.window.showTextDocument(uri);
    await until('they are gone', () => marks(uri) === 0);
    assert.equal(marks(other), 1);
    writeFileSync(uri.fsPath, text);
    await vscode.window.showTextDocument(other);
    await until('they are back with the file', () => marks(uri) === 1);
  });

  it('are in no text that is only shown: the former side of a difference has none, its file has', async () => {
    const { services } = await core();
    const uri = await shown('compared.yaml');
    const before = services.documents.put('/before/1/compared.yaml', text);
    await vscode.commands.executeCommand('vscode.diff', before, uri, 'compared', { preview: false });
    // What is checked later is marked later: by then the former side would have been.
    const later = await shown('later.yaml');
    await until('both files are marked', () => marks(uri) === 1 && marks(later) === 1);
    assert.equal(marks(before), 0);
  });
});
