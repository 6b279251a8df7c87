import assert from 'node:assert/strict';
import { rawText } from '../../src/access/untrusted/untrusted.ts';
import { failureOf, type Failure, type FailureKind } from '../../src/teleport/process/failure.ts';

/** Asserts that the promise fails with this kind of failure and resolves to the failure. */
export async function failsWith(
  promise: Promise<unknown>,
  kind: FailureKind,
  why?: string,
): Promise<Failure> {
  const error: unknown = await promise.then(
    () => assert.fail(`worked, and should have failed: ${why ?? kind}`),
    (reason: unknown) => reason,
  );
  const failure = failureOf(error);
  if (!failure) throw error;
  assert.equal(failure.kind, kind, why ?? tshMessage(failure));
  return failure;
}

/** Returns the message that tsh printed, for the output of a failed assertion. */
export const tshMessage = ({ said }: Failure): string => (said === undefined ? '' : rawText(said));
