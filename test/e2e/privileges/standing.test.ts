import { execa } from 'execa';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { isCatchingUp, readState } from '../../../demo/server/serverState.ts';
import {
  clearNotifications,
  decide,
  elevate,
  openViews,
  sendRequest,
  clusterRequests,
  runAndRead,
  until,
} from '../../support/e2e/course.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { saveAs, waitForSaveDialog } from '../../support/e2e/saving.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';
import { beginWizard, enterUntil } from '../../support/e2e/wizard.ts';
import type { Workbench } from '../../support/e2e/workbench.ts';

describe('From standing admin rights to requests', () => {
  // Eve administers in one window and alice works in the other. Rita approves in a shell.
  const fixture = useE2eFixture({ beforeSetup: true, people: ['eve', 'alice'] });
  const eve = (): Workbench => fixture().alice.window;
  const alice = (): Workbench => fixture().rita.window;

  /** Finds a line of the report, in which VS Code draws spaces as no-break spaces. */
  const line = (text: string) =>
    eve()
      .page.locator('.editor-instance .view-line')
      .filter({ hasText: new RegExp(text.replaceAll(' ', '\\s')) })
      .first();
  /** Runs kubectl with alice's main login. @returns its output */
  async function mainLoginKubectl(): Promise<string> {
    const { person } = fixture().rita;
    const kubeconfig = join(person.folder, 'kubeconfig');
    const env = { TELEPORT_HOME: fixture().demo.homes['alice']!, KUBECONFIG: kubeconfig };
    await execa(fixture().demo.tsh, ['kube', 'login', 'prod-eu'], { env });
    const kubectl = join(fixture().demo.tsh, '..', 'kubectl');
    const { stdout, stderr } = await execa(kubectl, ['get', 'pods', '-A'], { env, reject: false });
    return stdout + stderr;
  }

  it('before: the check says who is administrator for good, and by which field', async () => {
    await openViews(eve());
    await eve().runCommand('JIT Access: Check Standing Privileges');
    await line('2 of 5 people hold standing admin rights: alice, eve').waitFor();
    await line('alice → dev-team → spec.allow.kubernetes_groups').waitFor();
    await takeScreenshot(eve(), '300-before');
    assert.match(await mainLoginKubectl(), /NAME/);
  });

  it('the wizard: dev-team asks for kube-admin instead of holding what it gives', async () => {
    const { input } = eve();
    await beginWizard(eve());
    await input.pick('dev-team');
    await enterUntil(eve(), 'for which role');
    await input.pick('kube-admin');
    await input.step(/how long/);
    await input.pick('1 h');
    await input.step(/rules/);
    await enterUntil(eve(), 'standing rights');
    await input.row('dev-team holds system:masters for good').waitFor();
    await takeScreenshot(eve(), '301-standing-rights');
    await enterUntil(eve(), 'approvals');
    await input.pick('One approval');
    await input.step(/who approves/);
    await input.pick('reviewer');
    await input.step(/suggested reviewers/);
    await enterUntil(eve(), 'write');
    await takeScreenshot(eve(), '302-answers');
    await input.pick('Write Manifests');
    await eve().notification('3 manifests written. Nothing has been sent yet.');
    await eve()
      .editorTab(/what changes/)
      .waitFor();
    await takeScreenshot(eve(), '303-differences');
  });

  it('Apply sends exactly what was shown, and reads it back', async () => {
    await (await eve().notification('3 manifests written.')).press('Apply…');
    const dialogText = await eve().modalText('Apply these roles to');
    assert.match(dialogText, /kube-admin: a new role/);
    assert.match(dialogText, /kubernetes_groups: − “system:masters”/);
    await takeScreenshot(eve(), '304-apply');
    await eve().pressModal('Apply');
    await eve().notification(
      /kube-admin, reviewer, dev-team applied to ent\.example\.test, read back \d\d:\d\d\./,
    );
    await takeScreenshot(eve(), '305-applied');
    assert.match(await mainLoginKubectl(), /[Ff]orbidden/);
  });

  it('after: the check is clean but for who administers Teleport, which is accepted with an owner and an end', async () => {
    const { input } = eve();
    await clearNotifications(eve());
    await until('the lists show what was applied', () => !isCatchingUp(readState(fixture().demo.dir)));
    await eve().runCommand('JIT Access: Check Standing Privileges');
    await line('1 of 5 people holds standing admin rights: eve').waitFor();
    await takeScreenshot(eve(), '306-after');
    await eve().runCommand('JIT Access: Accept Finding…');
    await input.row('editor: may change who has which rights').click();
    await input.step(/who answers for it/);
    await input.typeAndEnter('rita');
    await input.step(/why/);
    await input.typeAndEnter('the one who administers Teleport; sealed, reviewed each quarter');
    await input.step(/until when/);
    await input.accept();
    await input.step(/Where to keep the file/);
    await waitForSaveDialog(eve());
    await takeScreenshot(eve(), '307-where-to-keep');
    const clean = line('Nobody holds standing admin rights, but for 1 accepted exception: eve; 5 users');
    await saveAs(eve(), join(fixture().alice.person.folder, 'exceptions.yaml'), clean);
    await line('No findings').waitFor();
    await clearNotifications(eve());
    await takeScreenshot(eve(), '308-clean');
  });

  it('the course goes on: alice asks for the new role, rita approves, a terminal alone is elevated', async () => {
    await openViews(alice());
    await sendRequest(alice(), 'INC-4711 the pods of XYZ crash');
    await alice().notification('Request for kube-admin sent.');
    const [request] = clusterRequests(fixture());
    assert.ok(request);
    assert.deepEqual(request.roles, ['kube-admin']);
    await decide(fixture(), request.id, 'approve');
    await alice().notification('kube-admin approved');
    await elevate(alice());
    await runAndRead(alice(), 'clear; kubectl get pods -A', /NAME/);
    await takeScreenshot(alice(), '309-course');
    assert.match(await mainLoginKubectl(), /[Ff]orbidden/);
  });

  it('who may read nothing is told which rules are lacking', async () => {
    await alice().runCommand('JIT Access: Check Standing Privileges');
    const notification = await alice().notification('Nothing could be read to check standing privileges.');
    assert.deepEqual(await notification.buttons(), ['Show Log']);
    await takeScreenshot(alice(), '137-nothing-readable');
  });
});
