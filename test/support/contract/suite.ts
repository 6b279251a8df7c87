// What the suites are made of.
import assert from 'node:assert/strict';
import { rawText, type RequestId } from '../../../src/access/text/untrusted.ts';
import { failureOf, type Failure, type FailureKind } from '../../../src/teleport/process/failure.ts';
import { contractClusters, type ClusterDescription } from './clusters.ts';
import { MissingPrerequisite, ContractFixture } from './world.ts';

export const minute = 60_000;
export const hour = 60 * minute;

/** An id that no cluster knows. */
export const unknownId = '00000000-0000-4000-8000-000000000000' as RequestId;

/** One suite for every cluster there is, or for those of one edition. */
export function onEveryCluster(
  title: string,
  suite: (fixture: () => ContractFixture) => void,
  edition?: ClusterDescription['edition'],
): void {
  for (const cluster of contractClusters.filter((each) => edition === undefined || each.edition === edition)) {
    describe(`${title} (${cluster.name})`, function () {
      this.timeout(30_000);
      let fixture: ContractFixture | undefined;
      cluster.remainingSuites += 1;
      before(async () => {
        fixture = await ContractFixture.open(cluster);
      });
      after(async function () {
        this.timeout(120_000);
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

/** A test that needs somebody who is not there is left out. */
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

/** Leaves a test out, saying why where its name is printed. */
export function skipTest(context: Mocha.Context, why: string): never {
  for (const test of [context.test, context.currentTest]) if (test) test.title += ` (left out: ${why})`;
  return context.skip();
}

/** Resolves to the failure, which must be of this kind. */
export async function failsWith(promise: Promise<unknown>, kind: FailureKind): Promise<Failure> {
  const error: unknown = await promise.then(
    () => assert.fail(`worked, and should have failed: ${kind}`),
    (reason: unknown) => reason,
  );
  const failure = failureOf(error);
  if (!failure) throw error;
  assert.equal(failure.kind, kind, tshMessage(failure));
  return failure;
}

/** What tsh said, to be looked at. */
export const tshMessage = ({ said }: Failure): string => (said === undefined ? '' : rawText(said));

/** The kind of failure it ends with; undefined when it works. */
export const failureKindOf = (promise: Promise<unknown>): Promise<FailureKind | undefined> =>
  promise.then(
    () => undefined,
    (error: unknown) => {
      const failure = failureOf(error);
      if (!failure) throw error;
      return failure.kind;
    },
  );

/** Asks again until it is so: lists lag, and locks take a moment. */
export async function eventually<T>(request: () => Promise<T>, isExpected: (answer: T) => boolean): Promise<T> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answer = await request();
    if (isExpected(answer)) return answer;
  }
  return assert.fail('not so, however often it was asked');
}
