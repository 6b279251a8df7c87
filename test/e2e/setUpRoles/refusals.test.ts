import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';
import { beginWizard, enterUntil, teams, tick, withStandingRights } from '../../support/e2e/wizard.ts';
import type { Workbench } from '../../support/e2e/workbench.ts';

describe('Set Up Roles, for what is another’s or cannot be read', () => {
  const fixture = useE2eFixture({ people: ['eve'], withoutReviewer: true, prepare: withStandingRights });
  const eve = (): Workbench => fixture().alice.window;
  const folder = (): string => join(fixture().alice.person.workspace, 'teleport', 'roles');

  it('a role of Terraform is shown as a difference and not written', async () => {
    await beginWizard(eve());
    await tick(eve(), 'data-team');
    await enterUntil(eve(), 'for which role');
    await eve().input.pick('node-root');
    await eve().input.step(/how long/);
    await enterUntil(eve(), 'rules', 'approvals', 'who approves', 'suggested', 'write');
    await eve().input.row('Write Manifests').waitFor();
    await takeScreenshot(eve(), '210-wizard-terraform');
    await eve().press('Enter');
    const notification = await eve().notification('2 manifests written. Nothing has been sent yet.');
    assert.match(await notification.text(), /data-team belongs to another program: it is only shown/);
    assert.deepEqual(readdirSync(folder()).sort(), [
      'node-root-reviewer.yaml',
      'node-root.yaml',
      'teams.yaml',
    ]);
    await takeScreenshot(eve(), '211-wizard-terraform-differences');
  });

  it('Apply… asks about the files that were written, and about no other', async () => {
    const notification = await eve().notification('2 manifests written.');
    await notification.press('Apply…');
    const dialogText = await eve().modalText(/Apply these roles/);
    for (const name of [/node-root\b/, /node-root-reviewer/]) assert.match(dialogText, name);
    assert.doesNotMatch(dialogText, /data-team|dev-team|ops/);
    await takeScreenshot(eve(), '211-wizard-apply');
    await eve().pressModal('Cancel');
  });

  it('a manifest that cannot be read is opened at the place; nothing is written', async () => {
    const broken = teams.replace('kind: role', 'kind: role\nkind: role');
    await writeFile(join(folder(), 'teams.yaml'), broken);
    await beginWizard(eve());
    await tick(eve(), 'ops');
    await enterUntil(eve(), 'for which role', 'how long', 'rules', 'approvals', 'who approves');
    await enterUntil(eve(), 'suggested', 'write');
    await eve().input.row('Write Manifests').waitFor();
    await eve().press('Enter');
    await eve().notification('teams.yaml cannot be read as a role manifest');
    await eve().editorTab('teams.yaml').waitFor();
    await takeScreenshot(eve(), '212-wizard-unreadable');
    assert.equal(readFileSync(join(folder(), 'teams.yaml'), 'utf8'), broken);
  });

  it('Open Role Manifest opens what the workspace has, and offers to fetch what it has not', async () => {
    await writeFile(join(folder(), 'teams.yaml'), teams);
    await eve().runCommand('JIT Access: Open Role Manifest…');
    await eve().input.row('prod-dba').waitFor();
    await eve().input.pick('prod-dba');
    await eve().input.row('Fetch It into teleport/roles').waitFor();
    await takeScreenshot(eve(), '213-open-manifest');
    await eve().input.chooseFirst();
    await eve().editorTab('prod-dba.yaml').waitFor();
    assert.match(readFileSync(join(folder(), 'prod-dba.yaml'), 'utf8'), /db_users/);
  });
});

describe('Set Up Roles in Restricted Mode', () => {
  const fixture = useE2eFixture({
    people: ['eve'],
    withoutReviewer: true,
    trust: true,
    settings: {
      'security.workspace.trust.startupPrompt': 'never',
      'security.workspace.trust.banner': 'never',
    },
  });

  it('writes manifests, and says that applying them takes a trusted folder', async () => {
    const { window, person } = fixture().alice;
    await beginWizard(window);
    await tick(window, 'prod-team');
    await enterUntil(window, 'for which role', 'how long', 'rules', 'approvals');
    // The wizard says when an answer weakens other requests of the role or leaves them without a reviewer.
    await window.input.focusedRow('Two approvals').waitFor();
    const weaker = await window.input.row('One approval').innerText();
    assert.match(weaker, /also changes two-eyes of prod-team: 2 → 1 approvals/);
    await takeScreenshot(window, '214-wizard-weaker');
    await window.input.pick('Two approvals, of different teams');
    await window.input.step(/who approves/);
    await window.input.focusedRow('reviewer').waitFor();
    const unapprovable = await window.input.row('kube-admin-reviewer').innerText();
    assert.match(unapprovable, /does not review two-eyes of prod-team: nobody could approve these/);
    await takeScreenshot(window, '214-wizard-stranded');
    await window.input.pick('kube-admin-reviewer');
    await window.input.button('Back');
    await window.input.step(/approvals/);
    await window.input.pick('Two approvals');
    await window.input.step(/who approves/);
    await enterUntil(window, 'suggested', 'write');
    await window.press('Enter');
    const notification = await window.notification('1 manifest written. Nothing has been sent yet.');
    assert.match(await notification.text(), /To apply them, trust this folder/);
    assert.deepEqual((await notification.buttons()).slice(0, 2), ['Manage Workspace Trust', 'Undo']);
    assert.deepEqual(readdirSync(join(person.workspace, 'teleport', 'roles')), ['prod-team.yaml']);
    await takeScreenshot(window, '214-wizard-restricted');
  });
});
