import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/build.ts';
import { launchChromium } from '../../scripts/hosts/chromium.ts';
import { installExtension } from '../../scripts/hosts/installExtension.ts';
import {
  createDemoCluster,
  type DemoTestCluster,
  freshFolder,
  removeFolder,
  setUpPerson,
} from '../../scripts/hosts/people.ts';
import { startServer } from '../../scripts/hosts/server.ts';
import { openWorkbench, type Workbench } from '../support/e2e/workbench.ts';
import { staticModules } from '../support/package/bundle.ts';
import { type Figure, median } from '../support/bench/figure.ts';

const windowCount = 10;

/** The load and activation times of the extension that VS Code reports, in ms. */
interface Activation {
  readonly load: number;
  readonly activate: number;
  /** The median load time of VS Code's built-in extensions, as a measure of this machine's current speed. */
  readonly usualLoad: number;
}

/**
 * Reads the table of Developer: Startup Performance by the clipboard, because the editor displays only some
 * lines.
 */
async function activationIn(window: Workbench): Promise<Activation> {
  await window.page.locator('.statusbar-item[id$="jitAccess"]').waitFor();
  await window.runCommand('Developer: Startup Performance');
  await window.page.locator('.view-line').filter({ hasText: 'System Info' }).first().waitFor();
  for (;;) {
    await window.page.locator('.monaco-editor .view-lines').last().click();
    await window.press('ControlOrMeta+A', 'ControlOrMeta+C');
    const copied = await window.page.evaluate<string>('navigator.clipboard.readText()');
    const rows = copied.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    const ours = rows.find(([, id]) => id === 'jit-access.jit-access');
    const builtIn = rows.filter(
      ([, id = '', , load = '']) => id.startsWith('vscode.') && /^[1-9]\d*$/.test(load),
    );
    if (!ours) continue;
    const [load = NaN, activate = NaN] = ours.slice(3, 5).map(Number);
    return { load, activate, usualLoad: median(builtIn.map((row) => Number(row[3]))) };
  }
}

/** Makes wrappers of tsh and tctl that count their calls. */
async function countingPrograms(
  demo: DemoTestCluster,
  folder: string,
): Promise<{ bin: string; calls: () => Promise<number> }> {
  const [bin, log] = [join(folder, 'bin'), join(folder, 'calls')];
  await mkdir(bin);
  await writeFile(log, '');
  for (const name of ['tsh', 'tctl'] as const) {
    const program = join(bin, name);
    await writeFile(program, `#!/bin/sh\necho "${name} $*" >> '${log}'\nexec '${demo[name]}' "$@"\n`);
    await chmod(program, 0o755);
  }
  return { bin, calls: async () => (await readFile(log, 'utf8')).split('\n').length - 1 };
}

const readModule = (name: string): string => readFileSync(join(root, 'dist', name), 'utf8');

/** Measures the cost for people who do not use the extension: windows are opened with its views hidden. */
export async function start(): Promise<readonly Figure[]> {
  const folder = await freshFolder();
  try {
    const demo = await createDemoCluster(folder);
    const alice = await setUpPerson(folder, demo, 'alice');
    const { bin, calls } = await countingPrograms(demo, folder);
    const installed = join(folder, 'extensions');
    await installExtension(installed);
    const env = { ...alice.env, PATH: `${bin}:${alice.env['PATH']}` };
    const { workspace, userData } = alice;
    const server = await startServer({ release: 'newest', folder: workspace, userData, installed, env });
    const browser = await launchChromium();
    const activations: Activation[] = [];
    try {
      for (let n = 0; n < windowCount; n++) {
        const window = await openWorkbench(browser, server);
        activations.push(await activationIn(window));
        await window.close();
      }
    } finally {
      await browser.close();
      await server.stop();
    }
    const note = `median of ${windowCount} windows, as VS Code measures it in its extension host`;
    const usualLoad = median(activations.map(({ usualLoad }) => usualLoad));
    const loadNote = `${note}; VS Code's own load in ${usualLoad} ms there`;
    const entry = [...staticModules('extension.js', readModule).keys()];
    const size = entry.reduce((sum, name) => sum + statSync(join(root, 'dist', name)).size, 0);
    return [
      {
        name: 'load of the entry',
        value: median(activations.map(({ load }) => load)),
        unit: 'ms',
        target: 15,
        note: loadNote,
      },
      {
        name: 'activate()',
        value: median(activations.map(({ activate }) => activate)),
        unit: 'ms',
        target: 10,
        note,
      },
      {
        name: 'tsh and tctl started by it',
        value: await calls(),
        unit: '',
        target: 0,
        note: `${windowCount} windows`,
      },
      { name: 'entry', value: size / 1000, unit: 'kB', target: 100, note: `${entry.length} modules` },
    ];
  } finally {
    await removeFolder(folder);
  }
}
