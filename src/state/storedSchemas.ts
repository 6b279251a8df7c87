import * as v from 'valibot';
import { rawText, untrusted, isRequestId, type Untrusted, type RequestId } from '../access/text/untrusted.ts';

/*
 * Parts of schemas for the extension's own files. A file that was edited by hand or written by an older
 * version must not break the extension.
 */
export const storedId = v.pipe(
  v.string(),
  v.check(isRequestId),
  v.transform((id) => id as RequestId),
);
export const storedText = v.pipe(v.string(), v.transform(untrusted));
export const storedInstant = v.pipe(v.number(), v.finite());

/** The key of a login: user and cluster. */
export const loginKey = ({
  user,
  cluster,
}: {
  readonly user: Untrusted;
  readonly cluster: Untrusted;
}): string => `${rawText(user)}@${rawText(cluster)}`;
