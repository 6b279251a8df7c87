import * as v from 'valibot';
import { bare, foreign, isRequestId, type Foreign, type RequestId } from '../access/text/foreign.ts';

/** Pieces of schemas for our own files. A file edited by hand, or by an older version, must not break anything. */
export const storedId = v.pipe(
  v.string(),
  v.check(isRequestId),
  v.transform((id) => id as RequestId),
);
export const storedText = v.pipe(v.string(), v.transform(foreign));
export const storedInstant = v.pipe(v.number(), v.finite());

/** What tells one login from another. */
export const loginName = ({ user, cluster }: { readonly user: Foreign; readonly cluster: Foreign }): string =>
  `${bare(user)}@${bare(cluster)}`;
