import * as v from 'valibot';
import type { RequestChange } from '../../access/requestChanges.ts';
import type { AccessRequest } from '../../access/request.ts';
import { failureKinds, type Failure } from '../../teleport/process/failure.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import { mainLoginSchema } from '../elevation/homeRecords.ts';
import type { LoginState } from '../login.ts';
import { storedId as id, storedInstant as instant, storedText as text } from '../storedSchemas.ts';

/*
 * The messages between the windows of a user. All windows run this extension, but the other window may run
 * another version, so a message that does not match the schema is ignored.
 */

const optional = v.exactOptional;
const list = <T extends v.GenericSchema>(item: T) => v.pipe(v.array(item), v.readonly());

const state = v.picklist(['pending', 'approved', 'denied', 'promoted', 'other']);

const request: v.GenericSchema<unknown, AccessRequest> = v.object({
  id,
  revision: v.string(),
  user: text,
  roles: v.array(text),
  resources: v.array(
    v.object({ cluster: text, kind: text, name: text, sub: optional(text), label: optional(text) }),
  ),
  state,
  created: instant,
  decideBy: instant,
  grantEnds: instant,
  startsAt: optional(instant),
  reason: optional(text),
  resolveReason: optional(text),
  thresholds: v.array(v.object({ name: optional(text), approve: v.number(), deny: v.number() })),
  thresholdSets: v.array(v.array(v.number())),
  reviews: v.array(
    v.object({
      author: text,
      verdict: state,
      reason: optional(text),
      at: instant,
      thresholds: v.array(v.number()),
    }),
  ),
  suggestedReviewers: v.array(text),
  claimedDecider: optional(text),
});

const profile: v.GenericSchema<unknown, Profile> = v.object({
  proxy: text,
  user: text,
  cluster: text,
  roles: v.array(text),
  assumed: v.array(id),
  validUntil: instant,
});

const login: v.GenericSchema<unknown, LoginState> = v.variant('kind', [
  v.object({ kind: v.picklist(['starting', 'tshMissing', 'signedOut']) }),
  v.object({ kind: v.literal('tooOld'), version: v.string() }),
  v.object({ kind: v.picklist(['expired', 'signedIn']), profile }),
]);

const failure: v.GenericSchema<unknown, Failure> = v.object({
  kind: v.picklist(failureKinds),
  said: optional(text),
  about: optional(v.string()),
  program: optional(v.picklist(['tsh', 'tctl'])),
  cluster: optional(v.string()),
  relativeSetting: optional(v.literal(true)),
});

const change: v.GenericSchema<unknown, RequestChange> = v.variant('kind', [
  v.object({ kind: v.picklist(['approved', 'denied', 'promoted']), request }),
  v.pipe(
    v.object({ kind: v.literal('lapsed'), id, request: optional(request) }),
    v.transform(({ request, ...rest }) => ({ ...rest, request })),
  ),
  v.object({ kind: v.literal('toReview'), requests: v.array(request) }),
]);

/** The file of watched requests was written, or a line was added to the journal. Every window sends these. */
export const storageMessage = v.variant('kind', [
  v.object({ kind: v.literal('waiting') }),
  v.object({ kind: v.literal('journalLine'), line: v.unknown() }),
]);

/** Where the user looks in a follower. */
export const attentionMessage = v.object({
  kind: v.literal('attention'),
  focused: v.boolean(),
  viewing: v.boolean(),
});

/** What a follower asks the leader to read. The kinds are the methods of `Refresh`. */
export const question = v.variant('kind', [
  v.object({ kind: v.picklist(['refreshNow', 'ensureLogin', 'loginMayHaveChanged', 'signedOut']) }),
  v.object({ kind: v.literal('readLogin'), justAssumed: optional(id) }),
  v.object({ kind: v.literal('show'), id }),
]);
export type Question = v.InferOutput<typeof question>;

/** The leader's answer, after the state that contains it: the request of `show`, or why tsh failed. */
export const answer = v.object({ request: optional(request), failure: optional(failure) });
export type Answer = v.InferOutput<typeof answer>;

/**
 * What the leader tells all followers. `requests` carries changed requests, in several messages if they are
 * many. The `state` message that follows makes them valid.
 */
export const leaderMessage = v.variant('kind', [
  v.object({ kind: v.literal('requests'), changed: list(request), gone: list(id) }),
  v.object({
    kind: v.literal('state'),
    login,
    /** Whether the leader knows the requests; false until the first list. */
    listed: v.boolean(),
    asOf: optional(instant),
    stale: optional(failure),
    /** See `Store.shown`. */
    shown: list(v.pipe(v.tuple([id, instant]), v.readonly())),
    mainLogin: mainLoginSchema,
  }),
]);
export type LeaderMessage = v.InferOutput<typeof leaderMessage>;
/** The state of the leader without the requests. */
export type StateMessage = Extract<LeaderMessage, { kind: 'state' }>;

/** The leader asks a follower to announce a change. The answer is that of `WindowParts.announceHere`. */
export const announcement = v.object({ kind: v.literal('announce'), change });

/** Parses a message. @returns undefined for a message that does not match the schema */
export function readMessage<T extends v.GenericSchema>(
  schema: T,
  value: unknown,
): v.InferOutput<T> | undefined {
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}
