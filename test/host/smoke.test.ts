import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('In a real extension host', () => {
  it('activates', async () => {
    const extension = vscode.extensions.getExtension('jit-access.jit-access');
    assert.ok(extension, 'The extension is not there.');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
