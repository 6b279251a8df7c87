import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/build.ts';
import { launchChromium } from '../../scripts/hosts/chromium.ts';
import { installExtension } from '../../scripts/hosts/install.ts';
import { demoCluster, type Demo, freshFolder, removeFolder, settle } from '../../scripts/hosts/people.ts';
import { startServer } from '../../scripts/hosts/server.ts';
import { openWorkbench, type Workbench } from '../support/e2e/workbench.ts';
import { loadedWith } from '../support/package/bundle.ts';
import { type Figure, median } from '../support/bench/figure.ts';

const windows = 10;

/** What VS Code's own account says of our activation, in ms, and of its own extensions beside it. */
interface Activation {
  readonly load: number;
  readonly activate: number;
  /** The median load of the extensions that VS Code brings: what this machine needs for one just now. */
  readonly usualLoad: number;
}

/** Reads the table of Developer: Startup Performance; it is drawn line by line, so it is copied. */
async function activationIn(window: Workbench): Promise<Activation> {
  await window.page.locator('.statusbar-item[id$="jitAccess"]').waitFor();
  await window.runCommand('Developer: Startup Performance');
  await window.page.locator('.view-line').filter({ hasText: 'System Info' }).first().waitFor();
  for (;;) {
    await window.page.locator('.monaco-editor .view-lines').last().click();
    await window.press('ControlOrMeta+A', 'ControlOrMeta+C');
    const copied = await window.page.evaluate<string>('navigator.clipboard.readText()');
    const rows = copied.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    const own = rows.find(([, id]) => id === 'jit-access.jit-access');
    const theirs = rows.filter(
      ([, id = '', , load = '']) => id.startsWith('vscode.') && /^[1-9]\d*$/.test(load),
    );
    if (!own) continue;
    const [load = NaN, activate = NaN] = own.slice(3, 5).map(Number);
    return { load, activate, usualLoad: median(theirs.map((row) => Number(row[3]))) };
  }
}

/** The same tsh, which also writes down that it was started. */
async function counting(demo: Demo, folder: string): Promise<{ bin: string; calls: () => Promise<number> }> {
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

const read = (name: string): string => readFileSync(join(root, 'dist', name), 'utf8');

/** What the extension costs who never uses it: opening windows with our views hidden. */
export async function start(): Promise<readonly Figure[]> {
  const folder = await freshFolder();
  try {
    const demo = await demoCluster(folder);
    const alice = await settle(folder, demo, 'alice');
    const { bin, calls } = await counting(demo, folder);
    const installed = join(folder, 'extensions');
    await installExtension(installed);
    const env = { ...alice.env, PATH: `${bin}:${alice.env['PATH']}` };
    const { workspace, userData } = alice;
    const server = await startServer({ which: 'newest', folder: workspace, userData, installed, env });
    const browser = await launchChromium();
    const seen: Activation[] = [];
    try {
      for (let n = 0; n < windows; n++) {
        const window = await openWorkbench(browser, server);
        seen.push(await activationIn(window));
        await window.close();
      }
    } finally {
      await browser.close();
      await server.stop();
    }
    const note = `median of ${windows} windows, as VS Code measures it in its extension host`;
    const usual = median(seen.map(({ usualLoad }) => usualLoad));
    const beside = `${note}; VS Code's own load in ${usual} ms there`;
    const entry = [...loadedWith('extension.js', read).keys()];
    const size = entry.reduce((sum, name) => sum + statSync(join(root, 'dist', name)).size, 0);
    return [
      {
        name: 'load of the entry',
        value: median(seen.map(({ load }) => load)),
        unit: 'ms',
        aim: 15,
        note: beside,
      },
      { name: 'activate()', value: median(seen.map(({ activate }) => activate)), unit: 'ms', aim: 10, note },
      {
        name: 'tsh and tctl started by it',
        value: await calls(),
        unit: '',
        aim: 0,
        note: `${windows} windows`,
      },
      { name: 'entry', value: size / 1000, unit: 'kB', aim: 100, note: `${entry.length} modules` },
    ];
  } finally {
    await removeFolder(folder);
  }
}
