import { execa } from 'execa';
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../../scripts/hosts/chromium.ts';
import {
  type DemoTestCluster,
  createDemoCluster,
  freshFolder,
  type TestPerson,
  removeFolder,
  setUpPerson,
} from '../../scripts/hosts/people.ts';
import { type Server, startServer } from '../../scripts/hosts/server.ts';
import { ensureServer } from '../../scripts/hosts/vscode.ts';
import { packExtension } from '../../scripts/package.ts';
import { openWorkbench, type Workbench } from '../support/e2e/workbench.ts';

const hour = 3_600_000;

/** Installs a package with VS Code's own installer, as a person does. @returns the output */
async function install(vsix: string, { userData }: TestPerson, installed: string): Promise<string> {
  const { node, main } = await ensureServer('newest');
  const folders = [`--user-data-dir=${userData}`, `--extensions-dir=${installed}`];
  const { stdout } = await execa(node, [main, `--install-extension=${vsix}`, ...folders], {
    env: { EXTENSIONS_GALLERY: '{"serviceUrl":""}' },
  });
  return stdout;
}

describe('installed from the package', () => {
  let folder: string;
  let demo: DemoTestCluster;
  let browser: Browser | undefined;
  let server: Server | undefined;
  let window: Workbench;
  let clock: string;

  before(async () => {
    folder = await freshFolder();
    demo = await createDemoCluster(folder);
    const alice = await setUpPerson(folder, demo, 'alice');
    const vsix = join(folder, 'package.vsix');
    const installed = join(folder, 'extensions');
    await mkdir(installed);
    await packExtension(vsix);
    assert.match(await install(vsix, alice, installed), /successfully installed/);
    // Only the extension could read this clock file. The cluster keeps the real time.
    clock = join(folder, 'clock');
    const { workspace, userData, env } = alice;
    server = await startServer({
      release: 'newest',
      folder: workspace,
      userData,
      installed,
      env: { ...env, JIT_ACCESS_DEMO_CLOCK: clock },
    });
    browser = await launchChromium();
    window = await openWorkbench(browser, server);
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
    await removeFolder(folder);
  });

  it('activates and shows both views', async () => {
    await window.openContainer('JIT Access');
    await window.view('My Access').welcome.filter({ hasText: 'Nothing is elevated' }).waitFor();
    await window.view('To Review').welcome.filter({ hasText: 'Nothing waits for your review' }).waitFor();
    await window.status('jitAccess').waitFor();
  });

  it('cannot be given another time', async () => {
    await writeFile(clock, String(13 * hour));
    const args = ['request', 'create', '--roles=kube-admin', '--reason=the clock was moved', '--nowait'];
    await execa(demo.tsh, args, { env: { TELEPORT_HOME: demo.homes['alice'] } });
    await window.runCommand('JIT Access: Refresh');
    // A window that read the file would say that alice's login, which lasts 12 hours, has expired.
    await window
      .view('My Access')
      .row(/kube-admin\s*0 of 1, waits until/)
      .waitUntilShown();
  });
});
