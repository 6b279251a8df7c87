import { untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import type { Outcome } from './outcome.ts';

/**
 * Everything that can go wrong with tsh, as a closed set. Recognised here, worded in `words/failure.ts`.
 * - `gone`: the request is not there, or not visible to this person; tsh does not tell which.
 * - `notPermitted`: this person may not do that here. - `noReviewRights`: no role of theirs reviews anything
 *   (always so on Community Edition).
 * - `changed`: a role is not what it was when it was read. - `actsAsService`: tctl would act as the auth service.
 * - `inUse`: a role that somebody holds is not removed. - `unnameable`: tctl would take the name for another's.
 * - `leafSelected`: tctl works with the root cluster, named in `cluster`.
 * - `decided`: somebody was faster. - `refused`: anything else, with tsh's own first line.
 * - `untrustedHome`: the place of private homes is not ours alone. - `noSpace`, `cannotWrite`: this machine's own
 *   word about a file of ours or tsh's.
 */
export const failureKinds = [
  'notFound',
  'tooOld',
  'signedOut',
  'expired',
  'denied',
  'notPermitted',
  'noReviewRights',
  'notRequestable',
  'unreachable',
  'timedOut',
  'cancelled',
  'unreadable',
  'locked',
  'gone',
  'decided',
  'alreadyReviewed',
  'tooEarly',
  'tooLong',
  'needsTerminal',
  'untrustedHome',
  'noSpace',
  'cannotWrite',
  'changed',
  'inUse',
  'unnameable',
  'actsAsService',
  'leafSelected',
  'refused',
] as const;

export type FailureKind = (typeof failureKinds)[number];

export interface Failure {
  readonly kind: FailureKind;
  /** The first line tsh printed; foreign text. */
  readonly said?: Untrusted;
  /** The request the failure is about, if tsh named one. */
  readonly about?: string;
  /** The program that was not found, or that said it: without it tsh. */
  readonly program?: 'tsh' | 'tctl';
  /** The root cluster, where a leaf is selected. */
  readonly cluster?: string;
  /** What was asked for was done; looking at it afterwards failed. */
  readonly done?: true;
}

/** Thrown by everything in this layer. The message holds the kind only, so that logging it is safe. */
export class TeleportFailure extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind);
    this.name = 'TeleportFailure';
    this.failure = failure;
  }
}

/** The failure in an error, if it is one of ours. */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof TeleportFailure) return error.failure;
  // Left while it waited for its turn: the signal's own reason.
  if (error instanceof DOMException && error.name === 'AbortError') return { kind: 'cancelled' };
  if (error instanceof DOMException && error.name === 'TimeoutError') return { kind: 'timedOut' };
  return notWritten(error);
}

/** What keeps a file from being written, by the code of the error. */
const unwritten: Partial<Record<string, FailureKind>> = {
  ENOSPC: 'noSpace',
  EDQUOT: 'noSpace',
  EFBIG: 'noSpace',
  EROFS: 'cannotWrite',
};

function notWritten(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', syscall = '' } = error as NodeJS.ErrnoException;
  // The same words about a file that is only read mean something else.
  const denied =
    /^(EACCES|EPERM|ENOTDIR)$/.test(code) && /^(mkdir|symlink|rename|rmdir|unlink)$/.test(syscall);
  const kind = denied ? 'cannotWrite' : unwritten[code];
  return kind && { kind };
}

