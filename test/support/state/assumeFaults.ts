// Where tsh stops while a request is assumed in a copy of the login, how, and as what that is understood.
import type { Fault } from '../../../demo/client/faults.ts';
import { limits } from '../../../src/teleport/commands/tsh.ts';

/** Lets the first look at the copy through. */
const first = { match: 'status', do: 'slow', ms: 0, times: 1 } as const;

export const assumeCuts: readonly (readonly [where: string, faults: readonly Fault[], kind: string])[] = [
  ['the copy cannot be read', [{ match: 'status', do: 'garbage' }], 'unreadable'],
  ['half of the copy’s status', [{ match: 'status', do: 'half' }], 'unreadable'],
  ['dies before it looks at the copy', [{ match: 'status', do: 'stop-before' }], 'unreadable'],
  ['offline before assuming', [{ match: 'login', do: 'offline' }], 'unreachable'],
  ['refused while assuming', [{ match: 'login', do: 'fail' }], 'refused'],
  ['dies before it assumed', [{ match: 'login', do: 'stop-before' }], 'unreadable'],
  ['dies after it assumed', [{ match: 'login', do: 'stop-after' }], 'unreadable'],
  ['is killed while it assumes', [{ match: 'login', do: 'killed' }], 'unreadable'],
  ['hangs while it assumes', [{ match: 'login', do: 'hang' }], 'timedOut'],
  ['hangs while it verifies', [first, { match: 'status', do: 'hang' }], 'timedOut'],
  ['dies before it is verified', [first, { match: 'status', do: 'stop-before' }], 'unreadable'],
  ['half of the verification', [first, { match: 'status', do: 'half' }], 'unreadable'],
  ['garbage as verification', [first, { match: 'status', do: 'garbage' }], 'unreadable'],
];

/** The limits as they ship. */
export const usual = { ...limits };

/** Long enough for a tsh that answers, in ms. */
export const brief = { local: 3_000, assume: 3_000 };
