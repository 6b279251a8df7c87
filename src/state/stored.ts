import * as v from 'valibot';
import { foreign, isRequestId, type RequestId } from '../access/text.ts';

/** Pieces of schemas for our own files. A file edited by hand, or by an older version, must not break anything. */
export const storedId = v.pipe(
  v.string(),
  v.check(isRequestId),
  v.transform((id) => id as RequestId),
);
export const storedText = v.pipe(v.string(), v.transform(foreign));
export const storedInstant = v.pipe(v.number(), v.finite());
