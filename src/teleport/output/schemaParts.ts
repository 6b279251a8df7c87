import * as v from 'valibot';
import {
  untrusted,
  isRequestId,
  type Untrusted,
  type Instant,
  type RequestId,
} from '../../access/text/untrusted.ts';
import { TeleportFailure } from '../process/failure.ts';

/*
 * The pieces of every schema: tolerant of null, missing and unknown, strict about what is used.
 */

export const text = v.pipe(v.string(), v.transform(untrusted));
export const texts = v.pipe(
  v.nullish(v.array(v.string()), []),
  v.transform((list): Untrusted[] => list.map(untrusted)),
);
export const id = v.pipe(
  v.string(),
  v.check(isRequestId),
  v.transform((name) => name as RequestId),
);

/** Go's zero time is year 1; anything before 1971 means "none". */
const year1971 = 31_536_000_000;
export const instant = v.pipe(
  v.string(),
  // Date.parse takes nearly anything; Go prints RFC 3339.
  v.regex(/^\d{4}-\d\d-\d\dT/),
  v.transform((value): Instant => Date.parse(value)),
  v.check((value) => !Number.isNaN(value)),
);
export const maybeInstant = v.fallback(
  v.pipe(
    v.nullish(instant),
    v.transform((value) => (value === undefined || value === null || value < year1971 ? undefined : value)),
  ),
  undefined,
);
export const maybeText = v.pipe(
  v.nullish(v.string()),
  v.transform((value) => (value ? untrusted(value) : undefined)),
);
const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const count = v.fallback(natural, 0);
export const listOf = <T extends v.GenericSchema>(item: T) =>
  v.pipe(
    v.nullish(v.array(v.unknown()), []),
    v.transform((items): v.InferOutput<T>[] =>
      items.flatMap((one) => {
        const read = v.safeParse(item, one);
        return read.success ? [read.output] : [];
      }),
    ),
  );

/** Places in another list. */
export const indexes = v.fallback(listOf(natural), []);

export function unreadable(): never {
  throw new TeleportFailure({ kind: 'unreadable' });
}

export function json(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return unreadable();
  }
}

export function parseWith<T extends v.GenericSchema>(schema: T, value: unknown): v.InferOutput<T> {
  const result = v.safeParse(schema, value);
  return result.success ? result.output : unreadable();
}
