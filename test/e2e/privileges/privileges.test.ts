import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openViews } from '../../support/e2e/course.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { saveAs, waitForSaveDialog } from '../../support/e2e/saving.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';

describe('Standing privileges are checked from the palette', () => {
  const fixture = useE2eFixture({ people: ['eve'], withoutReviewer: true });

  /** Finds a line of the visible editor, in which VS Code draws spaces as no-break spaces. */
  const line = (text: RegExp) =>
    fixture().alice.window.page.locator('.editor-instance .view-line').filter({ hasText: text }).first();
  const lens = (text: string) =>
    fixture().alice.window.page.locator('.codelens-decoration a:visible').filter({ hasText: text }).first();

  const verdict = () => line(/1\sof\s5\speople\sholds\sstanding\sadmin\srights:\seve/);

  it('the report says in its first line who holds what, and each finding leads to its role', async () => {
    const { window } = fixture().alice;
    await openViews(window);
    await window.runCommand('JIT Access: Check Standing Privileges');
    await verdict().waitFor();
    await lens('Open editor').waitFor();
    await takeScreenshot(window, '130-standing-privileges');
    await window.page.keyboard.press('Control+End');
    await line(/Only\swhat\sTeleport\sis\sconfigured/).waitFor();
    await takeScreenshot(window, '131-standing-privileges-end');
    await window.runCommand('JIT Access: Check Standing Privileges');
    await verdict().waitFor();
    await lens('Open editor').click();
    await window.input.row('Only Look').click();
    await window.editorTab('editor.yaml').waitFor();
    await takeScreenshot(window, '132-role-of-a-finding');
  });

  it('a finding is accepted with an owner, a reason and an end, and no longer counts', async () => {
    const { window, person } = fixture().alice;
    const file = join(person.folder, 'exceptions.yaml');
    writeFileSync(file, '# Kept by eve\n');
    const settings = join(person.userData, 'User', 'settings.json');
    const before = JSON.parse(readFileSync(settings, 'utf8')) as Record<string, unknown>;
    writeFileSync(settings, JSON.stringify({ ...before, 'jitAccess.exceptions': file }));
    await window.reload();
    await openViews(window);
    await window.runCommand('JIT Access: Check Standing Privileges');
    await lens('Accept…').click();
    await window.input.step('Accept Finding: who answers for it');
    await window.input.type('rita');
    await takeScreenshot(window, '133-accept-finding');
    await window.page.keyboard.press('Enter');
    await window.input.step('Accept Finding: why');
    await window.input.type('sealed account for emergencies');
    await window.page.keyboard.press('Enter');
    await window.input.step('Accept Finding: until when');
    await takeScreenshot(window, '134-accept-until');
    await window.page.keyboard.press('Enter');
    await line(/Nobody\sholds\sstanding\sadmin\srights,\sbut\sfor\s1\saccepted\sexception/).waitFor();
    await window.page.locator('.codelens-decoration').first().waitFor({ state: 'detached' });
    await takeScreenshot(window, '135-accepted');
    const text = readFileSync(file, 'utf8');
    assert.match(text, /^# Kept by eve$/m);
    assert.match(text, /^ {4}owner: rita\n {4}reason: sealed account for emergencies$/m);
  });

  it('the report is saved as JSON where the person says', async () => {
    const { window, person } = fixture().alice;
    const file = join(person.folder, 'report.json');
    await window.runCommand('JIT Access: Save Report…');
    await window.input.row('JSON').click();
    await waitForSaveDialog(window);
    await takeScreenshot(window, '136-save-report');
    await saveAs(window, file, window.notifications('The report is saved as report.json.'));
    const saved = JSON.parse(readFileSync(file, 'utf8')) as { version: number; accepted: unknown[] };
    assert.deepEqual([saved.version, saved.accepted.length], [1, 1]);
  });
});
