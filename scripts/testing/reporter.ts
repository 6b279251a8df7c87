import Mocha from 'mocha';
import { renameSync, writeFileSync } from 'node:fs';
import type { TestOutcome } from './outcome.ts';

/** What mocha counted, and what it printed where nobody sees a console. */
export interface TestResult extends TestOutcome {
  readonly printed: string;
}

/** Writes a result so that whoever waits for the file finds it whole. */
export function writeResult(file: string, result: TestResult): void {
  writeFileSync(`${file}.part`, JSON.stringify(result));
  renameSync(`${file}.part`, file);
}

/** Prints as mocha does, and leaves the counts in the file that JIT_TEST_RESULT names. */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      const file = process.env['JIT_TEST_RESULT'];
      if (file) writeResult(file, { passed: passes, failed: failures, skipped: pending, printed: '' });
    });
  }
}
