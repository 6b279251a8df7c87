import type { AccessRequest } from './request.ts';
import type { Untrusted } from './text/untrusted.ts';

/** How far one threshold is. */
export interface ThresholdProgress {
  readonly name?: Untrusted;
  readonly approvals: number;
  readonly needed: number;
}

/** How far the review of a request is: `given` approvals of `needed`, for the set that is furthest from done. */
export interface Progress {
  readonly given: number;
  readonly needed: number;
  readonly thresholds: readonly ThresholdProgress[];
}

/**
 * Counts approvals as the server does: for every role and every set of that role at least one threshold must be met.
 * A request without thresholds (Community) needs one decision.
 */
export function progress(request: AccessRequest): Progress {
  const thresholds = request.thresholds.map((threshold, index): ThresholdProgress => {
    const approvals = request.reviews.filter(
      (review) => review.verdict === 'approved' && review.thresholds.includes(index),
    ).length;
    return {
      ...(threshold.name === undefined ? {} : { name: threshold.name }),
      approvals,
      needed: threshold.approve,
    };
  });
  const sets =
    request.thresholdSets.length > 0 ? request.thresholdSets : [thresholds.map((_, index) => index)];
  const nearest = sets.map((set) => {
    const usable = set
      .flatMap((index) => thresholds[index] ?? [])
      .filter((threshold) => threshold.needed > 0);
    return usable.sort((a, b) => a.needed - a.approvals - (b.needed - b.approvals))[0];
  });
  const worst = nearest
    .filter((threshold) => threshold !== undefined)
    .sort((a, b) => b.needed - b.approvals - (a.needed - a.approvals))[0];
  const approvals = request.reviews.filter((review) => review.verdict === 'approved').length;
  return worst
    ? { given: Math.min(worst.approvals, worst.needed), needed: worst.needed, thresholds }
    : { given: Math.min(approvals, 1), needed: 1, thresholds };
}
