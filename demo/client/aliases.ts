// Runs aliases. A tsh configuration file can make any command word run another program.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Refusal } from '../cli/refusal.ts';
import { isObject, textIn, type JsonObject } from '../resources/resource.ts';

/**
 * Reads the aliases of a configuration file. A missing file has none.
 * @throws Refusal when the file is no valid YAML, so that every command fails.
 */
function aliasesIn(file: string): JsonObject {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return {};
  }
  try {
    const config: unknown = parse(text);
    const aliases = isObject(config) ? config['aliases'] : undefined;
    return isObject(aliases) ? aliases : {};
  } catch (error) {
    throw new Refusal(`failed to load tsh config from "${file}":\n\t${(error as Error).message}`);
  }
}

/**
 * Runs the alias that the first word of `argv` names. `tsh` is the path that replaces `$TSH`. The
 * configuration in the home wins over the file that TELEPORT_GLOBAL_TSH_CONFIG names. Words in TSH_UNALIAS
 * are never aliases, which keeps an alias from calling itself.
 * @returns the exit code, or undefined when the word is no alias.
 */
export function runAlias(
  argv: readonly string[],
  home: string,
  env: NodeJS.ProcessEnv,
  tsh: string,
): number | undefined {
  const global = env['TELEPORT_GLOBAL_TSH_CONFIG'];
  const aliases = {
    ...(global ? aliasesIn(global) : {}),
    ...aliasesIn(join(home, 'config', 'config.yaml')),
  };
  const at = argv.findIndex((word) => !word.startsWith('-'));
  const word = argv[at] ?? '';
  const unaliased = (env['TSH_UNALIAS'] ?? '').split(',').filter(Boolean);
  const line = textIn(aliases, word);
  if (!line || unaliased.includes(word)) return undefined;
  const [program = '', ...args] = expand(line, argv.slice(at + 1), tsh);
  const { status } = spawnSync(program, args, {
    stdio: 'inherit',
    env: { ...env, TSH_UNALIAS: [...unaliased, word].join(',') },
  });
  return status ?? 1;
}

/**
 * Splits an alias into words and replaces `$TSH`, `$0`, `$1` and so on. Arguments that it does not name are
 * appended.
 */
function expand(line: string, args: readonly string[], tsh: string): string[] {
  const used = new Set<number>();
  const words = (line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) =>
    word.replace(/^(["'])(.*)\1$/s, '$2').replace(/\$(TSH|\d+)/g, (_, name: string) => {
      if (name === 'TSH') return tsh;
      used.add(Number(name));
      return args[Number(name)] ?? '';
    }),
  );
  return [...words, ...args.filter((_, at) => !used.has(at))];
}
