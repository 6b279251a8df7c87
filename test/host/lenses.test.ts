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
      const made = found[0]?.command;
      assert.ok(made);
      return made;
    };
    const before = await lens(put(0, first));
    const after = await lens(put(1, second));
    // VS Code forgets arguments when it asks for lenses again, so there are none.
    assert.deepEqual([before.arguments ?? [], before.command], [[], after.command]);
    await vscode.commands.executeCommand(before.command);
    assert.deepEqual(pressed, [second]);
    assert.ok(pressed[0] === second, 'the object itself: only what we made counts');
    // Nobody finds it in a list.
    assert.ok(!(await vscode.commands.getCommands(true)).includes(before.command));
  });
});
