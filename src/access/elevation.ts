import { isUsable, type AccessRequest } from './request.ts';
import type { Untrusted, Instant, RequestId } from './text/untrusted.ts';

/** Where an assumed request is in use: in the main login, or in a private copy of it (a terminal). */
export type ElevationPlace =
  { readonly kind: 'mainLogin' } | { readonly kind: 'private'; readonly home: string };

/** An assumed request in use. */
export interface Elevation {
  readonly requestId: RequestId;
  readonly roles: readonly Untrusted[];
  readonly where: ElevationPlace;
  /** When it was assumed here; unknown when another program did. */
  readonly since?: Instant;
  /** The end of the certificate that carries it, from `tsh status`. */
  readonly certificateEnds: Instant;
  /** The end of the grant, from `tsh request show`; unknown until asked. */
  readonly grantEnds?: Instant;
  /** The end of the login that the certificate was made from; unknown where an older version assumed it. */
  readonly loginEnds?: Instant;
  /** The Kubernetes cluster that kubectl in its terminals was pointed at. */
  readonly kube?: Untrusted;
  /** Where kubectl goes instead, if somebody or something chose another context since. */
  readonly mismatch?: Untrusted;
  /** False while another window of this person has its terminal. */
  readonly here: boolean;
  /** Its window is gone: it is given back unless that comes back. */
  readonly left?: boolean;
  /** The request that waits to continue it. */
  readonly successor?: RequestId;
  /** Taken back on the server after it was assumed: it goes on to its end, and cannot be continued. */
  readonly withdrawn?: 'denied' | 'deleted';
}

/** Which of the ends comes first, and when. `both`: grant and certificate end together. */
export interface End {
  readonly at: Instant;
  readonly of: 'certificate' | 'grant' | 'both' | 'login';
}

/** Ends that are no further apart than this, in ms, are the same to a person. */
const minute = 60_000;

/**
 * When this elevation ends: with its certificate, or with the grant if that is sooner. A certificate never outlives
 * the login it was made from; one that ends with it says so, because going on then needs a new sign-in.
 * @param signedInUntil the end of the login as it is now: after a new sign-in the former one's end means nothing
 */
export function endOf(elevation: Elevation, signedInUntil?: Instant): End {
  const { certificateEnds, grantEnds, loginEnds } = elevation;
  const at = Math.min(certificateEnds, grantEnds ?? Infinity);
  if (loginEnds !== undefined && loginEnds - at < minute && (signedInUntil ?? 0) - loginEnds < minute)
    return { at, of: 'login' };
  if (grantEnds !== undefined && Math.abs(grantEnds - certificateEnds) < minute) return { at, of: 'both' };
  return { at, of: at < certificateEnds ? 'grant' : 'certificate' };
}

/** The elevations that have not ended, the one that ends first in front. */
export function runningElevations(elevations: readonly Elevation[], now: Instant): Elevation[] {
  return elevations.filter((one) => endOf(one).at > now).sort((a, b) => endOf(a).at - endOf(b).at);
}

/** What an elevation is told from others by: its private home; in the main login, its request. */
export const placeOf = ({ where, requestId }: Elevation): string =>
  where.kind === 'private' ? where.home : requestId;

/** Whether two elevations are in the same private home, or both in the main login. */
export function samePlace(one: ElevationPlace, other: ElevationPlace | undefined): boolean {
  return one.kind === 'private'
    ? other?.kind === 'private' && one.home === other.home
    : other?.kind === 'mainLogin';
}

/** Whether a request is this person's own, approved, and in use nowhere: to be taken into use. */
export function isReady(
  request: AccessRequest,
  me: Untrusted | undefined,
  elevations: readonly Elevation[],
  now: Instant,
): boolean {
  return request.user === me && isUsable(request, now) && !isInUse(request, elevations);
}

/** Whether the request is in use somewhere. */
export function isInUse(request: AccessRequest, elevations: readonly Elevation[]): boolean {
  return elevations.some((elevation) => elevation.requestId === request.id);
}

/** Whether continuing is offered in this window: its terminal is here, or it is the main login, and nobody took it back. */
export function mayContinue({ where, here, withdrawn }: Elevation): boolean {
  return withdrawn === undefined && (here || where.kind === 'mainLogin');
}

/**
 * What is assumed in the main login, as `tsh status` names it: ids only, so the rest is what is known of them.
 * @param before what was known of it at the last look
 * @param justNow a request that was assumed at this moment, so that its certificate's life is known
 */
export function assumedInLogin(
  login: { readonly assumed: readonly RequestId[]; readonly validUntil: Instant },
  before: readonly Elevation[],
  requests: readonly AccessRequest[],
  now: Instant,
  justNow?: RequestId,
): Elevation[] {
  return login.assumed.map((requestId) => {
    const request = requests.find(({ id }) => id === requestId);
    const known = before.find((one) => one.requestId === requestId);
    const since = requestId === justNow ? now : known?.since;
    const grantEnds = request?.grantEnds ?? known?.grantEnds;
    return {
      requestId,
      roles: request?.roles ?? known?.roles ?? [],
      where: { kind: 'mainLogin' },
      ...(since === undefined ? {} : { since }),
      ...(grantEnds === undefined ? {} : { grantEnds }),
      certificateEnds: login.validUntil,
      loginEnds: login.validUntil,
      here: true,
    };
  });
}
