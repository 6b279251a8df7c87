import * as l10n from '@vscode/l10n';
import type { Instant } from '../access/untrusted/untrusted.ts';
import { span } from './time.ts';

/** A smaller difference between the clocks is not reported, in ms. */
const toleratedSkew = 60_000;

const inMinutes = (difference: number): string => span(Math.round(difference / 60_000));

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
  if (ahead >= toleratedSkew)
    return l10n.t(
      "This machine's clock is {0} ahead of the cluster's; times left are shown too short.",
      inMinutes(ahead),
    );
  if (behind >= toleratedSkew)
    return l10n.t(
      "This machine's clock is {0} behind the cluster's; times left are shown too long.",
      inMinutes(behind),
    );
  return undefined;
}

/**
 * Describes the difference between the clocks of this machine and the cluster when a request was created.
 * @param ahead how far this machine's clock was ahead, in ms; negative if it was behind
 * @returns undefined if the clocks agreed within the tolerance
 */
export function clockDifference(ahead: number): string | undefined {
  const difference = Math.abs(ahead);
  if (difference < toleratedSkew) return undefined;
  return ahead > 0
    ? l10n.t("This machine's clock was {0} ahead of the cluster's.", inMinutes(difference))
    : l10n.t("This machine's clock was {0} behind the cluster's.", inMinutes(difference));
}
