import Mocha from 'mocha';
import { renameSync, writeFileSync } from 'node:fs';
import type { TestOutcome } from './outcome.ts';

/** The counts of a mocha run. Processes exchange it as a JSON file. */
export interface TestResult extends TestOutcome {
  /** The output of mocha where it has no console; otherwise empty. */
  readonly printed: string;
}

/** Writes a result file atomically, because another process may be waiting for it. */
export function writeResult(file: string, result: TestResult): void {
  writeFileSync(`${file}.part`, JSON.stringify(result));
  renameSync(`${file}.part`, file);
}

/** Prints like mocha's spec reporter, and writes the counts to the file that JIT_TEST_RESULT names. */
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
