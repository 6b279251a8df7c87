import { durationArgument, resourceId, type Draft } from '../../access/requestDraft.ts';
import { rawText, type Instant } from '../../access/untrusted/untrusted.ts';

/**
 * The time limits of calls in ms. They depend on what a call waits for: the disk, the server, or the user.
 */
export const limits = { local: 10_000, read: 30_000, review: 120_000, assume: 60_000, drop: 5_000 };

/** How to run a read. */
export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Lets writes abort the read. */
  readonly background?: boolean;
}

/** A time as RFC 3339 in UTC, the format of tsh's and tctl's time flags. */
export const rfc3339 = (at: Instant): string => new Date(at).toISOString();

/** The arguments of `tsh request create` for a draft. */
export function createArguments(draft: Draft): string[] {
  const { roles, resources = [], reviewers, startsAt, pendingMinutes } = draft;
  return [
    'request',
    'create',
    ...(resources.length > 0
      ? resources.map((resource) => `--resource=${resourceId(resource)}`)
      : [`--roles=${roles.map(rawText).join(',')}`]),
    `--reason=${draft.reason.trim()}`,
    `--max-duration=${durationArgument(draft.minutes)}`,
    ...(reviewers.length > 0 ? [`--reviewers=${reviewers.map(rawText).join(',')}`] : []),
    ...(pendingMinutes === undefined ? [] : [`--request-ttl=${durationArgument(pendingMinutes)}`]),
    ...(startsAt === undefined ? [] : [`--assume-start-time=${rfc3339(startsAt)}`]),
    '--nowait',
  ];
}
