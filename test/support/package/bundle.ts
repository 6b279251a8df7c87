/** What a built module imports when it is loaded; an `import()` is loaded later, and not among these. */
const staticImport = /^(?:import|export)\b[^;()]*?["']\.\/([^"']+)["']/gm;

/**
 * The modules that are read when `entry` is: itself, and what it and they import statically.
 * @param read the source of a module of dist
 */
export function staticModules(entry: string, read: (name: string) => string): Map<string, string> {
  const loaded = new Map<string, string>();
  const load = (name: string): void => {
    if (loaded.has(name)) return;
    const source = read(name);
    loaded.set(name, source);
    for (const [, imported = ''] of source.matchAll(staticImport)) load(imported);
  };
  load(entry);
  return loaded;
}
