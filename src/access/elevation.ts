import type { AccessRequest } from './request.ts';
import type { Untrusted, Instant, RequestId } from './untrusted/untrusted.ts';

/** Where an assumed request is in use: in the main login, or in the private home of a terminal. */
export type ElevationPlace =
  { readonly kind: 'mainLogin' } | { readonly kind: 'private'; readonly home: string };

/** A request that is assumed in the main login or in a private home. */
export interface Elevation {
  readonly requestId: RequestId;
  readonly roles: readonly Untrusted[];
  readonly where: ElevationPlace;
  /** When this extension assumed it; undefined if another program did. */
  readonly since?: Instant;
  /** The end of the certificate that carries the elevation, from `tsh status`. */
  readonly certificateEnds: Instant;
  /** The end of the grant, from `tsh request show`; undefined until that was read. */
  readonly grantEnds?: Instant;
  /** The end of the login that the certificate was made from; undefined if an older version assumed it. */
  readonly loginEnds?: Instant;
  /** The Kubernetes cluster that kubectl in its terminals was set to use. */
  readonly kube?: Untrusted;
  /** The cluster that kubectl uses instead of `kube`, if the context was changed since. */
  readonly mismatch?: Untrusted;
  /** False while another window of the user has the terminal. */
  readonly here: boolean;
  /** The window that had the terminal is gone. The elevation is dropped unless that window comes back. */
  readonly windowGone?: boolean;
  /** The request that is to continue this elevation. */
  readonly successor?: RequestId;
  /** How the server withdrew the assumed request. The elevation lasts until its end without continuation. */
  readonly withdrawn?: 'denied' | 'deleted';
}

/** The earliest end of an elevation, and its cause. `both`: grant and certificate end together. */
export interface End {
  readonly at: Instant;
  readonly of: 'certificate' | 'grant' | 'both' | 'login';
}

/** Two ends closer together than this, in ms, count as the same end. */
const minute = 60_000;

/**
 * Computes when an elevation ends: with its certificate, or with the grant if that is sooner. A certificate
 * never lasts longer than the login it was made from. If both end together, the cause is `login`, because
 * continuing then needs a new sign-in.
 * @param signedInUntil the end of the current login. After a new sign-in the end of the previous login no
 *   longer matters.
 */
export function endOf(elevation: Elevation, signedInUntil?: Instant): End {
  const { certificateEnds, grantEnds, loginEnds } = elevation;
  const at = Math.min(certificateEnds, grantEnds ?? Infinity);
  if (loginEnds !== undefined && loginEnds - at < minute && (signedInUntil ?? 0) - loginEnds < minute)
    return { at, of: 'login' };
  if (grantEnds !== undefined && Math.abs(grantEnds - certificateEnds) < minute) return { at, of: 'both' };
  return { at, of: at < certificateEnds ? 'grant' : 'certificate' };
}

/** The elevations that have not ended, in the order of their ends. */
export function runningElevations(elevations: readonly Elevation[], now: Instant): Elevation[] {
  return elevations
    .filter((elevation) => endOf(elevation).at > now)
    .sort((a, b) => endOf(a).at - endOf(b).at);
}

/** Identifies an elevation: by its private home, or in the main login by its request. */
export const elevationKey = ({ where, requestId }: Elevation): string =>
  where.kind === 'private' ? where.home : requestId;

/** Whether two elevations are in the same private home, or both in the main login. */
export function samePlace(one: ElevationPlace, other: ElevationPlace | undefined): boolean {
  return one.kind === 'private'
    ? other?.kind === 'private' && one.home === other.home
    : other?.kind === 'mainLogin';
}

/**
 * An elevation on another machine, or of another account on this one, with which this user shares the storage of
 * the extension. It is shown and left alone, so it is none of the elevations that commands act on.
 */
export interface ElevationElsewhere {
  readonly elevation: Elevation;
  readonly at: 'otherMachine' | 'otherUser';
  /** The name of the machine. It is only shown. */
  readonly host: Untrusted;
}

/** Whether the request is assumed in any elevation. */
export function isInUse(request: AccessRequest, elevations: readonly Elevation[]): boolean {
  return elevations.some((elevation) => elevation.requestId === request.id);
}

/**
 * Builds the elevations of the main login. `tsh status` lists request ids only, so the other facts come from
 * the known requests and from the elevations of the last reading.
 * @param before the elevations of the last reading
 * @param justAssumed the request that was assumed now, which makes `now` the start of its elevation
 */
export function assumedInLogin(
  login: { readonly assumed: readonly RequestId[]; readonly validUntil: Instant },
  before: readonly Elevation[],
  requests: readonly AccessRequest[],
  now: Instant,
  justAssumed?: RequestId,
): Elevation[] {
  return login.assumed.map((requestId) => {
    const request = requests.find(({ id }) => id === requestId);
    const known = before.find((elevation) => elevation.requestId === requestId);
    const since = requestId === justAssumed ? now : known?.since;
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
