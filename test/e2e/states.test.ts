import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { statusItemId, minutes, openViews, setFaults, tsh, typePassword } from '../support/e2e/course.ts';
import { takeScreenshot } from '../support/e2e/pictures.ts';
import { useE2eFixture } from '../support/e2e/useE2eFixture.ts';

describe('When there is nothing to show, it says why and leads on', () => {
  const fixture = useE2eFixture({ withoutReviewer: true });

  /** Waits until both views are empty and show the text and the button. */
  async function waitForWelcome(text: string, button: string): Promise<void> {
    const { window } = fixture().alice;
    for (const name of ['My Access', 'To Review']) {
      const { welcome } = window.view(name);
      await welcome.getByText(text).waitFor();
      await welcome.getByRole('button', { name: button, exact: true }).waitFor();
    }
  }

  const press = (button: string): Promise<void> =>
    fixture()
      .alice.window.view('My Access')
      .welcome.getByRole('button', { name: button, exact: true })
      .click();

  /** Changes a user setting in its file and reloads the window, which then reads the file. */
  async function changeSetting(key: string, value: unknown): Promise<void> {
    const { window } = fixture().alice;
    const file = join(fixture().alice.person.userData, 'User', 'settings.json');
    const settings = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...settings, [key]: value }));
    await window.reload();
    await openViews(window);
  }

  /** Writes a program that runs `script` and that replaces tsh. @returns its path */
  function writeFakeTsh(name: string, script: string): string {
    const path = join(fixture().alice.person.folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return path;
  }

  it('offline: Try Again', async () => {
    const { window } = fixture().alice;
    setFaults(fixture(), { match: 'request ls', do: 'offline' });
    await openViews(window);
    await waitForWelcome('The cluster cannot be reached, so nothing is known just now.', 'Try Again');
    await takeScreenshot(window, '70-offline');
    setFaults(fixture());
    await press('Try Again');
    await waitForEmptyView('Nothing is elevated, and nothing waits.');
  });

  async function waitForEmptyView(text: string): Promise<void> {
    await fixture().alice.window.view('My Access').welcome.getByText(text).waitFor();
  }

  it('tsh that answers garbage: Try Again', async () => {
    const { window } = fixture().alice;
    setFaults(fixture(), { match: 'status', do: 'garbage' });
    await window.runCommand('JIT Access: Refresh');
    await waitForWelcome('tsh does not answer properly, so nothing is known just now.', 'Try Again');
    await takeScreenshot(window, '71-garbage');
    setFaults(fixture());
    await press('Try Again');
    await waitForEmptyView('Nothing is elevated, and nothing waits.');
  });

  it('signed out: Sign In, in a terminal where a password can be typed', async () => {
    const { window } = fixture().alice;
    await tsh(fixture(), 'alice', 'logout');
    await waitForWelcome('You are signed out of Teleport.', 'Sign In');
    await window.waitForStatus(statusItemId, 'signed out');
    await takeScreenshot(window, '72-signed-out');
    await press('Sign In');
    await window.input.chooseFirst();
    await typePassword(window, 'demo');
    await waitForEmptyView('Nothing is elevated, and nothing waits.');
  });

  it('expired: Sign In', async () => {
    const { window } = fixture().alice;
    await fixture().moveClock(minutes(13 * 60));
    await waitForWelcome('Your Teleport login has expired.', 'Sign In');
    await window.waitForStatus(statusItemId, 'login expired');
    await takeScreenshot(window, '73-expired');
    await press('Sign In');
    await window.input.chooseFirst();
    await typePassword(window, 'demo');
    await waitForEmptyView('Nothing is elevated, and nothing waits.');
  });

  it('tsh too old: Look Again', async () => {
    const { window } = fixture().alice;
    await changeSetting(
      'jitAccess.tshPath',
      writeFakeTsh('old-tsh', `echo '{"version":"13.4.26","gitref":"","runtime":"go1.21"}'`),
    );
    await waitForWelcome('This tsh is too old: version 14 or newer is needed.', 'Look Again');
    await window.waitForStatus(statusItemId, 'tsh too old');
    await takeScreenshot(window, '74-too-old');
  });

  it('tsh missing: Open Settings, at ours', async () => {
    const { window } = fixture().alice;
    await changeSetting('jitAccess.tshPath', '/nowhere/tsh');
    await waitForWelcome('tsh was not found on this machine.', 'Open Settings');
    await window.waitForStatus(statusItemId, 'tsh not found');
    await takeScreenshot(window, '75-missing');
    await press('Open Settings');
    await window.page.locator('.settings-editor').getByText('Tsh Path').first().waitFor();
    await takeScreenshot(window, '76-settings');
  });

  it('asking without tsh says what to do and keeps nothing waiting', async () => {
    const { window } = fixture().alice;
    await window.runCommand('JIT Access: Request Access…');
    const notification = await window.notification('tsh was not found.');
    assert.deepEqual(await notification.buttons(), ['Open Settings']);
    await notification.clear();
  });

  it('a relative path in a setting is refused, with the reason and what to write', async () => {
    const { window } = fixture().alice;
    await changeSetting('jitAccess.tshPath', '~/bin/tsh');
    await window.runCommand('JIT Access: Request Access…');
    const notification = await window.notification('"Tsh Path" is not used');
    assert.match(await notification.text(), /not a full path.*Write the whole path/);
    await notification.clear();
    await changeSetting('jitAccess.teleportHome', '.tsh');
    const refused = await window.notification('"Teleport Home" is not used');
    assert.deepEqual(await refused.buttons(), ['Open Settings']);
  });
});
