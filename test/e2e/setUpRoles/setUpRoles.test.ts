import { execa } from 'execa';
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DemoTestCluster, TestPerson } from '../../../scripts/hosts/people.ts';
import { until } from '../../support/e2e/course.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';
import type { Workbench } from '../../support/e2e/workbench.ts';

/** The roles of two teams as an administrator keeps them: in one file, with comments and mixed styles. */
const teams = `# Ordinary rights. Ask Dana before changing this.
kind: role
version: v7
metadata: { name: dev-team }
spec:
  options: { max_session_ttl: 12h }
  allow:
    logins: [dev]   # one login for all of dev
    kubernetes_labels: { env: dev }
    kubernetes_groups:
      - developers
      - system:masters # since the outage of March
---
kind: role
version: v7
metadata: { name: ops }
spec:
  allow: { logins: [ops] }
`;
const terraformed = `kind: role
version: v7
metadata: { name: data-team, labels: { teleport.dev/origin: terraform } }
spec:
  allow: { logins: [data] }
`;

/**
 * Prepares a cluster on which dev-team holds system:masters permanently and data-team belongs to Terraform,
 * and a workspace with a manifest of dev-team.
 */
async function withStandingRights(person: TestPerson, demo: DemoTestCluster): Promise<TestPerson> {
  const roles = join(person.workspace, 'teleport', 'roles');
  await mkdir(roles, { recursive: true });
  await writeFile(join(roles, 'teams.yaml'), teams);
  for (const [name, text] of Object.entries({ teams, terraformed })) {
    const file = join(person.folder, `${name}.yaml`);
    await writeFile(file, text);
    await execa(demo.tctl, ['create', '-f', file], { env: { TELEPORT_HOME: demo.homes['eve']! } });
  }
  return person;
}

/** Ticks the rows with these labels from the keyboard. */
async function tick(window: Workbench, ...labels: readonly string[]): Promise<void> {
  for (const label of labels) {
    for (let pressed = 0; pressed < 30; pressed += 1) {
      if (await window.input.focusedRow(label).count()) break;
      await window.press('ArrowDown');
    }
    await window.input.focusedRow(label).waitFor();
    await window.press('Space');
  }
}
const isTicked = async (window: Workbench, label: string): Promise<boolean> =>
  (await window.input.row(label).locator('.checked, input:checked').count()) > 0;

