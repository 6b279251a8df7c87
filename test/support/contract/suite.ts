// What the suites are made of.
import assert from 'node:assert/strict';
import { rawText, type RequestId } from '../../../src/access/text/untrusted.ts';
import { failureOf, type Failure, type FailureKind } from '../../../src/teleport/process/failure.ts';
import { clusters, type Description } from './clusters.ts';
import { Lacking, World } from './world.ts';

export const minute = 60_000;
export const hour = 60 * minute;

/** An id that no cluster knows. */
export const unknown = '00000000-0000-4000-8000-000000000000' as RequestId;

/** One suite for every cluster there is, or for those of one edition. */
export function onEveryCluster(
  title: string,
  suite: (world: () => World) => void,
  edition?: Description['edition'],
): void {
  for (const candidate of clusters.filter((one) => edition === undefined || one.edition === edition)) {
    describe(`${title} (${candidate.name})`, function () {
      this.timeout(30_000);
      let world: World | undefined;
      candidate.suites += 1;
      before(async () => {
        world = await World.open(candidate);
      });
      after(async function () {
        this.timeout(120_000);
        candidate.suites -= 1;
        if (candidate.suites === 0) await world?.sweep();
        await world?.close();
        if (candidate.suites === 0) await candidate.close();
      });
      suite(() => world ?? assert.fail('not open'));
      for (const test of this.tests) leaveOutWhatLacks(test);
    });
  }
}

/** A test that needs somebody who is not there is left out. */
function leaveOutWhatLacks(test: Mocha.Test): void {
  const { fn } = test as { fn?: Mocha.AsyncFunc };
  if (!fn) return;
  test.fn = async function (this: Mocha.Context) {
    try {
      await fn.call(this);
    } catch (error) {
      if (error instanceof Lacking) lacking(this, error.message);
      throw error;
    }
  };
}

/** Leaves a test out, saying why where its name is printed. */
export function lacking(context: Mocha.Context, why: string): never {
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
  assert.equal(failure.kind, kind, wordsOf(failure));
  return failure;
}

/** What tsh said, to be looked at. */
export const wordsOf = ({ said }: Failure): string => (said === undefined ? '' : rawText(said));

/** The kind of failure it ends with; undefined when it works. */
export const whyNot = (promise: Promise<unknown>): Promise<FailureKind | undefined> =>
  promise.then(
    () => undefined,
    (error: unknown) => {
      const failure = failureOf(error);
      if (!failure) throw error;
      return failure.kind;
    },
  );

/** Asks again until it is so: lists lag, and locks take a moment. */
export async function eventually<T>(ask: () => Promise<T>, so: (answer: T) => boolean): Promise<T> {
  for (let asked = 0; asked < 200; asked += 1) {
    const answer = await ask();
    if (so(answer)) return answer;
  }
  return assert.fail('not so, however often it was asked');
}
