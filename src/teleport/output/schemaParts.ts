import * as v from 'valibot';
import {
  untrusted,
  isRequestId,
  type Untrusted,
  type Instant,
  type RequestId,
} from '../../access/untrusted/untrusted.ts';
import { TeleportFailure } from '../process/failure.ts';

/*
 * The parts that all schemas share. They accept null, missing and unknown fields and are strict about fields
 * that are used. Lists leave out items that cannot be read.
 */

/** A value that JSON can hold. */
export type PlainValue = null | boolean | number | string | readonly PlainValue[] | PlainObject;

/** A map of plain values. */
export interface PlainObject {
  readonly [key: string]: PlainValue;
}

/** Text that the server or a user wrote. */
export const text = v.pipe(v.string(), v.transform(untrusted));
/** A list of untrusted texts; empty when missing. */
export const texts = v.pipe(
  v.nullish(v.array(v.string()), []),
  v.transform((list): Untrusted[] => list.map(untrusted)),
);
/** The id of a request. */
export const id = v.pipe(
  v.string(),
  v.check(isRequestId),
  v.transform((name) => name as RequestId),
);

/**
 * The start of 1971, in ms since 1970. Go's zero time is in year 1, so an earlier time means that there is
 * none.
 */
const year1971 = 31_536_000_000;
/** A time in RFC 3339, as ms since 1970. */
export const instant = v.pipe(
  v.string(),
  // Date.parse accepts nearly every text, so the format that Go prints is checked first.
  v.regex(/^\d{4}-\d\d-\d\dT/),
  v.transform((value): Instant => Date.parse(value)),
  v.check((value) => !Number.isNaN(value)),
);
/** A time; undefined when it is missing, unreadable or Go's zero time. */
export const maybeInstant = v.fallback(
  v.pipe(
    v.nullish(instant),
    v.transform((value) => (value === undefined || value === null || value < year1971 ? undefined : value)),
  ),
  undefined,
);
/** An untrusted text; undefined when it is missing or empty. */
export const maybeText = v.pipe(
  v.nullish(v.string()),
  v.transform((value) => (value ? untrusted(value) : undefined)),
);
const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** A whole number from 0; 0 when it is unreadable. */
export const count = v.fallback(natural, 0);
/** A list without the items that the schema of an item rejects; empty when missing. */
export const listOf = <T extends v.GenericSchema>(item: T) =>
  v.pipe(
    v.nullish(v.array(v.unknown()), []),
    v.transform((items): v.InferOutput<T>[] =>
      items.flatMap((value) => {
        const result = v.safeParse(item, value);
        return result.success ? [result.output] : [];
      }),
    ),
  );

/**
 * Reads a list as JSON, which is `null` when it is empty, and counts the items that the schema of an item
 * rejects.
 * @throws TeleportFailure `unreadable`
 */
export function readCounted<T extends v.GenericSchema>(
  output: string,
  item: T,
): { readonly items: v.InferOutput<T>[]; readonly unreadable: number } {
  const values = parseJson(output);
  const items = parseWith(v.nullable(listOf(item)), values) ?? [];
  return { items, unreadable: Array.isArray(values) ? values.length - items.length : 0 };
}

/** Positions in another list. */
export const indexes = v.fallback(listOf(natural), []);

/** @throws TeleportFailure `unreadable` */
function throwUnreadable(): never {
  throw new TeleportFailure({ kind: 'unreadable' });
}

/**
 * Parses an output as JSON.
 * @throws TeleportFailure `unreadable`
 */
export function parseJson(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return throwUnreadable();
  }
}

/**
 * Parses a value with a schema.
 * @throws TeleportFailure `unreadable`
 */
export function parseWith<T extends v.GenericSchema>(schema: T, value: unknown): v.InferOutput<T> {
  const result = v.safeParse(schema, value);
  return result.success ? result.output : throwUnreadable();
}
