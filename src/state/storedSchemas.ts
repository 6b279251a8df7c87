import * as v from 'valibot';
import { rawText, untrusted, isRequestId, type Untrusted, type RequestId } from '../access/text/untrusted.ts';

/** Pieces of schemas for our own files. A file edited by hand, or by an older version, must not break anything. */
export const storedId = v.pipe(
  v.string(),
  v.check(isRequestId),
  v.transform((id) => id as RequestId),
);
export const storedText = v.pipe(v.string(), v.transform(untrusted));
export const storedInstant = v.pipe(v.number(), v.finite());

/** What tells one login from another. */
export const loginName = ({
  user,
  cluster,
}: {
  readonly user: Untrusted;
  readonly cluster: Untrusted;
}): string => `${rawText(user)}@${rawText(cluster)}`;
