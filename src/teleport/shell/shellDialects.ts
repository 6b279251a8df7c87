import { basename } from 'node:path';

/** A shell whose start-up files are known. */
export type KnownShell = 'bash' | 'zsh' | 'fish';

/** The known shell that a program is, by its file name; undefined for other programs. */
export function knownShell(path: string): KnownShell | undefined {
  const name = basename(path).toLowerCase();
  return name === 'bash' || name === 'zsh' || name === 'fish' ? name : undefined;
}

/** The syntax in which lines for a shell are written. */
export type Dialect = 'posix' | 'fish' | 'powershell';

/** The dialect of a shell program; `posix` for an unknown shell. */
export function dialectOf(path: string): Dialect {
  const name = path
    .slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
    .toLowerCase()
    .replace(/\.exe$/, '');
  if (name === 'fish') return 'fish';
  return name === 'pwsh' || name === 'powershell' ? 'powershell' : 'posix';
}

/** Quotes a text, so that the shell reads it as one literal word. */
function shellQuoted(text: string, dialect: Dialect): string {
  switch (dialect) {
    case 'posix':
      return `'${text.replaceAll("'", `'\\''`)}'`;
    case 'fish':
      return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
    case 'powershell':
      // PowerShell reads typographic quotation marks as plain ones.
      return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
  }
}

/** One line for each variable. The line sets it for programs that the shell starts afterwards. */
export function exportLines(variables: Readonly<Record<string, string>>, dialect: Dialect): string {
  const lines = Object.entries(variables).map(([name, value]) => {
    const quoted = shellQuoted(value, dialect);
    if (dialect === 'powershell') return `$env:${name} = ${quoted}`;
    return dialect === 'fish' ? `set -gx ${name} ${quoted}` : `export ${name}=${quoted}`;
  });
  return `${lines.join('\n')}\n`;
}

/**
 * A line for the end of a start-up file that replaces TELEPORT_HOME or KUBECONFIG. In an elevated terminal it
 * sets them again; in other terminals it does nothing. Its exit status is 0, because a prompt may show it.
 */
export function restoreVariablesLine(shell: KnownShell): string {
  return shell === 'fish'
    ? 'if set -q JIT_ACCESS_HOME; set -gx TELEPORT_HOME "$JIT_ACCESS_HOME/current"; set -gx KUBECONFIG "$JIT_ACCESS_HOME/kubeconfig"; end'
    : 'if [ -n "${JIT_ACCESS_HOME-}" ]; then export TELEPORT_HOME="$JIT_ACCESS_HOME/current" KUBECONFIG="$JIT_ACCESS_HOME/kubeconfig"; fi';
}
