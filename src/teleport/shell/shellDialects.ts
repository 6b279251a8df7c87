import { basename } from 'node:path';

/** A shell whose start-up files we know. */
export type KnownShell = 'bash' | 'zsh' | 'fish';

/** Which shell a program is, by its name; undefined for any other. */
export function knownShell(path: string): KnownShell | undefined {
  const name = basename(path).toLowerCase();
  return name === 'bash' || name === 'zsh' || name === 'fish' ? name : undefined;
}

/** How lines for a shell are written. */
export type Dialect = 'posix' | 'fish' | 'powershell';

/** In which dialect the person's shell reads lines; what is not known reads POSIX. */
export function dialectOf(path: string): Dialect {
  const name = path
    .slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
    .toLowerCase()
    .replace(/\.exe$/, '');
  if (name === 'fish') return 'fish';
  return name === 'pwsh' || name === 'powershell' ? 'powershell' : 'posix';
}

/** A text as one word that the shell takes as it is. */
export function shellQuoted(text: string, dialect: Dialect): string {
  switch (dialect) {
    case 'posix':
      return `'${text.replaceAll("'", `'\\''`)}'`;
    case 'fish':
      return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
    case 'powershell':
      // It takes typographic quotation marks for plain ones.
      return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
  }
}

/** One line for each variable, which sets it for what is started afterwards. */
export function exportLines(variables: Readonly<Record<string, string>>, dialect: Dialect): string {
  const lines = Object.entries(variables).map(([name, value]) => {
    const word = shellQuoted(value, dialect);
    if (dialect === 'powershell') return `$env:${name} = ${word}`;
    return dialect === 'fish' ? `set -gx ${name} ${word}` : `export ${name}=${word}`;
  });
  return `${lines.join('\n')}\n`;
}

/**
 * The line for the end of a start-up file that replaces our variables. It does nothing in any other terminal, and
 * its own status is that of success, which a prompt may show.
 */
export function keepingLine(shell: KnownShell): string {
  return shell === 'fish'
    ? 'if set -q JIT_ACCESS_HOME; set -gx TELEPORT_HOME "$JIT_ACCESS_HOME/current"; set -gx KUBECONFIG "$JIT_ACCESS_HOME/kubeconfig"; end'
    : 'if [ -n "${JIT_ACCESS_HOME-}" ]; then export TELEPORT_HOME="$JIT_ACCESS_HOME/current" KUBECONFIG="$JIT_ACCESS_HOME/kubeconfig"; fi';
}
