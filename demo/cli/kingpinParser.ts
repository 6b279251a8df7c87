// Parses arguments as kingpin does, the parser of tsh and tctl, with its surprises:
// `@file` reads arguments from a file, and flags repeat, negate (`--no-x`) and attach values (`-fjson`).
import { readFileSync } from 'node:fs';
import { parseDuration } from './goFormat.ts';

/** A flag of a command. */
export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  readonly help: string;
  /** Absent for a flag with a text value. A list keeps every value of a repeated flag. */
  readonly kind?: 'boolean' | 'list' | 'duration';
  /** The allowed values. */
  readonly oneOf?: readonly string[];
  readonly required?: boolean;
}

/** A positional argument of a command. */
export interface ArgumentSpec {
  readonly name: string;
  readonly help: string;
  readonly required?: boolean;
  /** Whether the argument repeats. */
  readonly many?: boolean;
}

/** The words of a command, its flags and its arguments. */
export interface Grammar {
  readonly words: readonly string[];
  /** Other names of the last word. */
  readonly aliases?: readonly string[];
  readonly help: string;
  readonly flags?: readonly FlagSpec[];
  readonly args?: readonly ArgumentSpec[];
}

/** The flags and arguments that the user gave. */
export interface ParsedArguments {
  /** Returns the last value of a flag. */
  text(flag: string): string | undefined;
  /** Returns all values of a repeated flag. */
  list(flag: string): readonly string[];
  /** Returns true when the flag was given and not negated. */
  isSet(flag: string): boolean;
  /** Returns a duration in ms. */
  duration(flag: string): number | undefined;
  readonly args: readonly string[];
}

/** An error in the command line. The program prints it with a usage text. */
export class UsageError extends Error {
  /** The command words that the parser understood before the error. The usage text describes this command. */
  readonly words: readonly string[];
  /**
   * Whether the error occurred before the whole command line was read. Otherwise it occurred in the check of
   * the values. The message of an incomplete command line also precedes the usage text.
   */
  readonly commandLineIncomplete: boolean;

  constructor(message: string, words: readonly string[], commandLineIncomplete: boolean) {
    super(message);
    this.words = words;
    this.commandLineIncomplete = commandLineIncomplete;
  }
}

interface Token {
  readonly kind: 'long' | 'short' | 'argument';
  readonly value: string;
  /** The value after `=` in the same word. */
  readonly attached?: string | undefined;
}

/** Splits the arguments into tokens. A word `@file` stands for the lines of that file. */
class Tokens {
  private readonly rest: string[];
  private peeked: Token | undefined;
  private onlyArguments = false;
  /** The rest of a word after a short flag: the value of that flag, or more short flags. */
  private glued = '';

  private readonly fail: (message: string) => never;

  constructor(argv: readonly string[], fail: (message: string) => never) {
    this.rest = [...argv];
    this.fail = fail;
  }

  /** Returns the next token without consuming it; undefined at the end. */
  peek(): Token | undefined {
    this.peeked ??= this.next();
    return this.peeked;
  }

  /** Returns the next token and consumes it; undefined at the end. */
  next(): Token | undefined {
    if (this.peeked) {
      const token = this.peeked;
      this.peeked = undefined;
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

  /**
   * Reads the value of the preceding flag. The value of a short flag may follow in the same word (`-fjson`).
   */
  value(): string | undefined {
    if (this.glued) {
      const value = this.glued;
      this.glued = '';
      return value;
    }
    return this.peek()?.kind === 'argument' ? this.next()?.value : undefined;
  }
}

/**
 * Finds the command in `commands` and parses its flags and arguments.
 * @throws UsageError when the command line is wrong.
 */
export function parseArguments<G extends Grammar>(
  argv: readonly string[],
  globals: readonly FlagSpec[],
  commands: readonly G[],
): { readonly command: G; readonly parsed: ParsedArguments } {
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
      const candidates = commands.filter((each) => startsWith(each, [...words, token.value]));
      const first = candidates[0];
      if (!first) return fail(`expected command but got "${token.value}"`);
      words.push(first.words[words.length] ?? token.value);
      command = candidates.find((each) => each.words.length === words.length);
    } else {
      const specs = command.args ?? [];
      if (args.length >= specs.length && !specs.at(-1)?.many) return fail(`unexpected ${token.value}`);
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
  checkValues(command, [...globals, ...(command.flags ?? [])], given, args);
  return { command, parsed: toParsed(given, args) };
}

/**
 * Whether the words of a command begin with `words`. The name of a group matches in singular and plural, the
 * last word of a command also by its aliases.
 */
function startsWith(grammar: Grammar, words: readonly string[]): boolean {
  const last = grammar.words.length - 1;
  return words.every((word, at) => {
    const expected = grammar.words[at];
    if (expected === word || (at < last && expected?.replace(/s$/, '') === word.replace(/s$/, '')))
      return true;
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

function checkValues(
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
  const missingFlag = flags.find(({ name, required }) => required && !given.has(name));
  if (missingFlag) fail(`required flag --${missingFlag.name} not provided`);
  const missingArgument = (command.args ?? [])[args.length];
  if (missingArgument?.required) fail(`required argument '${missingArgument.name}' not provided`);
}

function toParsed(given: ReadonlyMap<string, readonly string[]>, args: readonly string[]): ParsedArguments {
  const text = (flag: string): string | undefined => given.get(flag)?.at(-1);
  return {
    text,
    list: (flag) => given.get(flag) ?? [],
    isSet: (flag) => text(flag) === 'true',
    duration: (flag) => {
      const value = text(flag);
      return value === undefined ? undefined : parseDuration(value);
    },
    args,
  };
}
