import { forPage } from '../../access/untrusted/sinks.ts';
import type { Untrusted } from '../../access/untrusted/untrusted.ts';

const width = 16;

/** A line of a page with a name and a value. */
export const field = (name: string, value: string): string => `${`${name}:`.padEnd(width)}${value}`;

/** A further line below a field, aligned with the field's value. */
export const nestedField = (text: string): string => ' '.repeat(width) + text;

/** A field with untrusted text. Every line of the text starts with `│`. */
export function untrustedField(name: string, texts: readonly Untrusted[]): string[] {
  const [first, ...rest] = texts.flatMap((text) => forPage(text));
  return [field(name, first ?? '-'), ...rest.map(nestedField)];
}

/** A titled section of a page; empty if it has no lines. */
export const section = (title: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? ['', title, ...lines] : [];
