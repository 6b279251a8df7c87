import { draftFromRequest, resourceId, type Draft } from './requestDraft.ts';
import { endOf, isInUse, runningElevations, type Elevation } from './elevation.ts';
import { phaseOf, type AccessRequest, type RequestPhase } from './request.ts';
import { rawText, type Untrusted, type Instant, type RequestId } from './untrusted/untrusted.ts';

/**
 * A way to get access without starting a new request. Alternatives are offered first, so that nobody requests
 * the same access twice by accident.
 */
export type Alternative =
  | {
      readonly kind: 'use';
      readonly request: AccessRequest;
      readonly until: Instant;
      /** Which of the two ends at `until`. */
      readonly of: 'grant' | 'login';
    }
  | { readonly kind: 'waits'; readonly request: AccessRequest }
  | { readonly kind: 'starts'; readonly request: AccessRequest }
  | { readonly kind: 'continue'; readonly elevation: Elevation; readonly until: Instant }
  | { readonly kind: 'resume'; readonly draft: Draft }
  | { readonly kind: 'again'; readonly draft: Draft; readonly at: Instant };

/** An alternative that needs no new request. */
export type ExistingAccess = Exclude<Alternative, { readonly kind: 'resume' | 'again' }>;

/** The settings of a request that was sent earlier, without its reason. */
export interface PastRequest extends Omit<Draft, 'reason' | 'startsAt' | 'pendingMinutes'> {
  readonly at: Instant;
}

/** The facts from which alternatives are found. All of them are known already, so no tsh call is needed. */
export interface AccessFacts {
  readonly me: Untrusted;
  readonly requests: readonly AccessRequest[];
  readonly elevations: readonly Elevation[];
  /** The user's own requests that the user has hidden. */
  readonly hidden: readonly RequestId[];
  readonly loginEnds: Instant;
  /** Drafts that were started and not sent. */
  readonly unfinished: readonly Draft[];
  /** Requests sent from this extension, newest first. */
  readonly pastRequests: readonly PastRequest[];
}

/** Maximum number of earlier requests that are offered again. */
const maxRepeats = 3;

/** A comparable key of the requested resources, or of the roles if there are none. Empty without either. */
export function subjectKey({ roles, resources = [] }: Pick<Draft, 'roles' | 'resources'>): string {
  const ids = resources.length > 0 ? resources.map(resourceId) : roles.map(rawText);
  return ids.length === 0 ? '' : JSON.stringify([resources.length > 0, ...new Set(ids.sort())]);
}

/** All alternatives in the order they are offered; empty if only a new request is possible. */
export function alternatives(facts: AccessFacts, now: Instant): Alternative[] {
  const existing = existingAccess(facts, now);
  const existingKeys = new Set(existing.map((alternative) => subjectKeyOf(alternative, facts)));
  return [
    ...existing,
    ...facts.unfinished.map((draft): Alternative => ({ kind: 'resume', draft })),
    ...earlierRequests(facts)
      .filter(({ draft }) => !existingKeys.has(subjectKey(draft)))
      .slice(0, maxRepeats),
  ];
}

/** Existing access to exactly the roles or resources of a draft. */
export function existingFor(facts: AccessFacts, draft: Draft, now: Instant): ExistingAccess[] {
  const wanted = subjectKey(draft);
  if (wanted === '') return [];
  return existingAccess(facts, now).filter((alternative) => subjectKeyOf(alternative, facts) === wanted);
}

/**
 * Access that is ready, pending, scheduled or in use. If several requests in one state have the same
 * subjects, only the one that lasts longest is included.
 */
function existingAccess(
  { me, requests, elevations, hidden, loginEnds }: AccessFacts,
  now: Instant,
): ExistingAccess[] {
  const mine = requests
    .filter((request) => request.user === me && !isInUse(request, elevations))
    .sort((a, b) => b.grantEnds - a.grantEnds);
  const firstOfEach = (phase: RequestPhase): AccessRequest[] => {
    const seen = new Set<string>();
    return mine.filter((request) => {
      if (phaseOf(request, now) !== phase) return false;
      if (phase === 'pending' && hidden.includes(request.id)) return false;
      const key = subjectKey(request);
      return !seen.has(key) && seen.add(key);
    });
  };
  return [
    ...firstOfEach('ready').map((request): ExistingAccess => {
      const of = loginEnds < request.grantEnds ? 'login' : 'grant';
      return { kind: 'use', request, until: Math.min(request.grantEnds, loginEnds), of };
    }),
    ...firstOfEach('pending').map((request): ExistingAccess => ({ kind: 'waits', request })),
    ...firstOfEach('scheduled').map((request): ExistingAccess => ({ kind: 'starts', request })),
    ...runningElevations(elevations, now).map((elevation): ExistingAccess => ({
      kind: 'continue',
      elevation,
      until: endOf(elevation).at,
    })),
  ];
}

function subjectKeyOf(alternative: Alternative, { requests }: AccessFacts): string {
  switch (alternative.kind) {
    case 'use':
    case 'waits':
    case 'starts':
      return subjectKey(alternative.request);
    case 'continue':
      return subjectKey(
        requests.find(({ id }) => id === alternative.elevation.requestId) ?? alternative.elevation,
      );
    case 'resume':
    case 'again':
      return subjectKey(alternative.draft);
  }
}

/**
 * Earlier requests as drafts, newest first and one for each set of roles or resources. A draft takes its
 * settings from the local list and its reason from the cluster.
 */
function earlierRequests({ me, requests, pastRequests }: AccessFacts): (Alternative & { kind: 'again' })[] {
  const drafts = new Map<string, { at: Instant; draft: Draft }>();
  for (const request of requests) {
    const at = request.created;
    const key = request.user === me && at > 0 ? subjectKey(request) : '';
    if (key === '' || at <= (drafts.get(key)?.at ?? 0)) continue;
    drafts.set(key, { at, draft: { ...draftFromRequest(request), reviewers: [] } });
  }
  for (const { at, ...settings } of [...pastRequests].reverse()) {
    const key = subjectKey(settings);
    const onCluster = drafts.get(key);
    const draft = { ...settings, reason: onCluster?.draft.reason ?? '' };
    drafts.set(key, { at: Math.max(at, onCluster?.at ?? 0), draft });
  }
  return [...drafts.values()].sort((a, b) => b.at - a.at).map((entry) => ({ kind: 'again', ...entry }));
}
