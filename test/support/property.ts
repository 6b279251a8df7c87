import fc from 'fast-check';

/** The same inputs in every run, so that a run that fails fails again; another number tries others. */
const seed = Number(process.env['JIT_PROPERTY_SEED'] ?? 20261122);

/** Checks a property on so many inputs; a failure tells the seed and the smallest input that was found. */
export function assertProperty(property: fc.IRawProperty<unknown, false>, runs: number): void {
  fc.assert(property, { seed, numRuns: runs });
}
