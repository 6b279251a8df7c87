declare const outside: unique symbol;

/**
 * Text that somebody else wrote: reasons, user names, roles, reviewers, words of tsh.
 * A string at run time, but not to the compiler, so that it reaches a person only through a sink of `inert.ts`.
 * `===` compares two of them.
 */
export interface Untrusted {
  readonly [outside]: true;
}

/** Marks text as foreign, at the edge where it comes in. */
export function untrusted(text: string): Untrusted {
  return text as unknown as Untrusted;
}

/** The text as it came. For sinks, comparison and sending it back to tsh; lint keeps it out of views and commands. */
export function rawText(text: Untrusted): string {
  return text as unknown as string;
}

declare const checked: unique symbol;

/** The id of an access request: a lower-case UUID, so it can be an argument, a file name or a link. */
export type RequestId = string & { readonly [checked]: true };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether the text is a request id as Teleport makes them. */
export function isRequestId(text: string): text is RequestId {
  return uuid.test(text);
}

/** Milliseconds since 1970 in UTC. Every deadline is one of these; words are made from it when drawing. */
export type Instant = number;
