// The usage text that precedes a usage error, laid out as kingpin does.
import type { FlagSpec, Grammar } from './kingpinParser.ts';

const width = 80;
const indent = 2;
const gap = 2;
/** A first column this wide gets its text on the next line. */
const widest = 30;

/** Two columns, the second wrapped. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const first = Math.max(0, ...rows.map(([name]) => name.length).filter((length) => length < widest));
  const margin = ' '.repeat(indent + first + gap);
  return rows
    .map(([name, text]) => {
      const lines = wrap(text, width - margin.length);
      const head = ' '.repeat(indent) + name.padEnd(first) + ' '.repeat(gap);
      const start = name.length >= widest ? `${head}\n${margin}` : head;
      return `${start}${lines.join(`\n${margin}`)}\n`;
    })
    .join('');
}

/** The price of a line that does not end a phrase, in squared columns left empty. */
const midPhrase = 64;

/** Go's way of wrapping: the breaks that leave the least empty, squared, the last line for nothing. */
function wrap(text: string, most: number): string[] {
  const words = text.split(' ');
  const best: { readonly cost: number; readonly from: number }[] = [{ cost: 0, from: 0 }];
  for (let end = 1; end <= words.length; end++) {
    const isLast = end === words.length;
    const penalty = /[.,:;]$/.test(words[end - 1] ?? '') ? 0 : midPhrase;
    const choices = Array.from({ length: end }, (_, from) => {
      const left = most - words.slice(from, end).join(' ').length;
      const weight = left < 0 ? left ** 2 * 1e6 : isLast ? 0 : left ** 2 + penalty;
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

/** About one command, or about a group of them or the whole program where `words` names no command. */
export function usageText(
  program: string,
  words: readonly string[],
  globals: readonly FlagSpec[],
  commands: readonly Grammar[],
  groups: readonly Grammar[],
  whileReading: boolean,
): string {
  const isAt = (grammar: Grammar): boolean => grammar.words.join(' ') === words.join(' ');
  const command = commands.find(isAt);
  const group = groups.find(isAt);
  const about = command ?? group;
  const flags = [...globals, ...(about?.flags ?? [])].filter((flag) => !flag.hidden);
  const args = about?.args ?? [];
  const takes = command
    ? [
        ...flags.flatMap(({ name, required }) => (required ? [`--${name}=${name.toUpperCase()}`] : [])),
        '[<flags>]',
        ...args.map(({ name, required, many }) => bracket(`<${name}>${many ? '...' : ''}`, required)),
      ]
    : ['<command>', '[<args> ...]'];
  const below = commands.filter((each) => words.every((word, at) => each.words[at] === word));
  return [
    `usage: ${[program, ...words, ...takes].join(' ')}\n`,
    about ? `\n${about.help}\n` : '',
    `\nFlags:\n${columns(flags.map((flag) => [flagName(flag), flag.help]))}`,
    args.length ? `\nArgs:\n${columns(args.map(({ name, help }) => [`<${name}>`, help]))}` : '',
    command ? '' : `\nCommands:\n${below.map((each) => commandLine(each, whileReading)).join('')}`,
    about ? `\nAliases:\n${(about.aliases ?? []).map((alias) => `${alias}\n`).join('')}` : '',
    '\n',
  ].join('');
}

const bracket = (text: string, required = false): string => (required ? text : `[${text}]`);

/** kingpin makes this column two wider when it had understood the whole line. */
const commandLine = ({ words, help }: Grammar, whileReading: boolean): string =>
  `  ${words.join(' ').padEnd(whileReading ? 12 : 14)} ${help}\n`;
