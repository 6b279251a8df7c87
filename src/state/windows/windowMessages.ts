import * as v from 'valibot';
import type { RequestChange } from '../../access/requestChanges.ts';
import type { Elevation } from '../../access/elevation.ts';
import type { AccessRequest } from '../../access/request.ts';
import type { Instant, RequestId } from '../../access/text/untrusted.ts';
import { failureKinds, type Failure } from '../../teleport/process/failure.ts';
import type { Profile } from '../../teleport/output/requestSchema.ts';
import type { Attention } from '../refresh/pollingIntervals.ts';
import { mainLoginSchema } from '../elevation/homeRecords.ts';
import type { LoginState } from '../store.ts';
import { storedId as id, storedInstant as instant, storedText as text } from '../storedSchemas.ts';

/*
 * What windows of a person say to each other. All of it is our own, but a window of another version may be at the
 * other end: what does not fit is passed over.
 */

const maybe = v.exactOptional;

const state = v.picklist(['pending', 'approved', 'denied', 'promoted', 'other']);

const request = v.object({
  id,
  revision: v.string(),
  user: text,
  roles: v.array(text),
  resources: v.array(
    v.object({ cluster: text, kind: text, name: text, sub: maybe(text), label: maybe(text) }),
  ),
  state,
  created: instant,
  decideBy: instant,
  grantEnds: instant,
  startsAt: maybe(instant),
  reason: maybe(text),
  resolveReason: maybe(text),
  thresholds: v.array(v.object({ name: maybe(text), approve: v.number(), deny: v.number() })),
  thresholdSets: v.array(v.array(v.number())),
  reviews: v.array(
    v.object({
      author: text,
      verdict: state,
      reason: maybe(text),
      at: instant,
      thresholds: v.array(v.number()),
    }),
  ),
  suggestedReviewers: v.array(text),
  says: maybe(text),
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
  said: maybe(text),
  about: maybe(v.string()),
  program: maybe(v.picklist(['tsh', 'tctl'])),
  cluster: maybe(v.string()),
}) satisfies v.GenericSchema<unknown, Failure>;

const change = v.variant('kind', [
  v.object({ kind: v.picklist(['approved', 'denied', 'promoted']), request }),
  v.pipe(
    v.object({ kind: v.literal('lapsed'), id, request: maybe(request) }),
    v.transform(({ request, ...rest }) => ({ ...rest, request })),
  ),
  v.object({ kind: v.literal('asked'), requests: v.array(request) }),
]) satisfies v.GenericSchema<unknown, RequestChange>;

/** What the person waits for was written; a line was added to the journal. Said both ways. */
type Kept = { readonly kind: 'waiting' } | { readonly kind: 'noted'; readonly line: unknown };

/** Numbers a question, so that its answer is known, or a report, so that it is known what was heard. */
interface Numbered {
  readonly n: number;
}

/** What a window that follows says to the one that leads. */
export type FollowerMessage =
  | Kept
  | ({ readonly kind: 'attention' } & Attention)
  | ({ readonly kind: 'learned'; readonly request: AccessRequest } & Numbered)
  | ({ readonly kind: 'gone'; readonly id: RequestId } & Numbered)
  | ({ readonly kind: 'login'; readonly login: LoginState } & Numbered)
  | ({ readonly kind: 'mainLogin'; readonly mainLogin: readonly Elevation[] } & Numbered)
  | { readonly kind: 'mayHaveChanged' }
  | ({ readonly kind: 'ask'; readonly what: 'now' | 'known' } & Numbered)
  | ({ readonly kind: 'told'; readonly first: boolean | null } & Numbered);

/** What is true, but for the requests. */
export interface StateNews {
  readonly kind: 'state';
  readonly login: LoginState;
  /** Whether the requests are known; they are not until the first list. */
  readonly listed: boolean;
  readonly asOf?: Instant;
  readonly stale?: Failure;
  readonly mainLogin: readonly Elevation[];
  /** The number of the last report of this window that counts here. */
  readonly heard: number;
}

/**
 * What the window that leads says to those that follow. `requests` are what changed, in as many pieces as it takes;
 * `state` comes after them and makes them count.
 */
export type LeaderMessage =
  | Kept
  | {
      readonly kind: 'requests';
      readonly set: readonly AccessRequest[];
      readonly gone: readonly RequestId[];
    }
  | StateNews
  | ({ readonly kind: 'tell'; readonly change: RequestChange } & Numbered)
  | ({ readonly kind: 'asked' } & Numbered);

const n = v.number();
const kept = [
  v.object({ kind: v.literal('waiting') }),
  v.object({ kind: v.literal('noted'), line: v.unknown() }),
] as const;

export const followerMessage: v.GenericSchema<unknown, FollowerMessage> = v.variant('kind', [
  ...kept,
  v.object({ kind: v.literal('attention'), focused: v.boolean(), viewing: v.boolean() }),
  v.object({ kind: v.literal('learned'), n, request }),
  v.object({ kind: v.literal('gone'), n, id }),
  v.object({ kind: v.literal('login'), n, login }),
  v.object({ kind: v.literal('mainLogin'), n, mainLogin: mainLoginSchema }),
  v.object({ kind: v.literal('mayHaveChanged') }),
  v.object({ kind: v.literal('ask'), n, what: v.picklist(['now', 'known']) }),
  v.object({ kind: v.literal('told'), n, first: v.nullable(v.boolean()) }),
]);

export const leaderMessage: v.GenericSchema<unknown, LeaderMessage> = v.variant('kind', [
  ...kept,
  v.object({ kind: v.literal('requests'), set: v.array(request), gone: v.array(id) }),
  v.object({
    kind: v.literal('state'),
    login,
    listed: v.boolean(),
    asOf: maybe(instant),
    stale: maybe(failure),
    mainLogin: mainLoginSchema,
    heard: n,
  }),
  v.object({ kind: v.literal('tell'), n, change }),
  v.object({ kind: v.literal('asked'), n }),
]);

/** What was said, or undefined for what nobody here understands. */
export function readMessage<T>(schema: v.GenericSchema<unknown, T>, word: unknown): T | undefined {
  const result = v.safeParse(schema, word);
  return result.success ? result.output : undefined;
}
