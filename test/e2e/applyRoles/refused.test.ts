import assert from 'node:assert/strict';
import { devTeam, requestableRoles, usualRoles, writeManifest } from '../../support/e2e/manifests.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';

const command = 'JIT Access: Apply Roles…';

describe('Roles are not applied', () => {
  const fixture = useE2eFixture({
    people: ['alice'],
    withoutReviewer: true,
    prepare: (person) => writeManifest(person, 'dev-team', devTeam(['editor'])),
  });

  it('by who may not: the rule that is lacking is named', async () => {
    const { window } = fixture().alice;
    await window.runCommand(command);
    await window.input.tick('dev-team.yaml');
    await window.input.accept();
    await window.modalText(/a rule on "role" with list, read, create, update and delete/);
    await takeScreenshot(window, '210-not-permitted');
    await window.press('Escape');
    assert.deepEqual(requestableRoles(fixture()), usualRoles);
  });

  it('where a file has an error: its line opens', async () => {
    const { window, person } = fixture().alice;
    await writeManifest(person, 'dev-team', devTeam(['editor']).replace('allow:', 'Allow:'));
    await window.runCommand(command);
    await window.input.tick('dev-team.yaml');
    await window.input.accept();
    const dialogText = await window.modalText('dev-team.yaml, line 7, cannot be applied as it stands.');
    assert.match(dialogText, /Write allow\./);
    await takeScreenshot(window, '211-refused-file');
    await window.pressModal('Open File');
    await window.editorTab('dev-team.yaml').waitFor();
    await window.page.locator('.statusbar-item').getByText('Ln 7, Col 1').waitFor();
  });
});

describe('In Restricted Mode', () => {
  const fixture = useE2eFixture({
    people: ['eve'],
    withoutReviewer: true,
    trust: true,
    settings: {
      'security.workspace.trust.startupPrompt': 'never',
      'security.workspace.trust.banner': 'never',
    },
    prepare: (person) => writeManifest(person, 'dev-team', devTeam(['editor'])),
  });

  it('nothing of the workspace is applied, and Manage Workspace Trust is offered', async () => {
    const { window } = fixture().alice;
    await window.runCommand(command);
    const notification = await window.notification(
      'Role manifests of a folder that is not trusted are not applied.',
    );
    assert.deepEqual(await notification.buttons(), ['Manage Workspace Trust']);
    assert.deepEqual(requestableRoles(fixture()), usualRoles);
  });
});
