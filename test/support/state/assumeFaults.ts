// The faults of tsh while a request is assumed in a copy of the login, and the kind of failure that each must
// lead to.
import type { Fault } from '../../../demo/client/faults.ts';
import type { FailureKind } from '../../../src/teleport/process/failure.ts';

/** Lets the first `tsh status` on the copy succeed. */
const passFirstStatus = { match: 'status', do: 'slow', ms: 0, times: 1 } as const;

/** Where the fault occurs, the fault, and the expected kind of failure. */
export const assumeFaults: readonly (readonly [
  where: string,
  faults: readonly Fault[],
  kind: FailureKind,
])[] = [
  ['the copy cannot be read', [{ match: 'status', do: 'garbage' }], 'unreadable'],
  ['half of the copy’s status', [{ match: 'status', do: 'half' }], 'unreadable'],
  ['dies before it looks at the copy', [{ match: 'status', do: 'stop-before' }], 'unreadable'],
  ['offline before assuming', [{ match: 'login', do: 'offline' }], 'unreachable'],
  ['refused while assuming', [{ match: 'login', do: 'fail' }], 'refused'],
  ['dies before it assumed', [{ match: 'login', do: 'stop-before' }], 'unreadable'],
  ['dies after it assumed', [{ match: 'login', do: 'stop-after' }], 'unreadable'],
  ['is killed while it assumes', [{ match: 'login', do: 'killed' }], 'unreadable'],
  ['hangs while it assumes', [{ match: 'login', do: 'hang' }], 'timedOut'],
  ['hangs while it verifies', [passFirstStatus, { match: 'status', do: 'hang' }], 'timedOut'],
  ['dies before it is verified', [passFirstStatus, { match: 'status', do: 'stop-before' }], 'unreadable'],
  ['half of the verification', [passFirstStatus, { match: 'status', do: 'half' }], 'unreadable'],
  ['garbage as verification', [passFirstStatus, { match: 'status', do: 'garbage' }], 'unreadable'],
];

/** Time limits that are long enough for a tsh that answers, in ms. */
export const shortLimits = { local: 3_000, assume: 3_000 };
