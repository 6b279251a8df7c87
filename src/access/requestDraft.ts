import { minutesAsked, type AccessRequest, type Resource } from './request.ts';
import { rawText, untrusted, type Untrusted, type Instant } from './text/untrusted.ts';

/** What the server accepts at most, in bytes of UTF-8 (`access request reason is too long, max 4096 bytes`). */
export const longestReason = 4096;

/** A request being written. Kept at every keystroke; nothing typed is lost. */
export interface Draft {
  readonly roles: readonly Untrusted[];
  readonly reason: string;
  /** How long, in minutes, counted from sending. */
  readonly minutes: number;
  readonly reviewers: readonly Untrusted[];
  /** What is asked for by name instead of by role; the cluster then chooses the roles. */
  readonly resources?: readonly Resource[];
  /** Not usable before this. */
  readonly startsAt?: Instant;
  /** How long it may wait for a decision, in minutes; left to the cluster otherwise. */
  readonly pendingMinutes?: number;
}

/** A resource's id as tsh takes it: `/cluster/kind/name[/sub]`. */
export function resourceId({ cluster, kind, name, sub }: Resource): string {
  return `/${[cluster, kind, name, ...(sub === undefined ? [] : [sub])].map(rawText).join('/')}`;
}

/** Whether a request is this draft, sent by this person. */
export function isDraft(request: AccessRequest, draft: Draft, me: Untrusted): boolean {
  const wanted = draft.resources?.map(resourceId) ?? [];
  const asked = request.resources.map(resourceId);
  // Of a resource request the roles are the cluster's choice.
  const sameRoles =
    wanted.length > 0 ||
    (request.roles.length === draft.roles.length &&
      request.roles.every((role) => draft.roles.includes(role)));
  return (
    request.user === me &&
    request.reason !== undefined &&
    rawText(request.reason) === draft.reason.trim() &&
    sameRoles &&
    asked.length === wanted.length &&
    wanted.every((one) => asked.includes(one))
  );
}

/** The rules a team sets for reasons. */
export interface ReasonRules {
  /** Least length in characters, after trimming. */
  readonly minimum: number;
  /** A pattern the reason must contain, such as a ticket key. */
  readonly ticket?: RegExp;
  /** A text to start from; its slots, such as `<ticket>`, are to be filled. */
  readonly skeleton?: string;
}

/** What is wrong, or worth a warning, about a reason. */
export type ReasonFinding =
  | { readonly kind: 'empty' }
  | { readonly kind: 'tooShort'; readonly missing: number }
  | { readonly kind: 'tooLong'; readonly over: number }
  | { readonly kind: 'openSlot'; readonly slot: string }
  | { readonly kind: 'noTicket' }
  | { readonly kind: 'looksSecret' };

/** Text that a person would not want in an audit log: keys, tokens, passwords in words. */
const secrets = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\b(ghp|gho|ghs|ghu|github_pat|glpat|xox[abpors])[-_][A-Za-z0-9_-]{16,}/,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/,
  /\b(pass(word|wd)?|secret|token|api[-_ ]?key)\s*[:=]\s*\S{6,}/i,
  /:\/\/[^\s/:@]+:[^\s/@]+@/,
];

/** The first thing to say about a reason, the ones that forbid sending before the warning `looksSecret`. */
export function checkReason(reason: string, rules: ReasonRules): ReasonFinding | undefined {
  const text = reason.trim();
  if (text === '') return { kind: 'empty' };
  const over = Buffer.byteLength(text, 'utf8') - longestReason;
  if (over > 0) return { kind: 'tooLong', over };
  const slot = rules.skeleton?.match(/<[^<>]{1,40}>/g)?.find((one) => text.includes(one));
  if (slot) return { kind: 'openSlot', slot };
  const missing = rules.minimum - Array.from(text).length;
  if (missing > 0) return { kind: 'tooShort', missing };
  if (rules.ticket && !rules.ticket.test(text)) return { kind: 'noTicket' };
  if (secrets.some((pattern) => pattern.test(text))) return { kind: 'looksSecret' };
  return undefined;
}

/** Whether a finding only warns. */
export function onlyWarns(finding: ReasonFinding | undefined): boolean {
  return finding === undefined || finding.kind === 'looksSecret';
}

// A comma or white space inside a name would make two of it (`--roles` splits on both).
const name = /^[^\s,\p{Cc}\p{Cf}]+$/u;

/** Splits typed names, as tsh does: by commas and white space. */
export function splitNames(text: string): Untrusted[] {
  return [...new Set(text.split(/[\s,]+/).filter((part) => part !== ''))].map(untrusted);
}

/** Whether a role or reviewer name can be sent without turning into something else. */
export function isSendableName(text: Untrusted): boolean {
  return name.test(rawText(text)) && rawText(text).length <= 256;
}

/** Reads `90`, `90m`, `1h30m`, `2 hours`, `1d` as minutes; undefined when it is no duration of 1 minute to 14 days. */
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

/** The duration as tsh takes it: `90m` (days are not safe, hours and minutes are). */
export function asFlag(minutes: number): string {
  return `${String(minutes)}m`;
}

/** The first ticket key in a text such as a branch name. */
export function ticketIn(text: Untrusted, ticket: RegExp): string | undefined {
  const key = ticket.exec(rawText(text))?.[0];
  // A branch is named by anybody; only what looks like a key is put into the person's mouth.
  return key !== undefined && /^[\w#-]{1,40}$/.test(key) ? key : undefined;
}

/** A pattern from the settings; undefined when it is empty or no pattern. */
export function readPattern(source: string): RegExp | undefined {
  try {
    return source === '' ? undefined : new RegExp(source, 'u');
  } catch {
    return undefined;
  }
}

/** What a request asked for, as the beginning of a new one. */
export function draftAgain(request: AccessRequest): Omit<Draft, 'reviewers'> {
  return {
    roles: request.resources.length > 0 ? [] : request.roles,
    resources: request.resources,
    reason: request.reason ? rawText(request.reason) : '',
    minutes: minutesAsked(request),
  };
}