describe('Set Up Roles, from the question to the differences', () => {
  const fixture = useE2eFixture({ people: ['eve'], withoutReviewer: true, prepare: withStandingRights });
  const eve = (): Workbench => fixture().alice.window;
  const folder = (): string => join(fixture().alice.person.workspace, 'teleport', 'roles');
  const revision = async (role: string): Promise<string> => {
    const env = { TELEPORT_HOME: fixture().demo.homes['eve']! };
    const { stdout } = await execa(fixture().demo.tctl, ['get', '--format=json', `role/${role}`], { env });
    return (JSON.parse(stdout) as { metadata: { revision: string } }[])[0]!.metadata.revision;
  };
  const beginWizard = async (): Promise<void> => {
    await eve().runCommand('JIT Access: Set Up Roles…');
  };
  const rowText = async (label: string): Promise<string> => eve().input.row(label).innerText();
  let initialRevision: string;

  it('who may ask is chosen from the roles of the cluster; nothing is ticked beforehand', async () => {
    initialRevision = await revision('dev-team');
    await beginWizard();
    await eve().input.step(/Set Up Roles: who may ask/);
    const labels = await eve().input.labels();
    assert.ok(labels.includes('dev-team') && labels.includes('prod-team'), labels.join());
    assert.ok(!labels.includes('@teleport-access-approver'), 'not what Teleport keeps for itself');
    assert.equal(await isTicked(eve(), 'dev-team'), false);
    await eve().press('Enter');
    await eve().input.step(/who may ask/);
    await tick(eve(), 'dev-team');
    await takeScreenshot(eve(), '200-wizard-who');
    await eve().press('Enter');
    await eve().input.step(/for which role/);
  });

  it('the elevated role is one that is there, and what it says already is proposed; Back leads to what was ticked', async () => {
    await eve().input.row('kube-admin').waitFor();
    await takeScreenshot(eve(), '201-wizard-what');
    assert.match(await rowText('db-admin'), /Databases: every database/);
    await eve().input.button('Back');
    await eve().input.step(/who may ask/);
    assert.equal(await isTicked(eve(), 'dev-team'), true);
    await eve().press('Enter');
    await eve().input.step(/for which role/);
    await eve().input.focusedRow('kube-admin').waitFor();
    await eve().press('Enter');
    await eve().input.step(/how long/);
    await eve().input.focusedRow('1 h').waitFor();
  });

  it('more than the team allows is said, and not taken', async () => {
    await eve().page.keyboard.type('12h');
    await eve().input.row('12 h').waitFor();
    assert.match(await rowText('12 h'), /longer than your team's limit of 6 h/);
    await eve().press('Enter');
    await eve().input.showsMessage(/Your team allows 6 h at most/);
    await takeScreenshot(eve(), '202-wizard-limit');
    await eve().input.typeAndEnter('45m');
    await eve().input.step(/rules/);
  });

  it('a reason is not promised where the cluster cannot require one', async () => {
    assert.match(await rowText('A reason is required'), /Teleport 17\.0\.0-dev cannot require a reason/);
    await tick(eve(), 'MFA for each session', 'Connections end with the certificate');
    await takeScreenshot(eve(), '203-wizard-rules');
    await eve().press('Enter');
  });

  it('leaving and coming back goes on at the same step, with the same answers', async () => {
    await eve().input.step(/standing rights/);
    await eve().press('Escape');
    await eve().input.waitUntilClosed();
    await eve().reload();
    await beginWizard();
    await eve().input.step(/standing rights/);
    await eve().input.button('Back');
    await eve().input.step(/rules/);
    assert.equal(await isTicked(eve(), 'MFA for each session'), true);
    await eve().press('Enter');
  });

  it('what is held for good is said plainly, and ticked to be taken away', async () => {
    await eve().input.step(/standing rights/);
    const label = 'dev-team holds system:masters for good';
    await eve().input.row(label).waitFor();
    assert.equal(await isTicked(eve(), label), true);
    await takeScreenshot(eve(), '204-wizard-standing');
    await eve().press('Enter');
  });

  it('Enterprise shows, so it is not asked: approvals, then who reviews; who asks is not offered', async () => {
    await eve().input.step(/approvals/);
    assert.deepEqual(await eve().input.labels(), [
      'One approval',
      'Two approvals',
      'Two approvals, of different teams',
    ]);
    await takeScreenshot(eve(), '205-wizard-approvals');
    await eve().page.keyboard.type('Two approvals');
    await eve().input.focusedRow('Two approvals').waitFor();
    await eve().press('Enter');
    await eve().input.step(/who approves/);
    await eve().input.focusedRow('reviewer').waitFor();
    assert.match(await rowText('reviewer'), /does so already/);
    assert.ok(!(await eve().input.labels()).includes('dev-team'));
    await takeScreenshot(eve(), '206-wizard-approver');
    await eve().press('Enter');
    await eve().input.step(/suggested reviewers/);
    await eve().page.keyboard.type('omar');
    await eve().input.row('omar').waitFor();
    await tick(eve(), 'omar');
    await eve().press('Enter');
  });

  it('the last step lists the answers, and each can be changed', async () => {
    await eve().input.step(/write/);
    await takeScreenshot(eve(), '207-wizard-summary');
    assert.match(await rowText('Write Manifests'), /changes kube-admin, dev-team/);
    assert.match(await rowText('How long'), /45 min/);
    assert.match(await rowText('Taken away'), /system:masters from dev-team/);
    assert.match(await rowText('Approvals'), /Two approvals/);
    assert.match(await rowText('Suggested reviewers'), /omar/);
    await eve().page.keyboard.type('How long');
    await eve().input.focusedRow('How long').waitFor();
    await eve().press('Enter');
    await eve().input.step(/how long/);
    await eve().page.keyboard.type('30');
    await eve().input.focusedRow('30 min').waitFor();
    await eve().press('Enter');
    await eve().input.step(/write/);
    assert.match(await rowText('How long'), /30 min/);
    assert.deepEqual(readdirSync(folder()), ['teams.yaml'], 'nothing is written before it is asked for');
  });

  it('Write Manifests changes a file in place, fetches the role that is only on the cluster, and sends nothing', async () => {
    await eve().press('Enter');
    const notification = await eve().notification('2 manifests written. Nothing has been sent yet.');
    assert.deepEqual(await notification.buttons(), ['Apply…', 'Undo', 'What Is Left']);
    await eve()
      .editorTab(/Set Up Roles: what changes/)
      .waitFor();
    await takeScreenshot(eve(), '208-wizard-differences');
    assert.deepEqual(readdirSync(folder()).sort(), ['kube-admin.yaml', 'teams.yaml']);
    assert.equal(
      readFileSync(join(folder(), 'teams.yaml'), 'utf8'),
      teams
        .replace('      - system:masters # since the outage of March\n', '')
        .replace(
          '---\n',
          [
            '    request:',
            '      roles:',
            '        - kube-admin',
            '      thresholds:',
            '        - name: two',
            '          approve: 2',
            '          deny: 1',
            '      suggested_reviewers:',
            '        - omar',
            '---\n',
          ].join('\n'),
        ),
    );
    const fetched = readFileSync(join(folder(), 'kube-admin.yaml'), 'utf8');
    assert.match(fetched, /max_session_ttl: 30m/);
    assert.match(fetched, /require_session_mfa: true/);
    assert.doesNotMatch(fetched, /revision/);
    assert.equal(await revision('dev-team'), initialRevision);
  });

  it('what is left to do is on a page', async () => {
    // The mouse leaves the place of the last click, because a hover hint there would cover the tab.
    await eve().page.mouse.move(700, 600);
    await (await eve().notification('2 manifests written.')).press('What Is Left');
    await eve().page.getByText('cannot require a reason').first().waitFor();
    await takeScreenshot(eve(), '209-wizard-left');
  });

  it('Undo brings the files back to what they were', async () => {
    const notification = await eve().notification('2 manifests written.');
    await notification.press('Undo');
    await eve().notification('The manifests are as they were before.');
    await until('the new file is gone', () => !existsSync(join(folder(), 'kube-admin.yaml')));
    await until('the other is as it was', () => readFileSync(join(folder(), 'teams.yaml'), 'utf8') === teams);
  });
});

describe('Set Up Roles, for what is another’s or cannot be read', () => {
  const fixture = useE2eFixture({ people: ['eve'], withoutReviewer: true, prepare: withStandingRights });
  const eve = (): Workbench => fixture().alice.window;
  const folder = (): string => join(fixture().alice.person.workspace, 'teleport', 'roles');

  it('a role of Terraform is shown as a difference and not written', async () => {
    await eve().runCommand('JIT Access: Set Up Roles…');
    await eve().input.step(/who may ask/);
    await tick(eve(), 'data-team');
    await eve().press('Enter');
    await eve().input.step(/for which role/);
    await eve().input.pick('node-root');
    for (const step of [/how long/, /rules/, /approvals/, /who approves/, /suggested/]) {
      await eve().input.step(step);
      await eve().press('Enter');
    }
    await eve().input.step(/write/);
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
    await eve().runCommand('JIT Access: Set Up Roles…');
    await eve().input.step(/who may ask/);
    await tick(eve(), 'ops');
    for (const step of [
      /for which role/,
      /how long/,
      /rules/,
      /approvals/,
      /who approves/,
      /suggested/,
      /write/,
    ]) {
      await eve().press('Enter');
      await eve().input.step(step);
    }
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
    await eve().press('Enter');
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
    await window.runCommand('JIT Access: Set Up Roles…');
    await window.input.step(/who may ask/);
    await tick(window, 'prod-team');
    for (const step of [/for which role/, /how long/, /rules/, /approvals/]) {
      await window.press('Enter');
      await window.input.step(step);
    }
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
    for (const step of [/who approves/, /suggested/, /write/]) {
      await window.input.step(step);
      await window.press('Enter');
    }
    const notification = await window.notification('1 manifest written. Nothing has been sent yet.');
    assert.match(await notification.text(), /To apply them, trust this folder/);
    assert.deepEqual((await notification.buttons()).slice(0, 2), ['Manage Workspace Trust', 'Undo']);
    assert.deepEqual(readdirSync(join(person.workspace, 'teleport', 'roles')), ['prod-team.yaml']);
    await takeScreenshot(window, '214-wizard-restricted');
  });
});

/** Makes the folder of manifests a link to a folder outside the workspace. */
async function withLinkedFolder(person: TestPerson): Promise<TestPerson> {
  await mkdir(join(person.workspace, 'teleport'));
  await mkdir(join(person.folder, 'elsewhere'));
  await symlink(join(person.folder, 'elsewhere'), join(person.workspace, 'teleport', 'roles'));
  return person;
}

describe('Set Up Roles on Community, by somebody who may not read roles', () => {
  const fixture = useE2eFixture({ edition: 'community', withoutReviewer: true, prepare: withLinkedFolder });
  const alice = (): Workbench => fixture().alice.window;

  it('names are typed, and why is said; the edition is asked, since nothing shows it', async () => {
    await alice().runCommand('JIT Access: Set Up Roles…');
    await alice().input.step(/who may ask/);
    await takeScreenshot(alice(), '220-wizard-typed');
    const hint = await alice().input.widget.locator('.quick-input-box input').getAttribute('placeholder');
    assert.match(hint ?? '', /You may not read roles \(rule "role": list, read\), so type the names/);
    await alice().page.keyboard.type('dev-team');
    await alice().input.row('dev-team').waitFor();
    await tick(alice(), 'dev-team');
    for (const step of [/for which role/, /how long/, /rules/, /edition/]) {
      await alice().press('Enter');
      await alice().input.step(step);
    }
    await takeScreenshot(alice(), '221-wizard-edition');
    // No edition is selected at first, so Enter alone chooses none.
    await alice().press('Enter');
    await alice().input.step(/edition/);
    await alice().page.keyboard.type('Community');
    await alice().input.focusedRow('Teleport Community').waitFor();
    await alice().press('Enter');
  });

  it('who asks cannot approve, and what cannot be written is left to do by hand', async () => {
    await alice().input.step(/who approves/);
    await alice().input.focusedRow('access-approver').waitFor();
    for (const [name, why] of [
      ['dev-team', /they would approve their own requests/],
      ['editor', /whoever edits roles should not decide alone/],
      ['a/b', /begins with a letter or digit/],
    ] as const) {
      await alice().input.type(name);
      await alice().input.row(name).waitFor();
      assert.match(await alice().input.row(name).innerText(), why);
      await alice().press('Enter');
      await alice().input.step(/who approves/);
    }
    await takeScreenshot(alice(), '221-wizard-refused');
    await alice().input.type('');
    await alice().input.focusedRow('access-approver').waitFor();
    await alice().press('Enter');
    await alice().input.step(/write/);
    assert.match(
      await alice().input.row('Write Manifests').innerText(),
      /new: kube-admin, access-approver · by hand: dev-team/,
    );
    await takeScreenshot(alice(), '222-wizard-by-hand');
  });

  it('nothing is written through a link, and the answers are kept', async () => {
    await alice().press('Enter');
    const notification = await alice().notification('teleport/roles is a link to another place');
    assert.deepEqual(readdirSync(join(fixture().alice.person.folder, 'elsewhere')), []);
    await takeScreenshot(alice(), '223-wizard-link');
    await notification.press('Set Up Roles…');
    await alice().input.step(/write/);
    await alice().input.row('Edition').waitFor();
    await alice().press('Escape');
  });
});
