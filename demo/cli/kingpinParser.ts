// Reads arguments as the parser of tsh and tctl (kingpin) does, its traps included.
import { readFileSync } from 'node:fs';
import { parseDuration } from './goFormat.ts';

export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  readonly help: string;
  /** Text when not given. A list holds every value of a flag that was repeated. */
  readonly kind?: 'boolean' | 'list' | 'duration';
  /** The only values allowed. */
  readonly oneOf?: readonly string[];
  readonly hidden?: boolean;
  readonly required?: boolean;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly help: string;
  readonly required?: boolean;
  readonly many?: boolean;
}

/** A command's words and what it takes. */
export interface Grammar {
  readonly words: readonly string[];
  /** Other names of the last word. */
  readonly aliases?: readonly string[];
  readonly help: string;
  readonly flags?: readonly FlagSpec[];
  readonly args?: readonly ArgumentSpec[];
}

/** What was given. */
export interface Parsed {
  text(flag: string): string | undefined;
  list(flag: string): readonly string[];
  yes(flag: string): boolean;
  /** ms */
  duration(flag: string): number | undefined;
  readonly args: readonly string[];
}

/** A command line the parser refuses. */
export class UsageError extends Error {
  /** The words understood until then: the usage text is about these. */
  readonly words: readonly string[];
  /** Refused while reading, not when checking values: then the message also precedes the usage text. */
  readonly whileReading: boolean;

  constructor(message: string, words: readonly string[], whileReading: boolean) {
    super(message);
    this.words = words;
    this.whileReading = whileReading;
  }
}

interface Token {
  readonly kind: 'long' | 'short' | 'argument';
  readonly value: string;
  /** What stood behind `=` in the same word. */
  readonly attached?: string | undefined;
}

/** Splits into tokens one by one; `@file` alone stands for the file's lines. */
class Tokens {
  private readonly rest: string[];
  private pushed: Token | undefined;
  private onlyArguments = false;
  /** What follows a short flag in the same word: its value, or more short flags. */
  private glued = '';

  private readonly fail: (message: string) => never;

  constructor(argv: readonly string[], fail: (message: string) => never) {
    this.rest = [...argv];
    this.fail = fail;
  }

  peek(): Token | undefined {
    this.pushed ??= this.next();
    return this.pushed;
  }

  next(): Token | undefined {
    if (this.pushed) {
      const token = this.pushed;
      this.pushed = undefined;
      return token;
    }
    if (this.glued) {
      this.rest.unshift(`-${this.glued}`);
      this.glued = '';
    }
    const word = this.rest.shift();
    if (word === undefined) return undefined;
    if (this.onlyArguments) return { kind: 'argument', value: word };
    if (word === '--') {
      this.onlyArguments = true;
      return this.next();
    }
    if (word.startsWith('--')) {
      const [, name = '', attached] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
      return { kind: 'long', value: name, attached };
    }
    if (word.startsWith('-') && word.length > 1) {
      const [, flag = '', tail = ''] = /^-(.)(.*)$/su.exec(word) ?? [];
      this.glued = tail;
      return { kind: 'short', value: flag };
    }
    if (word.startsWith('@')) {
      this.rest.unshift(...this.lines(word.slice(1)));
      return this.next();
    }
    return { kind: 'argument', value: word };
  }

  private lines(file: string): string[] {
    try {
      const lines = readFileSync(file, 'utf8').replace(/\n$/, '').split('\n');
      return lines.filter((line) => !line.startsWith('#'));
    } catch {
      return this.fail(`open ${file}: no such file or directory`);
    }
  }

  /** The value of the flag just read; a short flag's may be glued to it (`-fjson`). */
  value(): string | undefined {
    if (this.glued) {
      const value = this.glued;
      this.glued = '';
      return value;
    }
    return this.peek()?.kind === 'argument' ? this.next()?.value : undefined;
  }
}

