// Values of roles in a line of a question: plain text, and nothing of JSON in it.
import * as l10n from '@vscode/l10n';
import { forModal } from '../../access/text/sinks.ts';
import { untrusted } from '../../access/text/untrusted.ts';
import { isPlainObject, type Path, type PlainValue, type PlainObject } from '../../roles/role/value.ts';

/** How many keys, or items of a list in a value, are shown, and how deep. */
const most = 8;
const deepest = 3;

/** A value that stands alone in a field; a text in quotation marks. */
export function valueWords(value: PlainValue, path: Path): string {
  if (!isPlainObject(value))
    return Array.isArray(value) ? inlineValue(value) : forModal(untrusted(textOf(value)));
  const field = path.at(-1);
  if (field === 'thresholds') return thresholdWords(value);
  return pairs(value, field === 'kubernetes_resources' ? ['=', ' '] : [': ', '; '], 0);
}

/** A value in the middle of words of ours: as it is where it cannot be taken for them. */
export function inlineValue(value: PlainValue, depth = 0): string {
  if (Array.isArray(value)) {
    const items = value as readonly PlainValue[];
    return depth > deepest ? '…' : firstFew(items.map((item) => inlineValue(item, depth + 1)));
  }
  if (isPlainObject(value)) return depth > deepest ? '…' : `(${pairs(value, [': ', '; '], depth + 1)})`;
  const text = textOf(value);
  return /^[A-Za-z0-9*._@+/-]{1,64}$/.test(text) ? text : forModal(untrusted(text));
}

/** Of what is neither a list nor a map. */
const textOf = (value: PlainValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A list without most of its end. */
function firstFew(items: readonly string[], between = ','): string {
  const shown = items.slice(0, most);
  const hidden = items.length - shown.length;
  return [...shown, ...(hidden > 0 ? [l10n.t('and {0} more', hidden)] : [])].join(between);
}

function pairs(value: PlainObject, [is, between]: readonly [string, string], depth: number): string {
  return firstFew(
    Object.entries(value).map(([key, inside]) => `${inlineValue(key)}${is}${inlineValue(inside, depth)}`),
    between,
  );
}

/** `two: 2 approvals, 1 denial`. What is no threshold is written as it stands. */
function thresholdWords(value: PlainObject): string {
  const { name = '', approve = 1, deny = 1, filter = '', ...others } = value;
  const isOne =
    typeof name === 'string' &&
    typeof approve === 'number' &&
    typeof deny === 'number' &&
    typeof filter === 'string' &&
    Object.keys(others).length === 0;
  if (!isOne) return pairs(value, [': ', '; '], 0);
  const words = [
    approve === 1 ? l10n.t('1 approval') : l10n.t('{0} approvals', approve),
    deny === 1 ? l10n.t('1 denial') : l10n.t('{0} denials', deny),
    ...(filter === '' ? [] : [l10n.t('only of reviewers with {0}', forModal(untrusted(filter)))]),
  ].join(', ');
  return name === '' ? words : `${inlineValue(name)}: ${words}`;
}
