/**
 * The environment that VS Code makes of `env` and of other variables: each of the others is set to null, which
 * removes it.
 * @param others names of variables. Windows takes `Path` and `PATH` for the same, so that a null would remove ours.
 */
export function withoutOthers(
  env: Readonly<Record<string, string>>,
  others: readonly string[],
  platform: NodeJS.Platform = process.platform,
): Record<string, string | null> {
  const compared = (name: string): string => (platform === 'win32' ? name.toUpperCase() : name);
  const ours = new Set(Object.keys(env).map(compared));
  const removed = others.filter((name) => !ours.has(compared(name)));
  return { ...Object.fromEntries(removed.map((name) => [name, null])), ...env };
}

/** The names of the variables that the values of a setting set. A value that is no object sets none. */
export function variableNames(values: readonly unknown[]): string[] {
  const objects = values.filter((value) => typeof value === 'object' && value !== null);
  return [...new Set(objects.flatMap((value) => Object.keys(value)))];
}
