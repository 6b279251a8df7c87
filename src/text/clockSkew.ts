import * as l10n from '@vscode/l10n';
import type { Instant } from '../access/text/untrusted.ts';
import { span } from './time.ts';

/** How much the clocks may differ unsaid, in ms. */
const tolerated = 60_000;

/**
 * What is said when this machine's clock differs from the cluster's: every time shown comes from the cluster, so "42 min"
 * would be wrong. However long sending took, with equal clocks the request was made between `since` and `now`.
 * @param since when sending began, and `now`, by this machine's clock
 * @param created when the cluster made the request, by its own
 */
export function clockWords(since: Instant, created: Instant, now: Instant): string | undefined {
  const [ahead, behind] = [since - created, created - now];
  const minutes = span(Math.round(Math.max(ahead, behind) / 60_000));
  if (ahead >= tolerated)
    return l10n.t(
      "This machine's clock is {0} ahead of the cluster's; times left are shown too short.",
      minutes,
    );
  if (behind >= tolerated)
    return l10n.t(
      "This machine's clock is {0} behind the cluster's; times left are shown too long.",
      minutes,
    );
  return undefined;
}
