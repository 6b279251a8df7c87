// Writes values of roles for one line of a dialog, as plain text instead of JSON.
import * as l10n from '@vscode/l10n';
import { forModal } from '../../access/untrusted/sinks.ts';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import { isPlainObject, type Path, type PlainValue, type PlainObject } from '../../roles/role/value.ts';

/** How many keys of a map, or items of a list, are shown. */
const mostItems = 8;
/** How many levels of a value are shown. */
const mostLevels = 3;

/** Writes the value of a field on its own, with a text in quotation marks. */
export function valueWords(value: PlainValue, path: Path): string {
  if (!isPlainObject(value))
    return Array.isArray(value) ? inlineValue(value) : forModal(untrusted(textOf(value)));
  const field = path.at(-1);
  if (field === 'thresholds') return thresholdWords(value);
  return pairs(value, field === 'kubernetes_resources' ? ['=', ' '] : [': ', '; '], 0);
}

/**
 * Writes a value inside a sentence. A text stands without quotation marks only when
 * it cannot look like our own words.
 */
export function inlineValue(value: PlainValue, depth = 0): string {
  if (Array.isArray(value)) {
    const items = value as readonly PlainValue[];
    return depth > mostLevels ? '…' : firstFew(items.map((item) => inlineValue(item, depth + 1))).join(',');
  }
  if (isPlainObject(value)) return depth > mostLevels ? '…' : `(${pairs(value, [': ', '; '], depth + 1)})`;
  const text = textOf(value);
  return /^[A-Za-z0-9*._@+/-]{1,64}$/.test(text) ? text : forModal(untrusted(text));
}

/** The text of a value that is neither a list nor a map. */
const textOf = (value: PlainValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * The first items of a list, and words for how many are left out.
 * @param more the words; by default `and 3 more`
 */
export function firstFew(
  items: readonly string[],
  most = mostItems,
  more = (hidden: number): string => l10n.t('and {0} more', hidden),
): readonly string[] {
  const hidden = items.length - most;
  return hidden > 0 ? [...items.slice(0, most), more(hidden)] : items;
}

/**
 * Writes the entries of a map.
 * @param separators between key and value, and between two entries
 */
function pairs(value: PlainObject, [colon, separator]: readonly [string, string], depth: number): string {
  return firstFew(
    Object.entries(value).map(([key, item]) => `${inlineValue(key)}${colon}${inlineValue(item, depth)}`),
  ).join(separator);
}

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
  if (!isThreshold) return pairs(value, [': ', '; '], 0);
  const words = [
    approve === 1 ? l10n.t('1 approval') : l10n.t('{0} approvals', approve),
    deny === 1 ? l10n.t('1 denial') : l10n.t('{0} denials', deny),
    ...(filter === '' ? [] : [l10n.t('only of reviewers with {0}', forModal(untrusted(filter)))]),
  ].join(', ');
  return name === '' ? words : `${inlineValue(name)}: ${words}`;
}
