import { execaNode } from 'execa';
import { glob, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../build.ts';
import { type TestOutcome, oneFailed } from './outcome.ts';
import type { TestResult } from './reporter.ts';

/** The folder for counts and screenshots of a test run; git ignores it. */
export const resultsFolder = join(root, 'test-results');

/** Reads a result file. A missing file counts as one failed test. */
export async function readResult(file: string): Promise<TestResult> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as TestResult;
  } catch {
    return { ...oneFailed, printed: '' };
  }
}

/** Returns the files that match, the longest first. */
async function longestFirst(pattern: string): Promise<readonly string[]> {
  const sizes: { readonly file: string; readonly size: number }[] = [];
  for await (const file of glob(pattern, { cwd: root }))
    sizes.push({ file, size: (await stat(join(root, file))).size });
  return sizes.sort((a, b) => b.size - a.size).map(({ file }) => file);
}

/**
 * Runs the suites in test/<folder> in separate processes. It needs a built extension.
 * @param jobs how many files run at the same time; each prints its output when it ends. Long files begin
 *   first, so that none of them runs alone at the end
 * @param printed whether its output is printed as it comes, or in one piece at the end
 */
export async function runMocha(
  folder: string,
  jobs: number,
  printed: 'atOnce' | 'atEnd' = 'atOnce',
): Promise<TestOutcome> {
  const file = join(resultsFolder, `${folder}.json`);
  await rm(file, { force: true });
  const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const args = [
    ...(await longestFirst(`test/${folder}/**/*.test.ts`)),
    '--reporter=scripts/testing/reporter.ts',
    ...(jobs > 1 ? ['--parallel', `--jobs=${jobs}`] : []),
  ];
  const { exitCode, all } = await execaNode(mocha, args, {
    cwd: root,
    env: { JIT_TEST_RESULT: file, JIT_TEST_BUILT: 'yes' },
    ...(printed === 'atOnce' ? { stdio: 'inherit' } : { all: true }),
    reject: false,
    nodeOptions: [],
  });
  if (all) console.log(all);
  const { passed, failed, skipped } = await readResult(file);
  // A process that crashed after its last test is a failure too.
  return { passed, failed: exitCode !== 0 && failed === 0 ? 1 : failed, skipped };
}
