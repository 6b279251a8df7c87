import Mocha from 'mocha';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import { waitLimit } from '../support/waitLimit.ts';
import { writeResult } from '../../scripts/testing/reporter.ts';

/** Runs every suite that was bundled beside this module. VS Code calls it inside the extension host. */
export async function run(): Promise<void> {
  const printed: string[] = [];
  // Nobody sees the console of an extension host, so the output is collected.
  Mocha.reporters.Base.consoleLog = (...parts: unknown[]) => printed.push(format(...parts));
  const mocha = new Mocha({ ui: 'bdd', timeout: 2 * waitLimit, reporter: 'spec', color: false });
  for (const name of readdirSync(__dirname))
    if (name.endsWith('.test.cjs')) mocha.addFile(join(__dirname, name));
  const file = process.env['JIT_TEST_RESULT'];
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats ?? { passes: 0, failures: 1, pending: 0 };
      if (!file) return;
      writeResult(file, { passed: passes, failed: failures, skipped: pending, printed: printed.join('\n') });
    });
  });
}
