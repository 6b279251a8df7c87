// Aliases: a tsh configuration can make any command word run another program.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Refusal } from '../cli/refusal.ts';
import { isObject, textIn, type JsonObject } from '../resources/resource.ts';

/** The aliases of one file; none without it. A file that cannot be read fails every command. */
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
 * Runs what the first word of `argv` is an alias for, with `own` as `$TSH`; returns its exit code, or undefined
 * when it is none. The home's configuration wins over the one TELEPORT_GLOBAL_TSH_CONFIG names; words in
 * TSH_UNALIAS mean what they say.
 */
export function runAlias(
  argv: readonly string[],
  home: string,
  env: NodeJS.ProcessEnv,
  own: string,
): number | undefined {
  const global = env['TELEPORT_GLOBAL_TSH_CONFIG'];
  const aliases = {
    ...(global ? aliasesIn(global) : {}),
    ...aliasesIn(join(home, 'config', 'config.yaml')),
  };
  const at = argv.findIndex((word) => !word.startsWith('-'));
  const word = argv[at] ?? '';
  const plain = (env['TSH_UNALIAS'] ?? '').split(',').filter(Boolean);
  const line = textIn(aliases, word);
  if (!line || plain.includes(word)) return undefined;
  const [program = '', ...args] = expand(line, argv.slice(at + 1), own);
  const { status } = spawnSync(program, args, {
    stdio: 'inherit',
    env: { ...env, TSH_UNALIAS: [...plain, word].join(',') },
  });
  return status ?? 1;
}

/** The words of an alias with `$TSH` and `$0`… put in; arguments it does not name come after. */
function expand(line: string, args: readonly string[], own: string): string[] {
  const used = new Set<number>();
  const words = (line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) =>
    word.replace(/^(["'])(.*)\1$/s, '$2').replace(/\$(TSH|\d+)/g, (_, name: string) => {
      if (name === 'TSH') return own;
      used.add(Number(name));
      return args[Number(name)] ?? '';
    }),
  );
  return [...words, ...args.filter((_, at) => !used.has(at))];
}
