import assert from 'node:assert/strict';
import { openViews } from './course.ts';
import { picture } from './pictures.ts';
import { stage } from './stage.ts';

describe('Standing privileges are checked from the palette', () => {
  const world = stage({ people: ['eve'], alone: true });

  it('the report says in its first line who holds what, and each finding leads on', async () => {
    const { window } = world().alice;
    await openViews(window);
    await window.runCommand('JIT Access: Check Standing Privileges');
    await window.editorTab('Standing Privileges').waitFor();
    const lines = window.page.locator('.editor-instance .view-lines');
    await lines
      .getByText(/1 of \d+ people holds standing admin rights: eve/)
      .first()
      .waitFor();
    await window.page.locator('.codelens-decoration a').filter({ hasText: 'Open editor' }).first().waitFor();
    await picture(window, '130-standing-privileges');
    await window.page.locator('.codelens-decoration a').filter({ hasText: 'Open editor' }).first().click();
    await window.editorTab('editor').waitFor();
    await picture(window, '131-role-of-a-finding');
  });

  it('the rest of the report', async () => {
    const { window } = world().alice;
    await window.editorTab('Standing Privileges').click();
    for (const n of [1, 2, 3]) {
      for (let i = 0; i < 2; i += 1) await window.press('PageDown');
      await picture(window, `132-standing-privileges-${String(n)}`);
    }
    assert.ok(true);
  });
});
