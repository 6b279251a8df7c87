import { mkdir, rm } from 'node:fs/promises';
import { buildExtension } from './build.ts';
import { resultsFolder } from './testing/mocha.ts';
import { type TestOutcome, oneFailed, sumOutcomes } from './testing/outcome.ts';
import { chosenTiers, rounds, type Tier } from './testing/tiers.ts';

/**
 * Runs one tier. A tier that throws or runs no test counts as a failure, so that missing tests never pass.
 */
async function runTier(tier: Tier): Promise<TestOutcome> {
  console.log(`\n── ${tier.name}`);
  const startedAt = performance.now();
  const outcome = await tier.run().catch((error: unknown) => {
    console.error(error);
    return oneFailed;
  });
  const testCount = outcome.passed + outcome.failed;
  if (testCount === 0) console.error(`No test ran in ${tier.name}.`);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${tier.name}: ${outcome.passed} passed, ${outcome.failed} failed, ${seconds} s`);
  return testCount === 0 ? { ...outcome, failed: 1 } : outcome;
}

/** `npm test`: runs all tiers, or the named ones. The last line of the output is the total. */
export async function main(names: readonly string[]): Promise<number> {
  const wanted = chosenTiers(names);
  await rm(resultsFolder, { recursive: true, force: true });
  await mkdir(resultsFolder);
  await buildExtension();
  const outcomes: TestOutcome[] = [];
  for (const round of rounds(wanted)) outcomes.push(...(await Promise.all(round.map(runTier))));
  const { passed, failed, skipped } = sumOutcomes(outcomes);
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed > 0 ? 1 : 0;
}
