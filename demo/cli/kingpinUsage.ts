// Formats the usage text that precedes a usage error, in the layout of kingpin.
import type { FlagSpec, Grammar } from './kingpinParser.ts';

const width = 80;
const indent = 2;
const gap = 2;
/** A name of this length or more gets its text on the next line. */
const longName = 30;

/** Formats two columns and wraps the second. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const first = Math.max(0, ...rows.map(([name]) => name.length).filter((length) => length < longName));
  const margin = ' '.repeat(indent + first + gap);
  return rows
    .map(([name, text]) => {
      const lines = wrap(text, width - margin.length);
      const head = ' '.repeat(indent) + name.padEnd(first) + ' '.repeat(gap);
      const start = name.length >= longName ? `${head}\n${margin}` : head;
      return `${start}${lines.join(`\n${margin}`)}\n`;
    })
    .join('');
}

/** The penalty for a line that does not end at a punctuation mark, in squared empty columns. */
const midPhrasePenalty = 64;

/**
 * Wraps a text as Go does: it picks the breaks with the lowest sum of squared empty columns. The last line
 * costs nothing.
 */
function wrap(text: string, limit: number): string[] {
  const words = text.split(' ');
  const best: { readonly cost: number; readonly from: number }[] = [{ cost: 0, from: 0 }];
  for (let end = 1; end <= words.length; end++) {
    const isLast = end === words.length;
    const penalty = /[.,:;]$/.test(words[end - 1] ?? '') ? 0 : midPhrasePenalty;
    const choices = Array.from({ length: end }, (_, from) => {
      const empty = limit - words.slice(from, end).join(' ').length;
      const weight = empty < 0 ? empty ** 2 * 1e6 : isLast ? 0 : empty ** 2 + penalty;
      return { cost: (best[from]?.cost ?? 0) + weight, from };
    });
    best[end] = choices.reduce((a, b) => (b.cost < a.cost ? b : a));
  }
  const lines: string[] = [];
  for (let end = words.length; end > 0;) {
    const from = best[end]?.from ?? 0;
    lines.unshift(words.slice(from, end).join(' '));
    end = from;
  }
  return lines;
}

const flagName = ({ name, short, kind }: FlagSpec): string =>
  `${short ? `-${short}, ` : '    '}--${kind === 'boolean' ? '[no-]' : ''}${name}`;

/**
 * Formats the usage text of a command, of a group of commands, or of the whole program when `words` names
 * neither.
 * @param commandLineIncomplete whether the parser has not yet read the whole command line
 */
export function usageText(
  program: string,
  words: readonly string[],
  globals: readonly FlagSpec[],
  commands: readonly Grammar[],
  groups: readonly Grammar[],
  commandLineIncomplete: boolean,
): string {
  const isNamed = (grammar: Grammar): boolean => grammar.words.join(' ') === words.join(' ');
  const command = commands.find(isNamed);
  const group = groups.find(isNamed);
  const subject = command ?? group;
  const flags = [...globals, ...(subject?.flags ?? [])];
  const args = subject?.args ?? [];
  const synopsis = command
    ? [
        ...flags.flatMap(({ name, required }) => (required ? [`--${name}=${name.toUpperCase()}`] : [])),
        '[<flags>]',
        ...args.map(({ name, required, many }) => bracket(`<${name}>${many ? '...' : ''}`, required)),
      ]
    : ['<command>', '[<args> ...]'];
  const subcommands = commands.filter((each) => words.every((word, at) => each.words[at] === word));
  return [
    `usage: ${[program, ...words, ...synopsis].join(' ')}\n`,
    subject ? `\n${subject.help}\n` : '',
    `\nFlags:\n${columns(flags.map((flag) => [flagName(flag), flag.help]))}`,
    args.length ? `\nArgs:\n${columns(args.map(({ name, help }) => [`<${name}>`, help]))}` : '',
    command
      ? ''
      : `\nCommands:\n${subcommands.map((each) => commandLine(each, commandLineIncomplete)).join('')}`,
    subject ? `\nAliases:\n${(subject.aliases ?? []).map((alias) => `${alias}\n`).join('')}` : '',
    '\n',
  ].join('');
}

const bracket = (text: string, required = false): string => (required ? text : `[${text}]`);

/** kingpin makes the first column two characters wider when it has read the whole command line. */
const commandLine = ({ words, help }: Grammar, commandLineIncomplete: boolean): string =>
  `  ${words.join(' ').padEnd(commandLineIncomplete ? 12 : 14)} ${help}\n`;
