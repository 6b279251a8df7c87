import type { Elevation } from '../../access/elevation.ts';
import { isRequestId, type RequestId } from '../../access/text/untrusted.ts';
import { isTrustedArgument } from '../../editor/trustedArguments.ts';

/** What a command is about, when it was pressed on something of ours. */
export interface CommandTarget {
  readonly id: RequestId;
  readonly elevation?: Elevation;
}

/** The target in a command's first argument: only of an object we made; anything else counts as nothing chosen. */
export function commandTarget(argument: unknown): CommandTarget | undefined {
  if (!isTrustedArgument(argument) || !('target' in argument)) return undefined;
  const { target } = argument;
  if (typeof target !== 'object' || target === null || !('id' in target)) return undefined;
  return typeof target.id === 'string' && isRequestId(target.id) ? (target as CommandTarget) : undefined;
}
