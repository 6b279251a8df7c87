import type { LinearPattern } from './untrusted/linearPattern.ts';
import { rawText, type Untrusted } from './untrusted/untrusted.ts';

/** Longest reason in bytes of UTF-8. Server error: `access request reason is too long, max 4096 bytes`. */
export const longestReason = 4096;

/** Rules for reasons, from the settings. */
export interface ReasonRules {
  /** Minimum length in characters, after trimming. */
  readonly minimum: number;
  /** A pattern the reason must contain, such as a ticket key. */
  readonly ticket?: LinearPattern;
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
  if (rules.ticket && rules.ticket.find(text) === undefined) return { kind: 'noTicket' };
  if (secretPatterns.some((pattern) => pattern.test(text))) return { kind: 'looksSecret' };
  return undefined;
}

/** Whether a reason with this finding may be sent. */
export function onlyWarns(finding: ReasonFinding | undefined): boolean {
  return finding === undefined || finding.kind === 'looksSecret';
}

/** Finds the first ticket key in a text such as a branch name. */
export function ticketIn(text: Untrusted, ticket: LinearPattern): string | undefined {
  const key = ticket.find(rawText(text));
  // Other people name branches too, so only a text in the form of a key may be proposed as the user's reason.
  return key !== undefined && /^[\w#-]{1,40}$/.test(key) ? key : undefined;
}
