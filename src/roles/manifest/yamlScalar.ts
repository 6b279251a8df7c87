import { parse } from 'yaml';

// Texts that every YAML reader takes as text, except the words of `notText`. They begin with a letter or `_`.
const word = /^[A-Za-z_][\w./@-]*$/;
const duration = /^(?:\d+(?:\.\d+)?(?:ns|us|ms|[smhd]))+$/;
const notText = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/**
 * Whether YAML 1.1 (which Go reads) and YAML 1.2 both read the text without
 * quotation marks as this same text.
 */
const isPlainText = (text: string): boolean =>
  (word.test(text) && !notText.test(text)) || duration.test(text);

/**
 * Parses a scalar without quotation marks as YAML 1.1 does, where a date is not a text.
 * @returns undefined on an error
 */
export function readAsYaml11(source: string): unknown {
  if (isPlainText(source)) return source;
  try {
    return parse(source, { version: '1.1', schema: 'yaml-1.1', logLevel: 'silent' }) as unknown;
  } catch {
    return undefined;
  }
}

// Characters that a YAML reader takes as a line break or refuses unescaped, and characters that are
// invisible.
const invisible = /[\u007f-\u009f\u2028\u2029\ufffe\uffff]|\p{Cf}|\p{Cn}|\p{Co}/gu;

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xffff
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}

/**
 * Writes a text in quotation marks on one line, with every invisible character escaped.
 * @throws RangeError for half a surrogate pair
 */
export function quotedScalar(text: string): string {
  if (!text.isWellFormed()) throw new RangeError('A text holds half a character, which YAML cannot write.');
  return JSON.stringify(text).replace(invisible, escaped);
}

/** Writes a text without quotation marks where every YAML reader agrees on it, else in quotation marks. */
export const plainOrQuoted = (text: string): string => (isPlainText(text) ? text : quotedScalar(text));
