import { draftAgain, resourceId, type Draft } from './requestDraft.ts';
import { endOf, isInUse, runningElevations, type Elevation } from './elevation.ts';
import { isOpen, isScheduled, isUsable, type AccessRequest } from './request.ts';
import { rawText, type Untrusted, type Instant, type RequestId } from './text/untrusted.ts';

/** What there is to begin with, before anybody asks: said first, so that nobody asks twice by accident. */
export type Alternative =
  | {
      readonly kind: 'use';
      readonly request: AccessRequest;
      readonly until: Instant;
      readonly of: 'grant' | 'login';
    }
  | { readonly kind: 'waits'; readonly request: AccessRequest }
  | { readonly kind: 'starts'; readonly request: AccessRequest }
  | { readonly kind: 'continue'; readonly elevation: Elevation; readonly until: Instant }
  | { readonly kind: 'goOn'; readonly draft: Draft }
  | { readonly kind: 'again'; readonly draft: Draft; readonly at: Instant };

/** What there is that needs no new request. */
export type ExistingAccess = Exclude<Alternative, { readonly kind: 'goOn' | 'again' }>;

/** What was asked for once, without its reason. */
export interface PastRequest extends Omit<Draft, 'reason' | 'startsAt' | 'pendingMinutes'> {
  readonly at: Instant;
}

/** What a plan is made from: what is known already; nobody is asked for it. */
export interface AccessFacts {
  readonly me: Untrusted;
  readonly requests: readonly AccessRequest[];
  readonly elevations: readonly Elevation[];
  /** Own requests the person no longer wants to see. */
  readonly hidden: readonly RequestId[];
  readonly loginEnds: Instant;
  /** Requests begun and not sent. */
  readonly unfinished: readonly Draft[];
  /** What was sent from here, newest first. */
  readonly asked: readonly PastRequest[];
}

/** How many old requests are offered again. */
const atMost = 3;

/** What is asked for, as something to compare: resources, or else roles. Empty where nothing is. */
export function subjectKey({ roles, resources = [] }: Pick<Draft, 'roles' | 'resources'>): string {
  const ids = resources.length > 0 ? resources.map(resourceId) : roles.map(rawText);
  return ids.length === 0 ? '' : JSON.stringify([resources.length > 0, ...new Set(ids.sort())]);
}

/** Everything there is to begin with, in the order it is offered; empty where only a new request is left. */
export function alternatives(known: AccessFacts, now: Instant): Alternative[] {
  const there = existingAccess(known, now);
  const taken = new Set(there.map((verb) => keyOf(verb, known)));
  return [
    ...there,
    ...known.unfinished.map((draft): Alternative => ({ kind: 'goOn', draft })),
    ...before(known)
      .filter(({ draft }) => !taken.has(subjectKey(draft)))
      .slice(0, atMost),
  ];
}

/** What there is for the very thing that is about to be asked for. */
export function existingFor(known: AccessFacts, draft: Draft, now: Instant): ExistingAccess[] {
  const wanted = subjectKey(draft);
  return wanted === '' ? [] : existingAccess(known, now).filter((verb) => keyOf(verb, known) === wanted);
}

/** What can be used, waits, will start, or is in use; of several requests for the same the one that lasts longest. */
function existingAccess(
  { me, requests, elevations, hidden, loginEnds }: AccessFacts,
  now: Instant,
): ExistingAccess[] {
  const mine = requests
    .filter((request) => request.user === me && !isInUse(request, elevations))
    .sort((a, b) => b.grantEnds - a.grantEnds);
  const each = (fits: (request: AccessRequest) => boolean): AccessRequest[] => {
    const seen = new Set<string>();
    return mine.filter(fits).filter((request) => {
      const key = subjectKey(request);
      return !seen.has(key) && seen.add(key);
    });
  };
  return [
    ...each((request) => isUsable(request, now)).map((request): ExistingAccess => {
      const of = loginEnds < request.grantEnds ? 'login' : 'grant';
      return { kind: 'use', request, until: Math.min(request.grantEnds, loginEnds), of };
    }),
    ...each((request) => isOpen(request, now) && !hidden.includes(request.id)).map(
      (request): ExistingAccess => ({
        kind: 'waits',
        request,
      }),
    ),
    ...each((request) => isScheduled(request, now)).map((request): ExistingAccess => ({
      kind: 'starts',
      request,
    })),
    ...runningElevations(elevations, now).map((elevation): ExistingAccess => ({
      kind: 'continue',
      elevation,
      until: endOf(elevation).at,
    })),
  ];
}

function keyOf(verb: Alternative, { requests }: AccessFacts): string {
  switch (verb.kind) {
    case 'use':
    case 'waits':
    case 'starts':
      return subjectKey(verb.request);
    case 'continue':
      return subjectKey(requests.find(({ id }) => id === verb.elevation.requestId) ?? verb.elevation);
    case 'goOn':
    case 'again':
      return subjectKey(verb.draft);
  }
}

/** Old requests, newest first, each thing once: with the settings it was sent with and the words the cluster has. */
function before({ me, requests, asked }: AccessFacts): (Alternative & { kind: 'again' })[] {
  const made = new Map<string, { at: Instant; draft: Draft }>();
  for (const request of requests) {
    const at = request.created;
    const key = request.user === me && at > 0 ? subjectKey(request) : '';
    if (key === '' || at <= (made.get(key)?.at ?? 0)) continue;
    made.set(key, { at, draft: { ...draftAgain(request), reviewers: [] } });
  }
  for (const { at, ...settings } of [...asked].reverse()) {
    const key = subjectKey(settings);
    const found = made.get(key);
    const draft = { ...settings, reason: found?.draft.reason ?? '' };
    made.set(key, { at: Math.max(at, found?.at ?? 0), draft });
  }
  return [...made.values()].sort((a, b) => b.at - a.at).map((one) => ({ kind: 'again', ...one }));
}
