let zone = '';

/** The name of this machine's time zone, as it was when it was last looked at. */
export const zoneInUse = (): string => zone;

/**
 * Looks at the machine's time zone again, in 60 µs. Node reads it once and never again, until somebody touches the
 * variable TZ (tried with Node 22 and 24): a laptop that has travelled would show the former zone until the next start.
 */
export function readTimeZone(env: NodeJS.ProcessEnv = process.env): void {
  if (env['TZ'] === undefined) delete env['TZ'];
  zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
}
