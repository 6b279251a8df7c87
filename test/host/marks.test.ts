import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { core, until } from '../support/host/core.ts';

/** A manifest with one field that Teleport does not know. */
const text = 'kind: role\nversion: v7\nmetadata: {name: kube-admin}\nspec:\n  allow:\n    login: [a]\n';

const markCount = (uri: vscode.Uri): number => vscode.languages.getDiagnostics(uri).length;

describe('Marks in role manifests', () => {
  let folder: string;
  before(async () => {
    await core();
    folder = join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'teleport', 'roles');
    mkdirSync(folder, { recursive: true });
  });
  after(() => rmSync(join(folder, '..'), { recursive: true, force: true }));
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  /** Writes a manifest into the workspace, shows it and waits for its mark. */
  async function showManifest(name: string): Promise<vscode.Uri> {
    const file = join(folder, name);
    writeFileSync(file, text);
    const uri = vscode.Uri.file(file);
    await vscode.window.showTextDocument(uri, { preview: false });
    await until(`${name} is marked`, () => markCount(uri) === 1);
    return uri;
  }

  it('go when its tab is closed, though VS Code still keeps the document', async () => {
    const uri = await showManifest('closed.yaml');
    // VS Code keeps a document for a while when an extension opens it.
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await until('they are gone', () => markCount(uri) === 0);
    assert.equal(document.isClosed, false);
  });

  it('go when the file is deleted, though its tab stays', async () => {
    const uri = await showManifest('deleted.yaml');
    const other = await showManifest('other.yaml');
    rmSync(uri.fsPath);
    // VS Code does not watch files everywhere, so a change of the editor must be enough.
    await vscode.window.showTextDocument(uri);
    await until('they are gone', () => markCount(uri) === 0);
    assert.equal(markCount(other), 1);
    writeFileSync(uri.fsPath, text);
    await vscode.window.showTextDocument(other);
    await until('they are back with the file', () => markCount(uri) === 1);
  });

  it('are in no text that is only shown: the former side of a difference has none, its file has', async () => {
    const { services } = await core();
    const uri = await showManifest('compared.yaml');
    const before = services.documents.put('/before/1/compared.yaml', text);
    await vscode.commands.executeCommand('vscode.diff', before, uri, 'compared', { preview: false });
    // The left side is checked before this file, so a mark on it would exist when this file has its mark.
    const later = await showManifest('later.yaml');
    await until('both files are marked', () => markCount(uri) === 1 && markCount(later) === 1);
    assert.equal(markCount(before), 0);
  });
});
