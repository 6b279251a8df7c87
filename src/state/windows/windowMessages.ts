import * as v from 'valibot';
import type { RequestChange } from '../../access/requestChanges.ts';
import type { Elevation } from '../../access/elevation.ts';
import type { AccessRequest } from '../../access/request.ts';
import type { Instant, RequestId } from '../../access/untrusted/untrusted.ts';
import { failureKinds, type Failure } from '../../teleport/process/failure.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import type { Attention } from '../refresh/pollingIntervals.ts';
import { mainLoginSchema } from '../elevation/homeRecords.ts';
import type { LoginState } from '../login.ts';
import { storedId as id, storedInstant as instant, storedText as text } from '../storedSchemas.ts';

/*
 * The messages between the windows of a user. All windows run this extension, but the other window may run
 * another version, so a message that does not match the schema is ignored.
 */

const optional = v.exactOptional;

const state = v.picklist(['pending', 'approved', 'denied', 'promoted', 'other']);

const request = v.object({
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
}) satisfies v.GenericSchema<unknown, AccessRequest>;

const profile = v.object({
  proxy: text,
  user: text,
  cluster: text,
  roles: v.array(text),
  assumed: v.array(id),
  validUntil: instant,
}) satisfies v.GenericSchema<unknown, Profile>;

const login = v.variant('kind', [
  v.object({ kind: v.picklist(['starting', 'tshMissing', 'signedOut']) }),
  v.object({ kind: v.literal('tooOld'), version: v.string() }),
  v.object({ kind: v.picklist(['expired', 'signedIn']), profile }),
]) satisfies v.GenericSchema<unknown, LoginState>;

const failure = v.object({
  kind: v.picklist(failureKinds),
  said: optional(text),
  about: optional(v.string()),
  program: optional(v.picklist(['tsh', 'tctl'])),
  cluster: optional(v.string()),
}) satisfies v.GenericSchema<unknown, Failure>;

const change = v.variant('kind', [
  v.object({ kind: v.picklist(['approved', 'denied', 'promoted']), request }),
  v.pipe(
    v.object({ kind: v.literal('lapsed'), id, request: optional(request) }),
    v.transform(({ request, ...rest }) => ({ ...rest, request })),
  ),
  v.object({ kind: v.literal('toReview'), requests: v.array(request) }),
]) satisfies v.GenericSchema<unknown, RequestChange>;

/**
 * The file of watched requests was written, or a line was added to the journal. Both sides send these
 * messages.
 */
type StorageMessage = { readonly kind: 'waiting' } | { readonly kind: 'journalLine'; readonly line: unknown };

/** The number of a question, which its answer repeats, or of a change, which `confirmed` names later. */
interface Numbered {
  readonly number: number;
}

/** A message from a follower to the leader. */
export type FollowerMessage =
  | StorageMessage
  | ({ readonly kind: 'attention' } & Attention)
  | ({ readonly kind: 'read'; readonly request: AccessRequest } & Numbered)
  | ({ readonly kind: 'gone'; readonly id: RequestId } & Numbered)
  | ({ readonly kind: 'login'; readonly login: LoginState } & Numbered)
  | ({ readonly kind: 'mainLogin'; readonly mainLogin: readonly Elevation[] } & Numbered)
  | { readonly kind: 'mayHaveChanged' }
  | ({ readonly kind: 'refresh'; readonly scope: 'now' | 'known' } & Numbered)
  | ({ readonly kind: 'announced'; readonly announcedNow: boolean | null } & Numbered);

/** The state of the leader without the requests. */
export interface StateMessage {
  readonly kind: 'state';
  readonly login: LoginState;
  /** Whether the leader knows the requests; false until the first list. */
  readonly listed: boolean;
  readonly asOf?: Instant;
  readonly stale?: Failure;
  readonly mainLogin: readonly Elevation[];
  /** The number of the last change by this follower that the state includes. */
  readonly confirmed: number;
}

/**
 * A message from the leader to a follower. `requests` carries changed requests, in several messages if they
 * are many. The `state` message that follows makes them valid.
 */
export type LeaderMessage =
  | StorageMessage
  | {
      readonly kind: 'requests';
      readonly changed: readonly AccessRequest[];
      readonly gone: readonly RequestId[];
    }
  | StateMessage
  | ({ readonly kind: 'announce'; readonly change: RequestChange } & Numbered)
  | ({ readonly kind: 'refreshed' } & Numbered);

const number = v.number();
const storageMessages = [
  v.object({ kind: v.literal('waiting') }),
  v.object({ kind: v.literal('journalLine'), line: v.unknown() }),
] as const;

/** Parses the messages of a follower. */
export const followerMessage: v.GenericSchema<unknown, FollowerMessage> = v.variant('kind', [
  ...storageMessages,
  v.object({ kind: v.literal('attention'), focused: v.boolean(), viewing: v.boolean() }),
  v.object({ kind: v.literal('read'), number, request }),
  v.object({ kind: v.literal('gone'), number, id }),
  v.object({ kind: v.literal('login'), number, login }),
  v.object({ kind: v.literal('mainLogin'), number, mainLogin: mainLoginSchema }),
  v.object({ kind: v.literal('mayHaveChanged') }),
  v.object({ kind: v.literal('refresh'), number, scope: v.picklist(['now', 'known']) }),
  v.object({ kind: v.literal('announced'), number, announcedNow: v.nullable(v.boolean()) }),
]);

/** Parses the messages of the leader. */
export const leaderMessage: v.GenericSchema<unknown, LeaderMessage> = v.variant('kind', [
  ...storageMessages,
  v.object({ kind: v.literal('requests'), changed: v.array(request), gone: v.array(id) }),
  v.object({
    kind: v.literal('state'),
    login,
    listed: v.boolean(),
    asOf: optional(instant),
    stale: optional(failure),
    mainLogin: mainLoginSchema,
    confirmed: number,
  }),
  v.object({ kind: v.literal('announce'), number, change }),
  v.object({ kind: v.literal('refreshed'), number }),
]);

/** Parses a message. @returns undefined for a message that does not match the schema */
export function readMessage<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T | undefined {
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}
