import { isInUse, runningElevations, type Elevation } from './elevation.ts';
import type { JournalEntry } from './journalEntry.ts';
import { phaseOf, type AccessRequest, type RequestPhase } from './request.ts';
import type { Instant, RequestId, Untrusted } from './untrusted/untrusted.ts';

/** The operation that runs on a request now. */
export type Busy = 'assuming' | 'continuing' | 'dropping' | 'deciding';

/** What a user may do with a request. These words are also the words in the context value of a row. */
export type RequestAction = 'open' | 'use' | 'decide' | 'nudge' | 'cancel';
/** What a user may do with an elevation. These words are also the words in the context value of a row. */
export type ElevationAction = 'open' | 'drop' | 'terminal' | 'continue' | 'kubeCluster';

/** What a user may do with an ended request. These words are also the words in the context value of a row. */
export type EndedAction = 'open' | 'use' | 'askAgain';

/** Why an action cannot be done now. A phase says that the request is in this phase. */
export type Obstacle =
  | RequestPhase
  /** The user made the request, so others decide it. */
  | 'own'
  /** Another user made the request. */
  | 'ofAnother'
  /** The user has reviewed the request before. */
  | 'reviewed'
  | 'inUse'
  /** The server does not know the request any more. */
  | 'gone'
  /** Another operation runs on the request. */
  | 'busy'
  /** The elevation is in the main login, so it has no terminal of its own. */
  | 'mainLogin'
  | 'otherWindow'
  /** The server has withdrawn the request of the elevation. */
  | 'withdrawn'
  /** kubectl uses the chosen Kubernetes cluster. */
  | 'kubeClusterAsChosen';

/** For each action why it cannot be done now; undefined if it can be done. */
export type Obstacles<Action extends string> = Readonly<Record<Action, Obstacle | undefined>>;

/** A request, and what may be done with it. */
export interface RequestActions {
  readonly request: AccessRequest;
  readonly obstacles: Obstacles<RequestAction>;
}

/** A running elevation, and what may be done with it. */
export interface ElevationActions {
  readonly elevation: Elevation;
  readonly obstacles: Obstacles<ElevationAction>;
}

/** A request that has ended, as the journal has it, and what may be done with it. */
export interface EndedActions {
  readonly entry: JournalEntry;
  readonly obstacles: Obstacles<EndedAction>;
}

/** What may be done with each request, ended request and running elevation. The next end comes first. */
export interface AvailableActions {
  readonly requests: readonly RequestActions[];
  readonly ended: readonly EndedActions[];
  readonly elevations: readonly ElevationActions[];
}

/** The part of the snapshot that decides what may be done. */
export interface ActionFacts {
  readonly login: { readonly kind: string; readonly profile?: { readonly user: Untrusted } };
  readonly requests: readonly AccessRequest[] | undefined;
  readonly elevations: readonly Elevation[];
  readonly ended: readonly JournalEntry[];
  readonly busy: ReadonlyMap<RequestId, Busy>;
}

/**
 * What may be done with every request and every running elevation now, and why the rest may not. Rows,
 * context keys, pickers, the status bar and the terminal profile take their actions from here. A login that
 * has expired is no obstacle: each command asks the user to sign in first.
 */
export function availableActions(facts: ActionFacts, now: Instant): AvailableActions {
  const requests = (facts.requests ?? []).map((request) => requestActions(request, facts, now));
  return {
    requests,
    ended: facts.ended.map((entry) => {
      const known = requests.find(({ request }) => request.id === entry.id);
      return {
        entry,
        obstacles: { open: undefined, use: known ? known.obstacles.use : 'gone', askAgain: undefined },
      };
    }),
    elevations: runningElevations(facts.elevations, now).map((elevation) =>
      elevationActions(elevation, facts.busy.get(elevation.requestId)),
    ),
  };
}

/** What may be done with one request now, also with one that is not in the snapshot yet. */
export function requestActions(request: AccessRequest, facts: ActionFacts, now: Instant): RequestActions {
  const isMine = request.user === facts.login.profile?.user;
  const phase = phaseOf(request, now);
  const busy = facts.busy.has(request.id) ? 'busy' : undefined;
  const inUse = isInUse(request, facts.elevations) ? 'inUse' : undefined;
  const waits = isMine ? unless('pending', phase) : 'ofAnother';
  return {
    request,
    obstacles: {
      open: undefined,
      use: isMine ? (inUse ?? unless('ready', phase) ?? busy) : 'ofAnother',
      decide: isMine
        ? 'own'
        : (unless('pending', phase) ?? reviewedBy(request, facts.login.profile?.user) ?? busy),
      nudge: waits,
      cancel: waits,
    },
  };
}

function elevationActions(elevation: Elevation, busyWith: Busy | undefined): ElevationActions {
  const { where, here, withdrawn, mismatch } = elevation;
  const busy = busyWith && 'busy';
  const otherWindow = where.kind === 'private' && !here ? 'otherWindow' : undefined;
  const terminal = where.kind === 'mainLogin' ? 'mainLogin' : (otherWindow ?? busy);
  return {
    elevation,
    obstacles: {
      open: undefined,
      drop: busy,
      terminal,
      continue: withdrawn ? 'withdrawn' : (otherWindow ?? busy),
      kubeCluster: terminal ?? (mismatch === undefined ? 'kubeClusterAsChosen' : undefined),
    },
  };
}

/** The phase as an obstacle; undefined in the phase that the action needs. */
const unless = (needed: RequestPhase, phase: RequestPhase): RequestPhase | undefined =>
  phase === needed ? undefined : phase;

const reviewedBy = ({ reviews }: AccessRequest, me: Untrusted | undefined): 'reviewed' | undefined =>
  reviews.some(({ author }) => author === me) ? 'reviewed' : undefined;

/** The actions that can be done now, as the words of a row's context value. */
export function possible<Action extends string>(obstacles: Obstacles<Action>): Action[] {
  return (Object.keys(obstacles) as Action[]).filter((action) => obstacles[action] === undefined);
}

/** Whether an action can be done now, or once the operation that runs has ended. A command waits for that. */
export const mayTry = (obstacle: Obstacle | undefined): boolean =>
  obstacle === undefined || obstacle === 'busy';

/**
 * Whether a request waits for the user's review. While the user's own decision is being sent, it still does.
 * @param isReviewer whether the user has reviewed on this cluster before. Then every visible request counts,
 *   else only those that suggest the user as reviewer.
 */
export function waitsForReview(
  { request, obstacles }: RequestActions,
  me: Untrusted | undefined,
  isReviewer: boolean,
): boolean {
  const isForMe = isReviewer || (me !== undefined && request.suggestedReviewers.includes(me));
  return isForMe && mayTry(obstacles.decide);
}
