import type { AccessRequest } from './request.ts';
import type { Untrusted } from './untrusted/untrusted.ts';

/** Approvals counted for one threshold. */
export interface ThresholdProgress {
  readonly name?: Untrusted;
  readonly approvals: number;
  readonly needed: number;
}

/** Review progress: `given` approvals of `needed`, for the threshold set that lacks the most approvals. */
export interface Progress {
  readonly given: number;
  readonly needed: number;
  readonly thresholds: readonly ThresholdProgress[];
}

/**
 * Counts approvals as the server does: every threshold set of every role needs at least one threshold that is
 * met. A request without thresholds (Community) needs one decision.
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
  const nearestOfSets = sets.map((set) => {
    const usable = set
      .flatMap((index) => thresholds[index] ?? [])
      .filter((threshold) => threshold.needed > 0);
    return usable.sort((a, b) => a.needed - a.approvals - (b.needed - b.approvals))[0];
  });
  const furthest = nearestOfSets
    .filter((threshold) => threshold !== undefined)
    .sort((a, b) => b.needed - b.approvals - (a.needed - a.approvals))[0];
  const approvals = request.reviews.filter((review) => review.verdict === 'approved').length;
  return furthest
    ? { given: Math.min(furthest.approvals, furthest.needed), needed: furthest.needed, thresholds }
    : { given: Math.min(approvals, 1), needed: 1, thresholds };
}