// Texts from recordings of tsh 17 and the reference. Order matters: "access denied: client credentials have expired"
// is both expired and denied, and usage is neither.
const texts: readonly (readonly [FailureKind, RegExp])[] = [
  [
    'tooOld',
    /unknown long flag|expected command but got|does not implement this feature yet|potentially incompatible client/i,
  ],
  ['leafSelected', /your credentials are for cluster/i],
  [
    'expired',
    /active profile expired|cert has expired|(?<!x509: )certificate has expired|credentials have expired/i,
  ],
  [
    'needsTerminal',
    /without a terminal|underlying reader is not a terminal|non-interactive session|requires mfa verification|timed out waiting for callback/i,
  ],
  [
    'signedOut',
    /not logged in|no proxy address specified|no ssh auth methods loaded|no credentials|failed to fetch tls key|no active profile|could not load teleport host uuid|tctl requires a tsh profile|must be used on an auth service host/i,
  ],
  ['locked', /lock targeting .* is in force/i],
  ['alreadyReviewed', /has already reviewed this request/i],
  ['decided', /has been already (approved|denied|promoted)|already (denied|approved)\)/i],
  ['tooEarly', /can not be assumed until/i],
  ['denied', /has been set to (DENIED|PROMOTED)|has been denied|has been promoted/i],
  [
    'gone',
    /no access request matching|invalid access request|has expired or been deleted|access request "[^"]*" (not found|has expired)|\(not found\)|request with id "[^"]*" not found|is not found/i,
  ],
  [
    'notRequestable',
    /can not request role|no requestable roles|none found for user|no roles configured in the/i,
  ],
  ['tooLong', /reason is too long/i],
  ['inUse', /delete a role that is still in use/i],
  ['noSpace', /no space left on device|disk quota exceeded|not enough space on the disk/i],
  ['cannotWrite', /read-only file system/i],
  ['noReviewRights', /cannot submit reviews$/im],
  [
    'notPermitted',
    /cannot review request|cannot submit reviews on behalf|access denied to perform action|is not permitted/i,
  ],
  [
    'unreachable',
    /teleport proxy not available|cannot connect to the auth server|connection refused|no such host|i\/o timeout|context deadline exceeded|connection error|\/webapi\/ping|network is unreachable|connection reset|error reading from server|unknown authority|cannot establish https connection|presented by the proxy is invalid|x509:/i,
  ],
  ['locked', /access denied/i],
];

// eslint-disable-next-line no-control-regex
const ansi = /\u001b\[[0-9;?]*[A-Za-z]/g;

/** What tsh said on stderr without colours and its `ERROR: `. */
export function errorText(stderr: string): string {
  // At the start of a line only: a reason that is quoted in it may hold the same word.
  return (
    stderr
      .replace(ansi, '')
      .split(/^ERROR: /m)
      .at(-1) ?? ''
  ).trim();
}

/** Why no program could be started from that file; anything else is about this machine or the arguments. */
const missing = /^(ENOENT|EACCES|EPERM|ENOTDIR|EISDIR|ENOEXEC|ELOOP|UNKNOWN)$/;

/** Whether output is tsh's own account of a failure (exit codes say nothing: all are 1). */
export function recognise(outcome: Outcome, program?: 'tsh' | 'tctl'): Failure | undefined {
  switch (outcome.kind) {
    case 'unstartable':
      return missing.test(outcome.code)
        ? { kind: 'notFound', ...(program ? { program } : {}) }
        : { kind: 'refused', said: untrusted(outcome.code) };
    case 'timedOut':
      return { kind: 'timedOut' };
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'tooMuch':
      return { kind: 'unreadable' };
    case 'killed':
      return { kind: 'unreadable', said: untrusted(outcome.signal) };
    case 'exited':
      if (outcome.code === 0) return undefined;
      return { ...fromText(errorText(outcome.stderr)), ...(program === 'tctl' ? { program } : {}) };
  }
}

/** Without the words of people, which may be worded like a failure: a denial's reason, a lock's message. */
const inItsOwnWords = (said: string): string => said.replace(/(, reason=|is in force: )[^]*$/, '$1');

function fromText(said: string): Failure {
  const own = inItsOwnWords(said);
  const kind = texts.find(([, pattern]) => pattern.test(own))?.[0] ?? 'refused';
  const about = /(?:access request|request) "?([0-9a-f-]{36})"?/.exec(own)?.[1];
  const line = said.split('\n')[0]?.trim();
  const cluster = /please run `tsh login "([A-Za-z0-9._-]+)"`/.exec(own)?.[1];
  return {
    kind,
    ...(line ? { said: untrusted(line) } : {}),
    ...(about ? { about } : {}),
    ...(cluster ? { cluster } : {}),
  };
}
