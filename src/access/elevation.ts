import type { AccessRequest } from './request.ts';
import type { Foreign, Instant, RequestId } from './text.ts';

/** Where an assumed request is in use: in the whole login, or in a private copy of it (a terminal). */
export type Where = { readonly kind: 'everyday' } | { readonly kind: 'private'; readonly home: string };

/** An assumed request in use. */
export interface Elevation {
  readonly requestId: RequestId;
  readonly roles: readonly Foreign[];
  readonly where: Where;
  /** When it was assumed here; unknown when another program did. */
  readonly since?: Instant;
  /** The end of the certificate that carries it, from `tsh status`. */
  readonly certificateEnds: Instant;
  /** The end of the grant, from `tsh request show`; unknown until asked. */
  readonly grantEnds?: Instant;
  /** The Kubernetes cluster that kubectl in its terminals was pointed at. */
  readonly kube?: Foreign;
  /** Where kubectl goes instead, if somebody or something chose another context since. */
  readonly mismatch?: Foreign;
  /** False while another window of this person has its terminal. */
  readonly here: boolean;
  /** Its window is gone: it is given back unless that comes back. */
  readonly left?: boolean;
  /** The request that waits to continue it. */
  readonly successor?: RequestId;
  /** Taken back on the server after it was assumed: it goes on to its end, and cannot be continued. */
  readonly withdrawn?: 'denied' | 'deleted';
}

/** Which of the ends comes first, and when. */
export interface End {
  readonly at: Instant;
  readonly of: 'certificate' | 'grant';
}

/** When this elevation ends: with its certificate, or with the grant if that is sooner. */
export function endOf(elevation: Elevation): End {
  const grant = elevation.grantEnds ?? Infinity;
  return grant < elevation.certificateEnds
    ? { at: grant, of: 'grant' }
    : { at: elevation.certificateEnds, of: 'certificate' };
}

/** Whether grant and certificate end at the same time, to the minute; then neither is first. */
export function endTogether({ certificateEnds, grantEnds = certificateEnds }: Elevation): boolean {
  return Math.abs(grantEnds - certificateEnds) < 60_000;
}

/** The elevations that have not ended, the one that ends first in front. */
export function running(elevations: readonly Elevation[], now: Instant): Elevation[] {
  return elevations.filter((one) => endOf(one).at > now).sort((a, b) => endOf(a).at - endOf(b).at);
}

/** Whether the request is in use somewhere. */
export function isInUse(request: AccessRequest, elevations: readonly Elevation[]): boolean {
  return elevations.some((elevation) => elevation.requestId === request.id);
}

/** Whether continuing is offered in this window: its terminal is here, or it is the whole login, and nobody took it back. */
export function mayContinue({ where, here, withdrawn }: Elevation): boolean {
  return withdrawn === undefined && (here || where.kind === 'everyday');
}
