import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestPerson } from '../../../scripts/hosts/people.ts';
import { signInUser } from '../../../demo/createCluster.ts';
import {
  createApprovedRequest,
  beginRequest,
  clearNotifications,
  elevate,
  answerForm,
  statusItemId,
  openViews,
  privateHomes,
  clusterRequests,
  runAndRead,
  setFaults,
  tsh,
  typePassword,
  until,
} from '../../support/e2e/course.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';
import type { Workbench } from '../../support/e2e/workbench.ts';

/** Returns the text of the visible document, copied as a person copies it. */
async function copyDocument(window: Workbench): Promise<string> {
  await window.page.locator('.editor-instance .view-lines').click();
  await window.press('ControlOrMeta+a', 'ControlOrMeta+c', 'ControlOrMeta+Home');
  return window.page.evaluate('navigator.clipboard.readText()');
}

describe('Signing in and out, and the Doctor', () => {
  /** Adds variables and an alias that would mislead tsh. */
  function withMisleadingSettings(person: TestPerson): TestPerson {
    const config = join(person.env['TELEPORT_HOME']!, 'config');
    mkdirSync(config, { recursive: true });
    writeFileSync(join(config, 'config.yaml'), 'aliases:\n  hello: echo hello\n');
    return { ...person, env: { ...person.env, TELEPORT_CLUSTER: 'secret-leaf', TSH_LOGGING: 'secret' } };
  }

  const fixture = useE2eFixture({ withoutReviewer: true, prepare: withMisleadingSettings });

  const terminalErrors = (window: Workbench) =>
    window.notifications(/terminal process|terminated|failed to launch/i);

  /** Runs the Doctor and waits for its verdict. @returns the text of its page */
  async function runDoctor(
    window: Workbench,
    verdict: string,
    finding: string,
    screenshot: string,
  ): Promise<string> {
    await window.runCommand('JIT Access: Run Doctor');
    const lines = window.page.locator('.editor-instance .view-lines');
    // Waits for the finding first, because the page may still show the previous result.
    await lines.filter({ hasText: new RegExp(finding) }).waitFor();
    await lines.filter({ hasText: new RegExp(verdict) }).waitFor();
    await takeScreenshot(window, screenshot);
    return copyDocument(window);
  }

  it('the Doctor says what works, and what it knows, with no secret in it', async () => {
    const { window } = fixture().alice;
    await openViews(window);
    const text = await runDoctor(window, 'All.is.well', 'Programs', '86-doctor');
    for (const line of [
      /^All is well\n\nPrograms\ntsh: +│ .*\/tsh\n +found on PATH\ntsh version: +│ 17\./,
      /^tctl version: +│ 17\./m,
      /^Who: +│ alice\nCluster: +│ ent\.example\.test$/m,
      /^Reach: +tsh request ls answered in \d+ ms$/m,
      /^tctl status: +│ ent\.example\.test$/m,
      /^tctl as you: +answers which roles you may ask for$/m,
      /^ {2}works +know which roles you may ask for/m,
      /^ {2}not tried +review requests/m,
      /^Clock: +not known/m,
      /^Variables: +│ TELEPORT_CLUSTER\n +│ TSH_LOGGING$/m,
      /^Aliases: +│ .*config\.yaml\n +has aliases; kept from working/m,
      /^Profile folder:.*\n +yours alone \(mode 700\)$/m,
      /^Trust: +workspace trusted$/m,
    ]) {
      assert.match(text, line);
    }
    assert.doesNotMatch(text, /secret|demo-private-key|echo hello/);
  });

  it('a wrong password leaves the words of tsh in the terminal, and no error of VS Code', async () => {
    const { window } = fixture().alice;
    await openViews(window);
    await beginRequest(window);
    await answerForm(window, 'INC-1 typed before signing in');
    await tsh(fixture(), 'alice', 'logout');
    await window.waitForStatus(statusItemId, 'signed out');
    await window.input.pick('Send Request');
    const notification = await window.notification('You are signed out of Teleport. Sign in to go on.');
    await notification.press('Sign In');
    await typePassword(window, 'wrong');
    await window.terminal.shows('ERROR: invalid credentials');
    await window.terminal.shows('Not signed in. Press Enter to close.');
    await takeScreenshot(window, '80-wrong-password');
    await window.page.keyboard.press('Enter');
    await window.notification('You are not signed in yet.');
    await takeScreenshot(window, '81-not-signed-in');
    assert.equal(await terminalErrors(window).count(), 0);
  });

  it('signing in again goes on with what was typed', async () => {
    const { window } = fixture().alice;
    const notification = await window.notification('You are not signed in yet.');
    assert.deepEqual(await notification.buttons(), ['Sign In Again']);
    await notification.press('Sign In Again');
    await typePassword(window, 'demo');
    await window.notification('Request for kube-admin sent.');
    await takeScreenshot(window, '82-went-on');
    assert.deepEqual(
      clusterRequests(fixture()).map(({ reason }) => reason),
      ['INC-1 typed before signing in'],
    );
    assert.equal(await window.notifications(/signed (in|out)/).count(), 0);
    assert.equal(await terminalErrors(window).count(), 0);
  });

  it('signing in another way than by the message goes on as well', async () => {
    const { window } = fixture().alice;
    await clearNotifications(window);
    await beginRequest(window);
    await answerForm(window, 'INC-3 signed in by the palette');
    await tsh(fixture(), 'alice', 'logout');
    await window.waitForStatus(statusItemId, 'signed out');
    await window.input.pick('Send Request');
    await (await window.notification('You are signed out of Teleport. Sign in to go on.')).press('Sign In');
    await typePassword(window, 'wrong');
    await window.terminal.shows('Not signed in. Press Enter to close.');
    await window.page.keyboard.press('Enter');
    await window.notification('You are not signed in yet.');
    await window.runCommand('JIT Access: Sign In');
    await window.input.chooseFirst();
    await typePassword(window, 'demo');
    await window.notification('Request for kube-admin sent.');
    assert.equal(clusterRequests(fixture()).filter(({ reason }) => reason.startsWith('INC-3')).length, 1);
  });

  it('signing out says what ends, and gives back first what is elevated', async () => {
    const { window, person } = fixture().alice;
    await clearNotifications(window);
    await createApprovedRequest(fixture(), { reason: 'INC-2 to be given back' });
    await window.runCommand('JIT Access: Refresh');
    await elevate(window);
    await runAndRead(window, 'clear; echo "cluster=$TELEPORT_CLUSTER;"', /^cluster=;/);
    await window.runCommand('JIT Access: Sign Out…');
    const dialogText = await window.modalText();
    assert.match(dialogText, /Sign out of ent\.example\.test\?/);
    assert.match(dialogText, /“?alice”? at “?ent\.example\.test/);
    assert.match(dialogText, /The elevated terminal of kube-admin is given back first\./);
    assert.match(dialogText, /Requests that wait for a decision stay/);
    await takeScreenshot(window, '83-sign-out');
    await window.pressModal('Sign Out');
    await window.notification('given back here');
    await window.notification('Signed out of ent.example.test.');
    await window.waitForStatus(statusItemId, 'signed out');
    await window.view('My Access').welcome.getByText('You are signed out of Teleport.').waitFor();
    await takeScreenshot(window, '84-signed-out');
    await until('no private home is left', () => privateHomes(person).length === 0);
    assert.match((await tsh(fixture(), 'alice', 'status')).stderr, /Not logged in/);
  });

  it('when tsh fails to sign out, it says what has happened and what has not', async () => {
    const { window } = fixture().alice;
    await signInUser(fixture().demo.dir, 'alice', fixture().demo.homes['alice']!);
    await elevate(window);
    setFaults(fixture(), { match: 'logout', do: 'fail', times: 1 });
    await window.runCommand('JIT Access: Sign Out…');
    await window.pressModal('Sign Out');
    const failed = await window.modalText('you are still signed in');
    assert.match(
      failed,
      /^What was elevated is given back, but you are still signed in\. Teleport refused\./,
    );
    assert.match(failed, /tsh said: “rpc error/);
    await takeScreenshot(window, '85-not-signed-out');
    await window.pressModal('Try Again');
    await window.notification('Signed out of ent.example.test.');
  });

  it('signed out and offline, the Doctor says so first, and what to do', async () => {
    const { window } = fixture().alice;
    const out = await runDoctor(window, '1.thing.needs', 'You.are.signed.out', '92-doctor-signed-out');
    assert.match(
      out,
      /^1 thing needs attention\n\n1\. You are signed out of Teleport\.\n {3}Run the command/,
    );
    await signInUser(fixture().demo.dir, 'alice', fixture().demo.homes['alice']!);
    setFaults(fixture(), { match: 'request ls', do: 'offline' });
    const offline = await runDoctor(window, '1.thing.needs', 'cannot.be.reached', '93-doctor-offline');
    assert.match(offline, /^1\. The Teleport cluster cannot be reached/m);
    setFaults(fixture());
  });
});
