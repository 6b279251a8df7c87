import { parse } from 'yaml';

// Texts that every YAML reader takes as text, except the words of `notText`. They begin with a letter or `_`.
const word = /^[A-Za-z_][\w./@-]*$/;
const duration = /^(?:\d+(?:\.\d+)?(?:ns|us|ms|[smhd]))+$/;
const notText = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/**
 * Whether YAML 1.1 (which Go reads) and YAML 1.2 both read the text without
 * quotation marks as this same text.
 */
export const isPlainText = (text: string): boolean =>
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

/** Whether YAML can hold the scalar unchanged: no half surrogate pair, no number that was rounded. */
export function isExact(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'number') return true;
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}
