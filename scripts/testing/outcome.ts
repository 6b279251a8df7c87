/** The number of tests by result, of a tier or a part of it. */
export interface TestOutcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The outcome of no tests. */
export const noTests: TestOutcome = { passed: 0, failed: 0, skipped: 0 };
/** The outcome of a single failed test. */
export const oneFailed: TestOutcome = { ...noTests, failed: 1 };

/** Adds outcomes up. */
export function sumOutcomes(outcomes: readonly TestOutcome[]): TestOutcome {
  return outcomes.reduce(
    (total, outcome) => ({
      passed: total.passed + outcome.passed,
      failed: total.failed + outcome.failed,
      skipped: total.skipped + outcome.skipped,
    }),
    noTests,
  );
}
