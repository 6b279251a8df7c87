import fc from 'fast-check';

/**
 * The fixed seed makes a failure repeatable. Set JIT_PROPERTY_SEED to another number to test other inputs.
 */
const seed = Number(process.env['JIT_PROPERTY_SEED'] ?? 20261122);

/** Checks a property on `runs` inputs. @throws Error with the seed and the smallest input that fails. */
export function assertProperty(property: fc.IRawProperty<unknown, false>, runs: number): void {
  fc.assert(property, { seed, numRuns: runs });
}
