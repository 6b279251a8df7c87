/** How a tier, or a part of one, went. */
export interface TestOutcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const noTests: TestOutcome = { passed: 0, failed: 0, skipped: 0 };
export const oneFailed: TestOutcome = { ...noTests, failed: 1 };

export function sumOutcomes(outcomes: readonly TestOutcome[]): TestOutcome {
  return outcomes.reduce(
    (all, one) => ({
      passed: all.passed + one.passed,
      failed: all.failed + one.failed,
      skipped: all.skipped + one.skipped,
    }),
    noTests,
  );
}
