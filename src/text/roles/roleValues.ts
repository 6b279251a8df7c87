// Writes values of roles for one line of a dialog, as plain text instead of JSON. Nothing of a value is left out that a
// question has room for.
import * as l10n from '@vscode/l10n';
import { exactForModal } from '../../access/untrusted/sinks.ts';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import { isPlainObject, type Path, type PlainValue, type PlainObject } from '../../roles/role/value.ts';

/** Writes the value of a field on its own. Only a text stands in quotation marks, so `true` is no “true”. */
export function valueWords(value: PlainValue, path: Path): string {
  if (typeof value === 'string') return exactForModal(untrusted(value));
  if (!isPlainObject(value)) return inlineValue(value);
  const field = path.at(-1);
  if (field === 'thresholds') return thresholdWords(value);
  return pairs(value, field === 'kubernetes_resources' ? ['=', ' '] : [': ', '; ']);
}

/**
 * Writes a value inside a sentence. A text stands without quotation marks only when
 * it cannot look like our own words, a number or a boolean.
 */
export function inlineValue(value: PlainValue): string {
  if (Array.isArray(value)) {
    const items = value as readonly PlainValue[];
    const words = items.map(inlineValue).join(',');
    // A list inside a list would look like its items.
    return items.some((item) => Array.isArray(item)) || items.length === 0 ? `[${words}]` : words;
  }
  if (isPlainObject(value)) return `(${pairs(value, [': ', '; '])})`;
  if (typeof value !== 'string') return JSON.stringify(value);
  return plainWord.test(value) && !otherKind.test(value) ? value : exactForModal(untrusted(value));
}

/** A text that cannot look like our own words. */
const plainWord = /^[A-Za-z0-9*._@+/-]{1,64}$/;
/** A text that without quotation marks would look like a number, a boolean or nothing. */
const otherKind = /^(true|false|null|[-+.0-9]*[0-9][-+.0-9eE]*)$/;

/**
 * Writes the entries of a map.
 * @param separators between key and value, and between two entries
 */
const pairs = (value: PlainObject, [colon, separator]: readonly [string, string]): string =>
  Object.entries(value)
    .map(([key, item]) => `${inlineValue(key)}${colon}${inlineValue(item)}`)
    .join(separator);

/**
 * Writes a threshold: `two: 2 approvals, 1 denial`. A map with other fields
 * is written as key and value pairs.
 */
function thresholdWords(value: PlainObject): string {
  const { name = '', approve = 1, deny = 1, filter = '', ...others } = value;
  const isThreshold =
    typeof name === 'string' &&
    typeof approve === 'number' &&
    typeof deny === 'number' &&
    typeof filter === 'string' &&
    Object.keys(others).length === 0;
  if (!isThreshold) return pairs(value, [': ', '; ']);
  const words = [
    approve === 1 ? l10n.t('1 approval') : l10n.t('{0} approvals', approve),
    deny === 1 ? l10n.t('1 denial') : l10n.t('{0} denials', deny),
    ...(filter === '' ? [] : [l10n.t('only of reviewers with {0}', exactForModal(untrusted(filter)))]),
  ].join(', ');
  return name === '' ? words : `${inlineValue(name)}: ${words}`;
}
