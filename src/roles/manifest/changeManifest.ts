import { isDeepStrictEqual } from 'node:util';
import { isMap, parseAllDocuments, type Document } from 'yaml';
import { rawText, type Untrusted } from '../../access/untrusted/untrusted.ts';
import {
  isPlainList,
  isPlainObject,
  valueAt,
  type Path,
  type PlainValue,
  type PlainObject,
} from '../role/value.ts';
import { nextEdit } from './yamlEdit.ts';

/** One change to one field. `add` and `remove` change one item of a list. */
export type FieldChange = { readonly path: Path } & (
  | { readonly add: PlainValue }
  | { readonly remove: PlainValue }
  | { readonly set: PlainValue }
  | { readonly unset: true }
);

const listOf = (value: PlainValue | undefined): readonly PlainValue[] =>
  isPlainList(value) ? value : value === undefined || value === null ? [] : [value];

/**
 * Applies a change to the value itself.
 * @returns undefined when the field goes away
 */
function applyChange(value: PlainValue | undefined, change: FieldChange): PlainValue | undefined {
  if ('set' in change) return change.set;
  if ('unset' in change) return undefined;
  const list = listOf(value);
  if ('add' in change)
    return list.some((item) => isDeepStrictEqual(item, change.add)) ? value : [...list, change.add];
  const remaining = list.filter((item) => !isDeepStrictEqual(item, change.remove));
  return remaining.length === list.length ? value : remaining.length ? remaining : undefined;
}

/**
 * Applies a change at a path below the value.
 * @returns undefined when the value goes away
 */
function applyChangeAt(
  value: PlainValue | undefined,
  path: Path,
  change: FieldChange,
): PlainValue | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return applyChange(value, change);
  const before = valueAt(value, [key]);
  if (before === undefined && ('unset' in change || 'remove' in change)) return value;
  const after = applyChangeAt(before, rest, change);
  if (after === before) return value;
  if (typeof key === 'number') {
    const list = listOf(value);
    const remaining = after === undefined ? list.filter((_, index) => index !== key) : list.with(key, after);
    return remaining.length ? remaining : undefined;
  }
  if (value !== undefined && value !== null && !isPlainObject(value))
    throw new TypeError('The field is in the way of one that should be inside it.');
  // A Map treats a key like __proto__ as an ordinary key and keeps the order of the keys.
  const entries = new Map(Object.entries(value ?? {}));
  if (after === undefined) entries.delete(key);
  else entries.set(key, after);
  return entries.size ? Object.fromEntries(entries) : undefined;
}

/**
 * Applies changes to the value of a role. A `remove` or `unset` also removes parents that it leaves empty;
 * `add` and `set` create missing parents.
 * @throws TypeError when a scalar or a list stands where a change needs a map
 */
export const changeValue = (value: PlainObject, changes: readonly FieldChange[]): PlainObject =>
  changes.reduce<PlainObject>((role, change) => {
    const after = applyChangeAt(role, change.path, change);
    return isPlainObject(after) ? after : {};
  }, value);

const parse = (text: string): readonly Document.Parsed[] => [
  ...parseAllDocuments(text, {
    uniqueKeys: false,
    prettyErrors: false,
    keepSourceTokens: true,
    schema: 'core',
    logLevel: 'silent',
  }),
];

const notInPlace = (): never => {
  throw new Error('The change cannot be made in place: the file is written in a way that is not understood.');
};

/** No real change needs as many edits; the limit ends a loop whose edits never reach the target. */
const mostEdits = 100;

/**
 * Changes one role in the text of a file. Comments, key order, indentation, line ends, the style of lists and
 * maps and all other documents keep their text.
 * @throws Error when the file does not hold the role, or its YAML does not allow the change in place
 */
export function changeText(text: string, role: Untrusted, changes: readonly FieldChange[]): string {
  const index = parse(text).findIndex((document) => document.getIn(['metadata', 'name']) === rawText(role));
  let target: PlainObject | undefined;
  let current = text;
  for (let count = 0; count < mostEdits; count += 1) {
    const document = parse(current)[index];
    if (!document || document.errors.length || !isMap(document.contents)) return notInPlace();
    const value = document.toJS() as PlainObject;
    target ??= changeValue(value, changes);
    const edit = nextEdit(current, document.contents, value, target);
    if (!edit) return otherDocumentsUnchanged(text, current, index) ? current : notInPlace();
    current = current.slice(0, edit.span.start) + edit.text + current.slice(edit.span.end);
  }
  return notInPlace();
}

/** Whether every document except the changed one has the same text as before. */
function otherDocumentsUnchanged(before: string, after: string, changedIndex: number): boolean {
  const others = (text: string): readonly string[] =>
    parse(text).map(({ range }, index) => (index === changedIndex ? '' : text.slice(range[0], range[2])));
  return isDeepStrictEqual(others(before), others(after));
}
