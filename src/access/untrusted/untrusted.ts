declare const outside: unique symbol;

/**
 * Text from outside: reasons, user names, roles, reviewers, output of tsh. It is a string at run time but not
 * for the compiler, so views can show it only through a function of `sinks.ts`. Two of them compare by `===`.
 */
export interface Untrusted {
  readonly [outside]: true;
}

/** Marks a text as untrusted where it enters the extension. */
export function untrusted(text: string): Untrusted {
  return text as unknown as Untrusted;
}

/** The unchanged text, for sinks, comparison and tsh arguments. Lint forbids it in views and commands. */
export function rawText(text: Untrusted): string {
  return text as unknown as string;
}

declare const checked: unique symbol;

/** The id of an access request: a lower-case UUID, so it is safe as an argument, a file name or a link. */
export type RequestId = string & { readonly [checked]: true };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether the text is a request id in Teleport's format. */
export function isRequestId(text: string): text is RequestId {
  return uuid.test(text);
}

/** Milliseconds since 1970 in UTC. Every deadline is an instant; views format it when they draw. */
export type Instant = number;
