// Helpers for the contract suites.
import assert from 'node:assert/strict';
import type { RequestId } from '../../../src/access/untrusted/untrusted.ts';
import { failureOf, type FailureKind } from '../../../src/teleport/process/failure.ts';
import { contractClusters, type ClusterDescription } from './clusters.ts';
import { MissingPrerequisite, ContractFixture } from './contractFixture.ts';

export { failsWith, tshMessage } from '../failsWith.ts';

export const minute = 60_000;
export const hour = 60 * minute;

/** An id that no cluster knows. */
export const unknownId = '00000000-0000-4000-8000-000000000000' as RequestId;

/** Defines a suite for every cluster, or for the clusters of one edition. */
export function onEveryCluster(
  title: string,
  suite: (fixture: () => ContractFixture) => void,
  edition?: ClusterDescription['edition'],
): void {
  for (const cluster of contractClusters.filter(
    (each) => edition === undefined || each.edition === edition,
  )) {
    describe(`${title} (${cluster.name})`, function () {
      let fixture: ContractFixture | undefined;
      cluster.remainingSuites += 1;
      before(async () => {
        fixture = await ContractFixture.open(cluster);
      });
      after(async () => {
        cluster.remainingSuites -= 1;
        if (cluster.remainingSuites === 0) await fixture?.removeCreatedRequests();
        await fixture?.close();
        if (cluster.remainingSuites === 0) await cluster.close();
      });
      suite(() => fixture ?? assert.fail('not open'));
      for (const test of this.tests) skipOnMissingPrerequisite(test);
    });
  }
}

/** Skips the test when it throws MissingPrerequisite, for example when the description lacks a person. */
function skipOnMissingPrerequisite(test: Mocha.Test): void {
  const { fn } = test as { fn?: Mocha.AsyncFunc };
  if (!fn) return;
  test.fn = async function (this: Mocha.Context) {
    try {
      await fn.call(this);
    } catch (error) {
      if (error instanceof MissingPrerequisite) skipTest(this, error.message);
      throw error;
    }
  };
}

/** Skips a test and adds the reason to its printed title. */
export function skipTest(context: Mocha.Context, why: string): never {
  for (const test of [context.test, context.currentTest]) if (test) test.title += ` (left out: ${why})`;
  return context.skip();
}

/** Resolves to the kind of the failure, or undefined when the promise succeeds. */
export const failureKindOf = (promise: Promise<unknown>): Promise<FailureKind | undefined> =>
  promise.then(
    () => undefined,
    (error: unknown) => {
      const failure = failureOf(error);
      if (!failure) throw error;
      return failure.kind;
    },
  );

/** Repeats a call until its answer is as expected, because lists lag and locks take effect with a delay. */
export async function eventually<T>(call: () => Promise<T>, isExpected: (answer: T) => boolean): Promise<T> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answer = await call();
    if (isExpected(answer)) return answer;
  }
  return assert.fail('the expected answer never came');
}
