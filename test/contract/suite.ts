// What the suites are made of.
import assert from 'node:assert/strict';
import { bare, type RequestId } from '../../src/access/text.ts';
import { failureOf, type Failure, type FailureKind } from '../../src/teleport/failure.ts';
import { clusters, type Description } from './cluster.ts';
import { World } from './world.ts';

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
      before(async () => {
        world = await World.open(candidate);
      });
      after(() => world?.close());
      suite(() => world ?? assert.fail('not open'));
    });
  }
}

after(async function () {
  this.timeout(120_000);
  for (const candidate of clusters.filter(({ isOpen }) => isOpen)) {
    const world = await World.open(candidate);
    await world.sweep();
    await world.close();
    await candidate.close();
  }
});

/** Leaves a test out, saying why. */
export function lacking(context: Mocha.Context, why: string): never {
  console.log(`      left out: ${why}`);
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
export const wordsOf = ({ said }: Failure): string => (said === undefined ? '' : bare(said));

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
