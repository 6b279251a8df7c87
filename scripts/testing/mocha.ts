import { execaNode } from 'execa';
import { readFile, rm } from 'node:fs/promises';
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

/**
 * Runs the suites in test/<folder> in separate processes. It needs a built extension.
 * @param timeout the limit for one test, in ms
 * @param jobs how many files run at the same time; each prints its output when it ends
 */
export async function runMocha(folder: string, timeout: number, jobs: number): Promise<TestOutcome> {
  const file = join(resultsFolder, `${folder}.json`);
  await rm(file, { force: true });
  const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const args = [
    `test/${folder}/**/*.test.ts`,
    '--reporter=scripts/testing/reporter.ts',
    `--timeout=${timeout}`,
    ...(jobs > 1 ? ['--parallel', `--jobs=${jobs}`] : []),
  ];
  const { exitCode } = await execaNode(mocha, args, {
    cwd: root,
    env: { JIT_TEST_RESULT: file, JIT_TEST_BUILT: 'yes' },
    stdio: 'inherit',
    reject: false,
    nodeOptions: [],
  });
  const { passed, failed, skipped } = await readResult(file);
  // A process that crashed after its last test is a failure too.
  return { passed, failed: exitCode !== 0 && failed === 0 ? 1 : failed, skipped };
}
