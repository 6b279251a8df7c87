import { execa } from 'execa';
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../support/e2e/course.ts';
import type { Input } from '../../support/e2e/input.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';
import {
  beginWizard,
  enterUntil,
  teams,
  tick,
  typeAndPick,
  withStandingRights,
} from '../../support/e2e/wizard.ts';
import type { Workbench } from '../../support/e2e/workbench.ts';

describe('Set Up Roles, from the question to the differences', () => {
  const fixture = useE2eFixture({ people: ['eve'], withoutReviewer: true, prepare: withStandingRights });
  const eve = (): Workbench => fixture().alice.window;
  const input = (): Input => eve().input;
  const folder = (): string => join(fixture().alice.person.workspace, 'teleport', 'roles');
  const revision = async (role: string): Promise<string> => {
    const env = { TELEPORT_HOME: fixture().demo.homes['eve']! };
    const { stdout } = await execa(fixture().demo.tctl, ['get', '--format=json', `role/${role}`], { env });
    return (JSON.parse(stdout) as { metadata: { revision: string } }[])[0]!.metadata.revision;
  };
  const rowText = async (label: string): Promise<string> => input().row(label).innerText();
  const isTicked = async (label: string): Promise<boolean> =>
    (await input().row(label).locator('.checked, input:checked').count()) > 0;
  let initialRevision: string;

  it('who may ask is chosen from the roles of the cluster; nothing is ticked beforehand', async () => {
    initialRevision = await revision('dev-team');
    await beginWizard(eve());
    const labels = await input().labels();
    assert.ok(labels.includes('dev-team') && labels.includes('prod-team'), labels.join());
    assert.ok(!labels.includes('@teleport-access-approver'), 'not what Teleport keeps for itself');
    assert.equal(await isTicked('dev-team'), false);
    await eve().press('Enter');
    await input().step(/who may ask/);
    await tick(eve(), 'dev-team');
    await takeScreenshot(eve(), '200-wizard-who');
    await enterUntil(eve(), 'for which role');
  });

  it('the elevated role is one that is there, and what it says already is proposed; Back leads to what was ticked', async () => {
    await input().row('kube-admin').waitFor();
    await takeScreenshot(eve(), '201-wizard-what');
    assert.match(await rowText('db-admin'), /Databases: every database/);
    await input().button('Back');
    await input().step(/who may ask/);
    assert.equal(await isTicked('dev-team'), true);
    await enterUntil(eve(), 'for which role');
    await input().focusedRow('kube-admin').waitFor();
    await enterUntil(eve(), 'how long');
    await input().focusedRow('1 h').waitFor();
  });

  it('more than the team allows is said, and not taken', async () => {
    await eve().page.keyboard.type('12h');
    await input().row('12 h').waitFor();
    assert.match(await rowText('12 h'), /longer than your team's limit of 6 h/);
    await eve().press('Enter');
    await input().showsMessage(/Your team allows 6 h at most/);
    await takeScreenshot(eve(), '202-wizard-limit');
    await input().typeAndEnter('45m');
    await input().step(/rules/);
  });

  it('a reason is not promised where the cluster cannot require one', async () => {
    assert.match(await rowText('A reason is required'), /Teleport 17\.0\.0-dev cannot require a reason/);
    await tick(eve(), 'MFA for each session', 'Connections end with the certificate');
    await takeScreenshot(eve(), '203-wizard-rules');
    await enterUntil(eve(), 'standing rights');
  });

  it('leaving and coming back goes on at the same step, with the same answers', async () => {
    await eve().press('Escape');
    await input().waitUntilClosed();
    await eve().reload();
    await eve().runCommand('JIT Access: Set Up Roles…');
    await input().step(/standing rights/);
    await input().button('Back');
    await input().step(/: rules/);
    assert.equal(await isTicked('MFA for each session'), true);
    await enterUntil(eve(), 'standing rights');
  });

  it('what is held for good is said plainly, and ticked to be taken away', async () => {
    const label = 'dev-team holds system:masters for good';
    await input().row(label).waitFor();
    assert.equal(await isTicked(label), true);
    await takeScreenshot(eve(), '204-wizard-standing');
    await enterUntil(eve(), 'approvals');
  });

  it('Enterprise shows, so it is not asked: approvals, then who reviews; who asks is not offered', async () => {
    assert.deepEqual(await input().labels(), [
      'One approval',
      'Two approvals',
      'Two approvals, of different teams',
    ]);
    await takeScreenshot(eve(), '205-wizard-approvals');
    await typeAndPick(eve(), 'Two approvals');
    await input().step(/who approves/);
    await input().focusedRow('reviewer').waitFor();
    assert.match(await rowText('reviewer'), /does so already/);
    assert.ok(!(await input().labels()).includes('dev-team'));
    await takeScreenshot(eve(), '206-wizard-approver');
    await enterUntil(eve(), 'suggested reviewers');
    await eve().page.keyboard.type('omar');
    await input().row('omar').waitFor();
    await tick(eve(), 'omar');
    await enterUntil(eve(), 'write');
  });

  it('the last step lists the answers, and each can be changed', async () => {
    await takeScreenshot(eve(), '207-wizard-summary');
    assert.match(await rowText('Write Manifests'), /changes kube-admin, dev-team/);
    assert.match(await rowText('How long'), /45 min/);
    assert.match(await rowText('Taken away'), /system:masters from dev-team/);
    assert.match(await rowText('Approvals'), /Two approvals/);
    assert.match(await rowText('Suggested reviewers'), /omar/);
    await typeAndPick(eve(), 'How long');
    await input().step(/how long/);
    await typeAndPick(eve(), '30', '30 min');
    await input().step(/write/);
    assert.match(await rowText('How long'), /30 min/);
    assert.deepEqual(readdirSync(folder()), ['teams.yaml'], 'nothing is written before it is asked for');
  });

  it('Write Manifests changes a file in place, fetches the role that is only on the cluster, and sends nothing', async () => {
    await eve().input.pick('Write Manifests');
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
