/** Matches the static imports and re-exports of a built module, not an `import()`, which is loaded later. */
const staticImport = /^(?:import|export)\b[^;()]*?["']\.\/([^"']+)["']/gm;

/**
 * Returns the sources of the modules that are loaded together with `entry`: the entry and all its static
 * imports, direct and indirect.
 * @param read returns the source of a module of dist
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
