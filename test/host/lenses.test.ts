import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { core } from '../support/host/core.ts';

describe('Lenses above a report', () => {
  const pressed: unknown[] = [];

  it('can still be pressed after the report was drawn again, with what it is about now', async () => {
    const { services } = await core();
    const [first, second] = [{ n: 1 }, { n: 2 }];
    const put = (line: number, argument: object): vscode.Uri =>
      services.documents.put('/lenses.txt', `text ${String(line)}\n\n`, '', [
        { line, title: 'Press', key: 'x', press: () => pressed.push(argument) },
      ]);
    const lens = async (uri: vscode.Uri): Promise<vscode.Command> => {
      await vscode.workspace.openTextDocument(uri);
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        uri,
      );
      const command = found[0]?.command;
      assert.ok(command);
      return command;
    };
    const before = await lens(put(0, first));
    const after = await lens(put(1, second));
    // VS Code loses the arguments when it requests lenses again, so the lenses have none.
    assert.deepEqual([before.arguments ?? [], before.command], [[], after.command]);
    await vscode.commands.executeCommand(before.command);
    assert.deepEqual(pressed, [second]);
    assert.ok(pressed[0] === second, 'the object itself: only what we made counts');
    // The palette does not list it, but another extension finds it. So a lens only opens or asks.
    assert.ok(!(await vscode.commands.getCommands(true)).includes(before.command));
    assert.ok((await vscode.commands.getCommands(false)).includes(before.command));
  });
});
