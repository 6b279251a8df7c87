import assert from 'node:assert/strict';
import { errors, type Locator } from 'playwright-core';
import type { TestPerson } from '../../../scripts/hosts/people.ts';
import { writeManifest } from '../../support/e2e/manifests.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';
import type { Workbench } from '../../support/e2e/workbench.ts';

const devTeam = `# Everybody who writes code.
kind: role
version: v7
metadata:
  name: dev-team
spec:
  allow:
    # Until requests are set up.
    kubernetes_groups: [developers, system:masters]
    kubernetes_label:
      env: dev
    request:
      roles: [kube-admin]
      reason:
        mode: required
`;
const kubeAdmin = `kind: role
version: v7
metadata:
  name: kube-admin
spec:
  allow:
    kubernetes_groups: [system:masters]
`;

/** Prepares a workspace with two role manifests that both have problems. */
async function withRoles(person: TestPerson): Promise<TestPerson> {
  await writeManifest(person, 'dev-team', devTeam);
  return writeManifest(person, 'kube-admin', kubeAdmin);
}

const openFile = async (window: Workbench, file: string): Promise<void> => {
  await window.press('Control+p');
  await window.input.type(file);
  await window.input.focusedRow(file).waitFor();
  await window.press('Enter');
  await window.editorTab(file).waitFor();
};

const problemRow = (window: Workbench, text: string): Locator =>
  window.page.locator('.markers-panel .monaco-list-row').filter({ hasText: text });

/** Returns the text that the editor shows. */
const editorText = async (window: Workbench): Promise<string> => {
  const text = await window.page.locator('.editor-instance .view-lines').first().innerText();
  return text.replaceAll('\u00a0', ' ');
};

/** Opens a problem from the Problems view and applies its quick fix by keyboard. */
async function applyFix(window: Workbench, text: string, title: string): Promise<void> {
  const row = problemRow(window, text);
  await row.click();
  // A hover over the row would close the list of fixes.
  await window.page.mouse.move(0, 0);
  await window.page.locator('.markers-panel:focus-within').waitFor();
  await window.page
    .locator('.statusbar-item')
    .getByText(/\(\d+ selected\)/)
    .waitFor();
  // Enter on the row would focus the editor twice, and the second focus would close the list of fixes.
  await window.press('Control+1');
  await window.page.locator('.editor-instance:focus-within .monaco-editor.focused').waitFor();
  const action = window.page.locator('.action-widget .monaco-list-row').filter({ hasText: title });
  const chosen = window.page.locator('.action-widget .monaco-list-row.focused').filter({ hasText: title });
  // VS Code also requests fixes on its own, which can close the list. The loop then opens it again.
  for (let tries = 0; await row.count(); tries += 1) {
    if (tries === 10) assert.fail(`No list of fixes has: ${title}`);
    await window.press('Control+.');
    try {
      await chosen.waitFor({ timeout: 3_000 });
      await takeScreenshot(window, `90-manifest-fix-${title.replace(/[^A-Za-z0-9]+/g, '-')}`);
      if (!(await action.count())) continue;
      await window.press('Enter');
      await row.waitFor({ state: 'detached', timeout: 3_000 });
    } catch (error) {
      if (!(error instanceof errors.TimeoutError)) throw error;
      await window.press('Escape');
    }
  }
}

describe('Role manifests are checked while they are written, also in Restricted Mode', () => {
  const fixture = useE2eFixture({
    withoutReviewer: true,
    trust: true,
    prepare: withRoles,
    settings: {
      'security.workspace.trust.startupPrompt': 'never',
      'security.workspace.trust.banner': 'never',
    },
  });

  it('says what is wrong, in the Problems view and in the text', async () => {
    const { window } = fixture().alice;
    await openFile(window, 'dev-team.yaml');
    await window.press('Control+Shift+m');
    await problemRow(window, 'is administrator of Kubernetes all the time').waitFor();
    await problemRow(window, 'Did you mean kubernetes_labels?').waitFor();
    await window.page.locator('.editor-instance .squiggly-error').first().waitFor();
    await window.page.locator('.editor-instance .squiggly-warning').first().waitFor();
    await takeScreenshot(window, '90-manifest-problems');
  });

  it('puts it right at a key, and nothing else changes', async () => {
    const { window } = fixture().alice;
    await applyFix(window, 'Did you mean kubernetes_labels?', 'Change to kubernetes_labels');
    await applyFix(window, 'is administrator of Kubernetes all the time', 'Remove “system:masters”');
    const text = await editorText(window);
    const expected = devTeam
      .replace('kubernetes_label:', 'kubernetes_labels:')
      .replace(', system:masters', '');
    for (const line of expected.trim().split('\n')) assert.ok(text.includes(line.trim()), line);
    assert.doesNotMatch(text, /masters/);
    await takeScreenshot(window, '90-manifest-fixed');
  });

  it('knows the role from the other file: who is requested needs an end, and the fix sets one', async () => {
    const { window } = fixture().alice;
    await openFile(window, 'kube-admin.yaml');
    await window.press('Control+Shift+m');
    await applyFix(window, 'nothing ends its sessions early', 'Set max_session_ttl to 1h');
    assert.match(await editorText(window), /max_session_ttl: 1h/);
    await window.page.locator('.markers-panel').getByText('No problems have been detected').waitFor();
    await takeScreenshot(window, '90-manifest-clean');
  });

  it('counts in one file what another says before it is saved', async () => {
    const { window } = fixture().alice;
    await window.press('Control+Home', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'End');
    await window.page.keyboard.type('s');
    await problemRow(window, 'request kube-admin, which does not exist. Did you mean kube-admins?').waitFor();
    await window.press('Backspace');
    await window.page.locator('.markers-panel').getByText('No problems have been detected').waitFor();
  });
});