/** Finds the command in `commands` and reads what follows. Throws {@link UsageError}. */
export function parse<G extends Grammar>(
  argv: readonly string[],
  globals: readonly FlagSpec[],
  commands: readonly G[],
): { readonly command: G; readonly parsed: Parsed } {
  const words: string[] = [];
  const given = new Map<string, string[]>();
  const args: string[] = [];
  let command: G | undefined;
  const fail = (message: string): never => {
    throw new UsageError(message, words, true);
  };
  const tokens = new Tokens(argv, fail);
  for (let token = tokens.next(); token; token = tokens.next()) {
    if (token.kind !== 'argument') {
      readFlag(token, [...globals, ...(command?.flags ?? [])], tokens, given, fail);
    } else if (!command) {
      const next = commands.filter((each) => startsWith(each, [...words, token.value]));
      const first = next[0];
      if (!first) return fail(`expected command but got "${token.value}"`);
      words.push(first.words[words.length] ?? token.value);
      command = next.find((each) => each.words.length === words.length);
    } else {
      const taken = command.args ?? [];
      if (args.length >= taken.length && !taken.at(-1)?.many) return fail(`unexpected ${token.value}`);
      args.push(token.value);
    }
  }
  if (!command) {
    const group = words.join(' ');
    throw new UsageError(
      group ? `must select a subcommand of '${group}'` : 'command not specified',
      words,
      false,
    );
  }
  check(command, [...globals, ...(command.flags ?? [])], given, args);
  return { command, parsed: toParsed(given, args) };
}

/** Whether a command's words begin so. A group goes by its singular and its plural. */
function startsWith(grammar: Grammar, words: readonly string[]): boolean {
  const last = grammar.words.length - 1;
  return words.every((word, at) => {
    const own = grammar.words[at];
    if (own === word || (at < last && own?.replace(/s$/, '') === word.replace(/s$/, ''))) return true;
    return at === last && (grammar.aliases ?? []).includes(word);
  });
}

function readFlag(
  token: Token,
  flags: readonly FlagSpec[],
  tokens: Tokens,
  given: Map<string, string[]>,
  fail: (message: string) => never,
): void {
  const short = token.kind === 'short';
  const shown = `${short ? '-' : '--'}${token.value}`;
  const spec = flags.find((each) => (short ? each.short === token.value : each.name === token.value));
  const negated = short
    ? undefined
    : flags.find((each) => each.kind === 'boolean' && `no-${each.name}` === token.value);
  const put = (name: string, value: string): void => {
    given.set(name, [...(given.get(name) ?? []), value]);
  };
  if (negated) {
    put(negated.name, 'false');
  } else if (!spec) {
    fail(`unknown ${short ? 'short' : 'long'} flag '${shown}'`);
  } else if (spec.kind === 'boolean') {
    put(spec.name, token.attached ?? 'true');
  } else {
    put(spec.name, token.attached ?? tokens.value() ?? fail(`expected argument for flag '${shown}'`));
  }
}

function check(
  command: Grammar,
  flags: readonly FlagSpec[],
  given: ReadonlyMap<string, readonly string[]>,
  args: readonly string[],
): void {
  const fail = (message: string): never => {
    throw new UsageError(message, command.words, false);
  };
  for (const { name, kind, oneOf } of flags) {
    for (const value of given.get(name) ?? []) {
      if (oneOf && !oneOf.includes(value))
        fail(`enum value must be one of ${oneOf.join(',')}, got '${value}'`);
      if (kind === 'duration') {
        try {
          parseDuration(value);
        } catch (error) {
          fail((error as Error).message);
        }
      }
    }
  }
  const needed = flags.find(({ name, required }) => required && !given.has(name));
  if (needed) fail(`required flag --${needed.name} not provided`);
  const missing = (command.args ?? [])[args.length];
  if (missing?.required) fail(`required argument '${missing.name}' not provided`);
}

function toParsed(given: ReadonlyMap<string, readonly string[]>, args: readonly string[]): Parsed {
  const text = (flag: string): string | undefined => given.get(flag)?.at(-1);
  return {
    text,
    list: (flag) => given.get(flag) ?? [],
    yes: (flag) => text(flag) === 'true',
    duration: (flag) => {
      const value = text(flag);
      return value === undefined ? undefined : parseDuration(value);
    },
    args,
  };
}
