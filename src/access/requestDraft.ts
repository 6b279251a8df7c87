import { minutesAsked, type AccessRequest, type Resource } from './request.ts';
import { rawText, untrusted, type Untrusted, type Instant } from './text/untrusted.ts';

/** Longest reason in bytes of UTF-8. Server error: `access request reason is too long, max 4096 bytes`. */
export const longestReason = 4096;

/** A request that the user is writing. It is saved at every keystroke. */
export interface Draft {
  readonly roles: readonly Untrusted[];
  readonly reason: string;
  /** Requested duration in minutes, counted from sending. */
  readonly minutes: number;
  readonly reviewers: readonly Untrusted[];
  /** Resources requested instead of roles. The cluster then chooses the roles. */
  readonly resources?: readonly Resource[];
  /** The request cannot be assumed before this instant. */
  readonly startsAt?: Instant;
  /** How long the request may stay pending, in minutes; the cluster decides if undefined. */
  readonly pendingMinutes?: number;
}

/** The id of a resource in the form that tsh accepts: `/cluster/kind/name[/sub]`. */
export function resourceId({ cluster, kind, name, sub }: Resource): string {
  return `/${[cluster, kind, name, ...(sub === undefined ? [] : [sub])].map(rawText).join('/')}`;
}

/** Whether a request is this draft as sent by this user. */
export function matchesDraft(request: AccessRequest, draft: Draft, me: Untrusted): boolean {
  const wanted = draft.resources?.map(resourceId) ?? [];
  const actual = request.resources.map(resourceId);
  // The cluster chooses the roles of a resource request, so they are not compared.
  const sameRoles =
    wanted.length > 0 ||
    (request.roles.length === draft.roles.length &&
      request.roles.every((role) => draft.roles.includes(role)));
  return (
    request.user === me &&
    request.reason !== undefined &&
    rawText(request.reason) === draft.reason.trim() &&
    sameRoles &&
    actual.length === wanted.length &&
    wanted.every((id) => actual.includes(id))
  );
}

/** Rules for reasons, from the settings. */
export interface ReasonRules {
  /** Minimum length in characters, after trimming. */
  readonly minimum: number;
  /** A pattern the reason must contain, such as a ticket key. */
  readonly ticket?: RegExp;
  /** Text the user starts from. Its slots, such as `<ticket>`, must be filled in. */
  readonly skeleton?: string;
}

/** An error in a reason, or a warning about it. */
export type ReasonFinding =
  | { readonly kind: 'empty' }
  | { readonly kind: 'tooShort'; readonly missing: number }
  | { readonly kind: 'tooLong'; readonly over: number }
  | { readonly kind: 'openSlot'; readonly slot: string }
  | { readonly kind: 'noTicket' }
  | { readonly kind: 'looksSecret' };

/** Patterns of text that does not belong in an audit log: keys, tokens, passwords. */
const secretPatterns = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\b(ghp|gho|ghs|ghu|github_pat|glpat|xox[abpors])[-_][A-Za-z0-9_-]{16,}/,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/,
  /\b(pass(word|wd)?|secret|token|api[-_ ]?key)\s*[:=]\s*\S{6,}/i,
  /:\/\/[^\s/:@]+:[^\s/@]+@/,
];

/** Returns the first finding about a reason. Errors that forbid sending come before the warning. */
export function checkReason(reason: string, rules: ReasonRules): ReasonFinding | undefined {
  const text = reason.trim();
  if (text === '') return { kind: 'empty' };
  const over = Buffer.byteLength(text, 'utf8') - longestReason;
  if (over > 0) return { kind: 'tooLong', over };
  const slot = rules.skeleton?.match(/<[^<>]{1,40}>/g)?.find((candidate) => text.includes(candidate));
  if (slot) return { kind: 'openSlot', slot };
  const missing = rules.minimum - Array.from(text).length;
  if (missing > 0) return { kind: 'tooShort', missing };
  if (rules.ticket && !rules.ticket.test(text)) return { kind: 'noTicket' };
  if (secretPatterns.some((pattern) => pattern.test(text))) return { kind: 'looksSecret' };
  return undefined;
}

/** Whether a reason with this finding may be sent. */
export function onlyWarns(finding: ReasonFinding | undefined): boolean {
  return finding === undefined || finding.kind === 'looksSecret';
}

// tsh splits `--roles` at commas and white space, so a name with either would become two names.
const sendableName = /^[^\s,\p{Cc}\p{Cf}]+$/u;

/** Splits typed names at commas and white space, as tsh does. */
export function splitNames(text: string): Untrusted[] {
  return [...new Set(text.split(/[\s,]+/).filter((part) => part !== ''))].map(untrusted);
}

/** Whether tsh takes a role or reviewer name as exactly this one name. */
export function isSendableName(text: Untrusted): boolean {
  return sendableName.test(rawText(text)) && rawText(text).length <= 256;
}

/** Parses `90`, `90m`, `1h30m`, `2 hours` or `1d` into minutes; undefined outside of 1 minute to 14 days. */
export function parseMinutes(text: string): number | undefined {
  const match =
    /^\s*(?:(\d{1,2})\s*d(?:ays?)?)?\s*(?:(\d{1,3})\s*h(?:(?:ou)?rs?)?)?\s*(?:(\d{1,5})\s*(?:m(?:in(?:ute)?s?)?)?)?\s*$/i.exec(
      text,
    );
  const [days, hours, rest] = match?.slice(1) ?? [];
  if (days === undefined && hours === undefined && rest === undefined) return undefined;
  const minutes = (Number(days ?? 0) * 24 + Number(hours ?? 0)) * 60 + Number(rest ?? 0);
  return minutes >= 1 && minutes <= 14 * 24 * 60 ? minutes : undefined;
}

/** Formats a duration for a tsh option: `90m`. Minutes and hours are safe there, days are not. */
export function durationArgument(minutes: number): string {
  return `${String(minutes)}m`;
}

/** Finds the first ticket key in a text such as a branch name. */
export function ticketIn(text: Untrusted, ticket: RegExp): string | undefined {
  const key = ticket.exec(rawText(text))?.[0];
  // Anybody can name a branch, so only a text in the form of a key may be proposed as the user's reason.
  return key !== undefined && /^[\w#-]{1,40}$/.test(key) ? key : undefined;
}

/** Compiles a pattern from the settings; undefined if it is empty or not a valid regular expression. */
export function readPattern(source: string): RegExp | undefined {
  try {
    return source === '' ? undefined : new RegExp(source, 'u');
  } catch {
    return undefined;
  }
}

/** Starts a draft with the roles or resources, reason and duration of an earlier request. */
export function draftFromRequest(request: AccessRequest): Omit<Draft, 'reviewers'> {
  return {
    roles: request.resources.length > 0 ? [] : request.roles,
    resources: request.resources,
    reason: request.reason ? rawText(request.reason) : '',
    minutes: minutesAsked(request),
  };
}
