import { rawText, untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { Failure } from '../../teleport/process/failure.ts';

/**
 * The field that a Community server refused because only Enterprise has it; undefined for any other failure
 * (recorded: `role field allow.review_requests is only available in enterprise subscriptions`).
 */
export function lackedField({ kind, said }: Failure): Untrusted | undefined {
  if (kind !== 'refused' || said === undefined) return undefined;
  const match = /role (?:field|option) ([\w.]+).*is only available in enterprise subscriptions/i.exec(
    rawText(said),
  );
  return match?.[1] === undefined ? undefined : untrusted(match[1]);
}
