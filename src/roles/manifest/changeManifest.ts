import { isDeepStrictEqual } from 'node:util';
import { isMap, parseAllDocuments, type Document } from 'yaml';
import { rawText, type Untrusted } from '../../access/text/untrusted.ts';
import { isPlainObject, valueAt, type Path, type Plain, type PlainObject } from '../role/value.ts';
import { nextStep } from './yamlEdit.ts';

/** One change to one field. `add` and `remove` mean an item of a list. */
export type FieldChange = { readonly path: Path } & (
  { readonly add: Plain } | { readonly remove: Plain } | { readonly set: Plain } | { readonly unset: true }
);

const listOf = (value: Plain | undefined): readonly Plain[] =>
  Array.isArray(value) ? (value as readonly Plain[]) : value === undefined || value === null ? [] : [value];

/** The value after a change at its top; undefined where nothing is left of it. */
function changed(value: Plain | undefined, change: FieldChange): Plain | undefined {
  if ('set' in change) return change.set;
  if ('unset' in change) return undefined;
  const list = listOf(value);
  if ('add' in change)
    return list.some((item) => isDeepStrictEqual(item, change.add)) ? value : [...list, change.add];
  const left = list.filter((item) => !isDeepStrictEqual(item, change.remove));
  return left.length === list.length ? value : left.length ? left : undefined;
}

function changedAt(value: Plain | undefined, path: Path, change: FieldChange): Plain | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return changed(value, change);
  const before = valueAt(value, [key]);
  if (before === undefined && ('unset' in change || 'remove' in change)) return value;
  const after = changedAt(before, rest, change);
  if (after === before) return value;
  if (typeof key === 'number') {
    const list = listOf(value);
    const left = after === undefined ? list.filter((_, at) => at !== key) : list.with(key, after);
    return left.length ? left : undefined;
  }
  if (value !== undefined && value !== null && !isPlainObject(value))
    throw new TypeError('The field is in the way of one that should be inside it.');
  // As entries, so that a key like __proto__ is a key like any other; a key keeps its place.
  const entries = new Map(Object.entries(value ?? {}));
  if (after === undefined) entries.delete(key);
  else entries.set(key, after);
  return entries.size ? Object.fromEntries(entries) : undefined;
}

/** The role after the changes. Parents that a `remove` or `unset` leaves empty go as well; missing ones are made. */
export const changeValue = (value: PlainObject, changes: readonly FieldChange[]): PlainObject =>
  changes.reduce<PlainObject>((role, change) => {
    const after = changedAt(role, change.path, change);
    return isPlainObject(after) ? after : {};
  }, value);

const parse = (text: string): readonly Document.Parsed[] => {
  const documents = parseAllDocuments(text, {
    uniqueKeys: false,
    prettyErrors: false,
    keepSourceTokens: true,
    schema: 'core',
    logLevel: 'silent',
  });
  return [...documents];
};

const nameOf = (document: Document.Parsed): unknown => document.getIn(['metadata', 'name']);

const notInPlace = (): never => {
  throw new Error('The change cannot be made in place: the file is written in a way that is not understood.');
};

/** Enough for any change; more would be a step that leads nowhere. */
const mostSteps = 500;

/**
 * Changes one role in the text of a file. Comments, order, indentation, line ends, the style of lists and maps and
 * all other documents stay as they are.
 * @throws Error when the role is not there, or the text is written so that the change cannot be made in place
 */
export function changeText(text: string, role: Untrusted, changes: readonly FieldChange[]): string {
  const at = parse(text).findIndex((document) => nameOf(document) === rawText(role));
  let target: PlainObject | undefined;
  let now = text;
  for (let step = 0; step < mostSteps; step += 1) {
    const documents = parse(now);
    const document = documents[at];
    if (!document || document.errors.length || !isMap(document.contents)) return notInPlace();
    const value = document.toJS() as PlainObject;
    target ??= changeValue(value, changes);
    const edit = nextStep(now, document.contents, value, target);
    if (!edit) return othersStay(text, now, at) ? now : notInPlace();
    now = now.slice(0, edit.span.start) + edit.text + now.slice(edit.span.end);
  }
  return notInPlace();
}

/** Whether the text of every other document is what it was. */
function othersStay(before: string, after: string, but: number): boolean {
  const others = (text: string): readonly string[] =>
    parse(text).map(({ range }, at) => (at === but ? '' : text.slice(range[0], range[2])));
  return isDeepStrictEqual(others(before), others(after));
}
