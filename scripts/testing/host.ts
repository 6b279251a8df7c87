import { once } from 'node:events';
import { glob, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { buildHostTests, root } from '../build.ts';
import { launchChromium } from '../hosts/chromium.ts';
import { runInDesktop, useDesktop } from '../hosts/desktop.ts';
import {
  createDemoCluster,
  freshFolder,
  removeFolder,
  setUpPerson,
  type TestPerson,
} from '../hosts/people.ts';
import { startServer } from '../hosts/server.ts';
import type { VscodeRelease } from '../hosts/vscode.ts';
import { readResult, resultsFolder } from './mocha.ts';
import type { TestOutcome } from './outcome.ts';

/** The module that the extension host runs. */
const suiteModule = join(root, 'dist-test', 'index.cjs');

/** The build of the suites for this process. Both releases run the same. */
let built: Promise<void> | undefined;

/** Bundles the suites of test/host, and the module that runs them. */
export async function buildSuites(): Promise<void> {
  await rm(join(root, 'dist-test'), { recursive: true, force: true });
  const entries: Record<string, string> = { index: 'test/host/index.ts' };
  for await (const file of glob('test/host/**/*.test.ts', { cwd: root }))
    entries[basename(file, '.ts')] = file;
  await buildHostTests(entries);
}

/** Puts a wrapper before the real tsh in PATH, which records the arguments of each call. */
async function recordCalls(folder: string, person: TestPerson, tsh: string): Promise<TestPerson> {
  if (process.platform === 'win32') return person;
  const calls = join(folder, 'calls');
  const recorder = join(folder, 'recorder');
  await mkdir(recorder);
  const script = `#!/bin/sh\necho "$@" >> '${calls}'\nexec '${tsh}' "$@"\n`;
  await writeFile(join(recorder, 'tsh'), script, { mode: 0o755 });
  const path = [recorder, person.env['PATH']].join(delimiter);
  return { ...person, env: { ...person.env, PATH: path, JIT_TEST_CALLS: calls } };
}

/** The time limit for all host suites, in ms. */
const suitesTimeout = 900_000;

async function runInServer(
  release: VscodeRelease,
  person: TestPerson,
  env: Record<string, string>,
): Promise<void> {
  const folders = { folder: person.workspace, userData: person.userData, extensions: [root] };
  const server = await startServer({ release, ...folders, env: { ...person.env, ...env } });
  const browser = await launchChromium();
  const errors: string[] = [];
  try {
    const page = await browser.newPage();
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    // Without its page, an extension host and every test that needs the page wait for ever.
    const pageLost = new Promise<void>((resolve) => {
      const report = (text: string): void => resolve(void errors.push(text));
      page.once('crash', () => report('The page crashed.'));
      browser.once('disconnected', () => report('Chromium is gone.'));
    });
    await page.goto(server.url([['extensionTestsPath', server.fileUri(suiteModule)]]));
    const timedOut = once(AbortSignal.timeout(suitesTimeout), 'abort');
    await Promise.race([
      server.waitForLine(/Extension Host Process exited/),
      server.ended,
      pageLost,
      timedOut,
    ]);
    // The errors of the page are printed only after a failure; the others are known to be harmless.
    if ((await readResult(env['JIT_TEST_RESULT'] ?? '')).failed > 0) {
      const path = join(resultsFolder, `failed-host-${release}.png`);
      await page.screenshot({ path, timeout: 5_000 }).catch((error: unknown) => errors.push(String(error)));
      console.error(errors.join('\n'), server.log());
    }
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Runs the suites of test/host inside an extension host, as the user alice of a new demo cluster. */
export async function runHostSuites(release: VscodeRelease): Promise<TestOutcome> {
  await mkdir(resultsFolder, { recursive: true });
  const result = join(resultsFolder, `host-${release}.json`);
  await rm(result, { force: true });
  await (built ??= buildSuites());
  const folder = await freshFolder();
  try {
    const cluster = await createDemoCluster(folder);
    const person = await recordCalls(folder, await setUpPerson(folder, cluster, 'alice'), cluster.tsh);
    const env = { JIT_TEST_RESULT: result, JIT_TEST_CLUSTER: JSON.stringify(cluster) };
    await (useDesktop() ? runInDesktop : runInServer)(release, person, env);
  } finally {
    await removeFolder(folder);
  }
  const { printed, ...outcome } = await readResult(result);
  console.log(printed || 'The extension host left no result.');
  return outcome;
}
