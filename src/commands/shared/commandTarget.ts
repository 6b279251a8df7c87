import type { Elevation } from '../../access/elevation.ts';
import { isRequestId, type RequestId } from '../../access/untrusted/untrusted.ts';
import { isTrustedArgument } from '../../editor/trustedArguments.ts';

/** The request or elevation that a command was called for, for example by a button in a row. */
export interface CommandTarget {
  readonly id: RequestId;
  readonly elevation?: Elevation;
}

/**
 * Reads the target from a command's first argument.
 * @returns undefined if this extension did not create the argument; the command then asks the user
 */
export function commandTarget(argument: unknown): CommandTarget | undefined {
  if (!isTrustedArgument(argument) || !('target' in argument)) return undefined;
  const { target } = argument;
  if (typeof target !== 'object' || target === null || !('id' in target)) return undefined;
  return typeof target.id === 'string' && isRequestId(target.id) ? (target as CommandTarget) : undefined;
}
