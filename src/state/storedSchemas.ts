import * as v from 'valibot';
import {
  rawText,
  untrusted,
  isRequestId,
  type Untrusted,
  type RequestId,
} from '../access/untrusted/untrusted.ts';

/*
 * Parts of schemas for the extension's own files. A file that was edited by hand or written by an older
 * version must not break the extension.
 */

/** The id of a request in a stored file. */
export const storedId = v.pipe(
  v.string(),
  v.check(isRequestId),
  v.transform((id) => id as RequestId),
);
/** A text in a stored file. It becomes untrusted text. */
export const storedText = v.pipe(v.string(), v.transform(untrusted));
/** An instant in a stored file, in ms since 1970 (UTC). */
export const storedInstant = v.pipe(v.number(), v.finite());

/** The key of a login: user and cluster. */
export const loginKey = ({
  user,
  cluster,
}: {
  readonly user: Untrusted;
  readonly cluster: Untrusted;
}): string => `${rawText(user)}@${rawText(cluster)}`;
