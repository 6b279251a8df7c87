import { forPage } from '../../access/text/sinks.ts';
import type { Untrusted } from '../../access/text/untrusted.ts';

const width = 16;

/** A line of a page: a name and what it is. */
export const field = (name: string, value: string): string => `${`${name}:`.padEnd(width)}${value}`;

/** A line below a field, about the same. */
export const fieldBelow = (text: string): string => ' '.repeat(width) + text;

/** A field with foreign text: in one line if it fits, else each line marked. */
export function untrustedField(name: string, texts: readonly Untrusted[]): string[] {
  const [first, ...rest] = texts.flatMap((text) => forPage(text));
  return [field(name, first ?? '-'), ...rest.map(fieldBelow)];
}

/** A part of a page under a title of its own; nothing when it would be empty. */
export const section = (title: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? ['', title, ...lines] : [];
