import { parse } from 'yaml';

// Words and texts that begin with a letter; none of the readers takes one for anything but text. Then durations.
const word = /^[A-Za-z_][\w./@-]*$/;
const duration = /^(?:\d+(?:\.\d+)?(?:ns|us|ms|[smhd]))+$/;
const notText = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/** Whether YAML 1.1 (what Go reads) and 1.2 both read the text as this text when it stands without quotation marks. */
export const isPlainText = (text: string): boolean =>
  (word.test(text) && !notText.test(text)) || duration.test(text);

/** What YAML 1.1 reads where this stands without quotation marks; a date is no text there. */
export function legacy(source: string): unknown {
  if (isPlainText(source)) return source;
  try {
    return parse(source, { version: '1.1', schema: 'yaml-1.1', logLevel: 'silent' }) as unknown;
  } catch {
    return undefined;
  }
}

// What one of the readers takes for a line break or does not take raw, and what would not be seen.
const unseen = /[\u007f-\u009f\u2028\u2029\ufffe\uffff]|\p{Cf}|\p{Cn}|\p{Co}/gu;

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xffff
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}

/** A text in quotation marks, on one line, with everything invisible escaped. Throws for half a surrogate pair. */
export function quotedScalar(text: string): string {
  if (!text.isWellFormed()) throw new RangeError('A text holds half a character, which YAML cannot write.');
  return JSON.stringify(text).replace(unseen, escaped);
}

/** A text as it is written: plain where that is safe. */
export const written = (text: string): string => (isPlainText(text) ? text : quotedScalar(text));
