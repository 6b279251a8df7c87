import { minutesAsked, type AccessRequest, type Resource } from './request.ts';
import { invisibleCharacters } from './untrusted/invisible.ts';
import { rawText, untrusted, type Untrusted, type Instant } from './untrusted/untrusted.ts';

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

// tsh splits `--roles` at commas and white space, so a name with either would become two names.
const sendableName = new RegExp(`^[^\\s,${invisibleCharacters}]+$`, 'u');

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

/** Starts a draft with the roles or resources, reason and duration of an earlier request. */
export function draftFromRequest(request: AccessRequest): Omit<Draft, 'reviewers'> {
  return {
    roles: request.resources.length > 0 ? [] : request.roles,
    resources: request.resources,
    reason: request.reason ? rawText(request.reason) : '',
    minutes: minutesAsked(request),
  };
}
