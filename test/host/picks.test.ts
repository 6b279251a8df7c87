import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { pickOne } from '../../src/editor/quickInput.ts';
import { until } from '../support/host/core.ts';

/** Runs the command of a key that works in quick picks. */
const press = (command: 'accept' | 'next'): Thenable<unknown> =>
  vscode.commands.executeCommand(`quickInput.${command}`);
const close = (): Thenable<unknown> => vscode.commands.executeCommand('workbench.action.closeQuickOpen');

/** Shows a pick and reports what it came to. */
function shown(names: readonly string[], active?: string): { chosen?: string; closed?: boolean } {
  const state: { chosen?: string; closed?: boolean } = {};
  const choices = names.map((label) => ({ label, value: label }));
  const isSelected = (value: string): boolean => value === active;
  pickOne({ title: 'A pick' }, { choices, placeholder: 'Which one?', isSelected }).then(
    (chosen) => (state.chosen = chosen),
    () => (state.closed = true),
  );
  return state;
}

/** Presses Enter until VS Code has certainly shown the pick, and returns whether it was still open then. */
async function survivesEnter(state: { chosen?: string; closed?: boolean }): Promise<boolean> {
  // Each command is a round trip to the window, which shows the pick in the first of them.
  for (let pressed = 0; pressed < 20; pressed += 1) await press('accept');
  return state.chosen === undefined && state.closed === undefined;
}

describe('Enter in a pick', () => {
  afterEach(close);

  for (const names of [['only'], ['first', 'second']])
    it(`takes nothing that no arrow key, letter or mouse has chosen, of ${String(names.length)}`, async () => {
      const state = shown(names);
      assert.ok(await survivesEnter(state), `Enter took ${String(state.chosen)}.`);
      await press('next');
      await until(
        'what the arrow chose is taken',
        () => state.chosen === names[0],
        () => press('accept'),
      );
    });

  it('takes nothing in a pick that follows a list with check boxes', async () => {
    const several = vscode.window.showQuickPick(['a', 'b'], { canPickMany: true });
    await press('accept');
    await until('the list is closed', () => true, close);
    await Promise.race([several, close()]);
    assert.ok(await survivesEnter(shown(['first', 'second'])));
  });

  it('takes the entry that is active from the start', async () => {
    const state = shown(['first', 'second'], 'second');
    await until(
      'it is taken',
      () => state.chosen === 'second',
      () => press('accept'),
    );
  });
});
