import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { statusItemId, minutes, openViews, setFaults, tsh } from '../support/e2e/course.ts';
import { takeScreenshot } from '../support/e2e/pictures.ts';
import { useE2eFixture } from '../support/e2e/stage.ts';

describe('When there is nothing to show, it says why and leads on', () => {
  const world = useE2eFixture({ withoutReviewer: true });

  /** Waits for what both views say while they are empty, and for the button that leads on. */
  async function says(words: string, button: string): Promise<void> {
    const { window } = world().alice;
    for (const name of ['My Access', 'To Review']) {
      const { welcome } = window.view(name);
      await welcome.getByText(words).waitFor();
      await welcome.getByRole('button', { name: button, exact: true }).waitFor();
    }
  }

  const press = (button: string): Promise<void> =>
    world().alice.window.view('My Access').welcome.getByRole('button', { name: button, exact: true }).click();

  /** Changes a user setting in the file; a window reads it when it opens. */
  async function set(key: string, value: unknown): Promise<void> {
    const { window } = world().alice;
    const file = join(world().alice.person.userData, 'User', 'settings.json');
    const settings = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...settings, [key]: value }));
    await window.reload();
    await openViews(window);
  }

  /** A program beside the demo's that does what `script` says, in place of tsh. */
  function fake(name: string, script: string): string {
    const path = join(world().alice.person.folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return path;
  }

  it('offline: Try Again', async () => {
    const { window } = world().alice;
    setFaults(world(), { match: 'request ls', do: 'offline' });
    await openViews(window);
    await says('The cluster cannot be reached, so nothing is known just now.', 'Try Again');
    await takeScreenshot(window, '70-offline');
    setFaults(world());
    await press('Try Again');
    await empty('Nothing is elevated, and nothing waits.');
  });

  async function empty(words: string): Promise<void> {
    await world().alice.window.view('My Access').welcome.getByText(words).waitFor();
  }

  it('tsh that answers garbage: Try Again', async () => {
    const { window } = world().alice;
    setFaults(world(), { match: 'status', do: 'garbage' });
    await window.runCommand('JIT Access: Refresh');
    await says('tsh does not answer properly, so nothing is known just now.', 'Try Again');
    await takeScreenshot(window, '71-garbage');
    setFaults(world());
    await press('Try Again');
    await empty('Nothing is elevated, and nothing waits.');
  });

  it('signed out: Sign In, in a terminal where a password can be typed', async () => {
    const { window } = world().alice;
    await tsh(world(), 'alice', 'logout');
    await says('You are signed out of Teleport.', 'Sign In');
    await window.waitForStatus(statusItemId, 'signed out');
    await takeScreenshot(window, '72-signed-out');
    await press('Sign In');
    await window.terminal.shows(/Enter password for Teleport user alice/);
    await window.terminal.screen.click();
    await window.page.keyboard.type('demo\n');
    await empty('Nothing is elevated, and nothing waits.');
  });

  it('expired: Sign In', async () => {
    const { window } = world().alice;
    await world().moveClock(minutes(13 * 60));
    await says('Your Teleport login has expired.', 'Sign In');
    await window.waitForStatus(statusItemId, 'login expired');
    await takeScreenshot(window, '73-expired');
    await press('Sign In');
    await window.terminal.shows(/Enter password for Teleport user alice/);
    await window.terminal.screen.click();
    await window.page.keyboard.type('demo\n');
    await empty('Nothing is elevated, and nothing waits.');
  });

  it('tsh too old: Look Again', async () => {
    const { window } = world().alice;
    await set(
      'jitAccess.tshPath',
      fake('old-tsh', `echo '{"version":"13.4.26","gitref":"","runtime":"go1.21"}'`),
    );
    await says('This tsh is too old: version 14 or newer is needed.', 'Look Again');
    await window.waitForStatus(statusItemId, 'tsh too old');
    await takeScreenshot(window, '74-too-old');
  });

  it('tsh missing: Open Settings, at ours', async () => {
    const { window } = world().alice;
    await set('jitAccess.tshPath', '/nowhere/tsh');
    await says('tsh was not found on this machine.', 'Open Settings');
    await window.waitForStatus(statusItemId, 'tsh not found');
    await takeScreenshot(window, '75-missing');
    await press('Open Settings');
    await window.page.locator('.settings-editor').getByText('Tsh Path').first().waitFor();
    await takeScreenshot(window, '76-settings');
  });

  it('asking without tsh says what to do and keeps nothing waiting', async () => {
    const { window } = world().alice;
    await window.runCommand('JIT Access: Request Access…');
    const said = await window.notification('tsh was not found.');
    assert.deepEqual(await said.buttons(), ['Open Settings']);
  });
});
