import * as l10n from '@vscode/l10n';
import type { Instant } from '../access/untrusted/untrusted.ts';
import { span } from './time.ts';

/** A smaller difference between the clocks is not reported, in ms. */
const toleratedSkew = 60_000;

/**
 * Warns if this machine's clock differs from the cluster's. Views compute times left from the cluster's times
 * and this clock, so "42 min" would be wrong. If the clocks agree, the cluster created the request between
 * `since` and `now`, however long sending took.
 * @param since when sending began, by this machine's clock, like `now`
 * @param created when the cluster created the request, by the cluster's clock
 * @returns undefined if the clocks agree within the tolerance
 */
export function clockWords(since: Instant, created: Instant, now: Instant): string | undefined {
  const [ahead, behind] = [since - created, created - now];
  const minutes = span(Math.round(Math.max(ahead, behind) / 60_000));
  if (ahead >= toleratedSkew)
    return l10n.t(
      "This machine's clock is {0} ahead of the cluster's; times left are shown too short.",
      minutes,
    );
  if (behind >= toleratedSkew)
    return l10n.t(
      "This machine's clock is {0} behind the cluster's; times left are shown too long.",
      minutes,
    );
  return undefined;
}
