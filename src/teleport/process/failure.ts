import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { Outcome } from './outcome.ts';

/**
 * All kinds of failures of tsh and tctl. This file recognises them, `text/failure.ts` has the messages.
 * - `gone`: the request is missing or not visible to this user; tsh does not tell which.
 * - `notPermitted`: the user's roles do not allow the act.
 * - `noReviewRights`: no role of the user reviews requests (always so on Community Edition).
 * - `changed`: a role differs from when it was read.
 * - `actsAsService`: tctl would act as the auth service.
 * - `inUse`: a role cannot be removed while a user holds it.
 * - `unnameable`: tctl would read the role's name as another name.
 * - `leafSelected`: tctl works only with the root cluster, whose name is in `cluster`.
 * - `decided`: another reviewer decided first.
 * - `untrustedHome`: the folder of private homes belongs to another user or others may enter it.
 * - `noSpace`, `cannotWrite`: this machine could not write a file of the extension or of tsh.
 * - `refused`: every other failure, with the first line of tsh's output.
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

/** The kind of a failure. Each kind has its own message and its own way to recover. */
export type FailureKind = (typeof failureKinds)[number];

/** A failure of tsh or tctl. */
export interface Failure {
  readonly kind: FailureKind;
  /** The first line that tsh printed; untrusted text. */
  readonly said?: Untrusted;
  /** The request that the failure is about, if tsh named a request. */
  readonly about?: string;
  /** The program that failed or was not found; tsh when missing. */
  readonly program?: 'tsh' | 'tctl';
  /** The root cluster, when a leaf cluster is selected. */
  readonly cluster?: string;
  /** The setting that names the program holds a relative path, which is never used. */
  readonly relativeSetting?: true;
  /** The change was made; only reading it afterwards failed. */
  readonly done?: true;
}

/** The error that this layer throws. Its message is only the kind, so that logging it is safe. */
export class TeleportFailure extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind);
    this.name = 'TeleportFailure';
    this.failure = failure;
  }
}

/** The failure that an error stands for; undefined for an unexpected error. */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof TeleportFailure) return error.failure;
  // A call that is aborted while it waits in the queue rejects with the signal's reason.
  if (error instanceof DOMException && error.name === 'AbortError') return { kind: 'cancelled' };
  if (error instanceof DOMException && error.name === 'TimeoutError') return { kind: 'timedOut' };
  return failureOfWrite(error);
}

/** Whether a call may have taken effect although it failed, because its end was not seen. */
export const mayHaveWorked = ({ kind }: Failure): boolean => /^(timedOut|unreadable|cancelled)$/.test(kind);

/** Failures to write a file, by the code of the system error. */
const kindsByErrorCode: Partial<Record<string, FailureKind>> = {
  ENOSPC: 'noSpace',
  EDQUOT: 'noSpace',
  EFBIG: 'noSpace',
  EROFS: 'cannotWrite',
};

function failureOfWrite(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', syscall = '' } = error as NodeJS.ErrnoException;
  // These codes mean a failed write only for these system calls, not for reading a file.
  const denied =
    /^(EACCES|EPERM|ENOTDIR)$/.test(code) && /^(mkdir|symlink|rename|rmdir|unlink)$/.test(syscall);
  const kind = denied ? 'cannotWrite' : kindsByErrorCode[code];
  return kind && { kind };
}

// The texts come from recordings of tsh 17 and from Teleport's reference. The first matching pattern counts:
// "access denied: client credentials have expired" is both expired and denied, and a usage error is neither.
const messagePatterns: readonly (readonly [FailureKind, RegExp])[] = [
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
const ansiSequence = /\u001b\[[0-9;?]*[A-Za-z]/g;

/** The text of stderr after the last `ERROR: `, without colours. */
export function errorText(stderr: string): string {
  // Only at the start of a line, because a quoted reason may contain the same word.
  return (
    stderr
      .replace(ansiSequence, '')
      .split(/^ERROR: /m)
      .at(-1) ?? ''
  ).trim();
}

/** Error codes that mean the file is no program; other codes are about this machine or the arguments. */
const programMissingCodes = /^(ENOENT|EACCES|EPERM|ENOTDIR|EISDIR|ENOEXEC|ELOOP|UNKNOWN)$/;

/**
 * The failure in an outcome; undefined for a success. The text decides, because tsh exits with 1 for every
 * failure.
 */
export function recognise(outcome: Outcome, program?: 'tsh' | 'tctl'): Failure | undefined {
  switch (outcome.kind) {
    case 'spawnFailed':
      return programMissingCodes.test(outcome.code)
        ? { kind: 'notFound', ...(program ? { program } : {}) }
        : { kind: 'refused', said: untrusted(outcome.code) };
    case 'timedOut':
      return { kind: 'timedOut' };
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'outputTooLarge':
      return { kind: 'unreadable' };
    case 'killed':
      return { kind: 'unreadable', said: untrusted(outcome.signal) };
    case 'exited':
      if (outcome.code === 0) return undefined;
      return { ...failureOfText(errorText(outcome.stderr)), ...(program === 'tctl' ? { program } : {}) };
  }
}

/**
 * Removes text written by users, which may read like a failure: the reason of a denial, the message of a
 * lock.
 */
const withoutQuotedReason = (text: string): string => text.replace(/(, reason=|is in force: )[^]*$/, '$1');

function failureOfText(text: string): Failure {
  const ownText = withoutQuotedReason(text);
  const kind = messagePatterns.find(([, pattern]) => pattern.test(ownText))?.[0] ?? 'refused';
  const about = /(?:access request|request) "?([0-9a-f-]{36})"?/.exec(ownText)?.[1];
  const line = text.split('\n')[0]?.trim();
  const cluster = /please run `tsh login "([A-Za-z0-9._-]+)"`/.exec(ownText)?.[1];
  return {
    kind,
    ...(line ? { said: untrusted(line) } : {}),
    ...(about ? { about } : {}),
    ...(cluster ? { cluster } : {}),
  };
}
