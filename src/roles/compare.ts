import { readDuration } from './duration.ts';
import { below, isChoice, isNothing, role, serverDefaults, type Field } from './fields.ts';
import { isPlainObject, valueAt, type Path, type Plain, type PlainObject } from './plain.ts';

/** Something that was sent and is not there as sent. */
export interface Difference {
  readonly path: Path;
  readonly wanted?: Plain;
  readonly held?: Plain;
}

/** What changes in one field: texts or items of a list, or the one value before and after. */
export interface FieldLine {
  readonly path: Path;
  readonly removed: readonly Plain[];
  readonly added: readonly Plain[];
}

/** Made by the server at every write, or only for it. */
const ofServer = (path: Path): boolean =>
  path.length === 2 && path[0] === 'metadata' && (path[1] === 'revision' || path[1] === 'id');

const items = (value: Plain | undefined): readonly Plain[] =>
  Array.isArray(value) ? (value as readonly Plain[]) : isNothing(value) ? [] : [value as Plain];

const one = (value: Plain): readonly Plain[] => (value === null ? [] : [value]);

/** A value in the one way that all ways to write it share. */
function meaning(value: Plain, field: Field | undefined): Plain {
  if (isChoice(field)) {
    if (typeof value === 'number' && field.also === 'number') return field.choices[value] ?? value;
    if (field.also === 'flag' && value === 'session') return true;
    return value === 'off' || value === 'optional' ? '' : value;
  }
  if (field === 'duration' && typeof value === 'string') return readDuration(value) ?? value;
  if (field === 'flag' && typeof value === 'string') return /^(?:true|yes|on|1|t)$/i.test(value);
  if (field === 'time' && typeof value === 'string') return Date.parse(value) || value;
  return value;
}

/** Whether the order of a list says nothing, and one text stands for a list of one. */
const isSet = (field: Field | undefined): boolean => field === 'texts' || field === 'oneOrMore';

/**
 * Whether what is held is what was sent. A key that was not sent may be held: the server fills in its own; with
 * `exactly` it may not.
 */
function same(sent: Plain, held: Plain | undefined, field: Field | undefined, exactly: boolean): boolean {
  if (isSet(field)) {
    const [a, b] = [new Set(items(sent)), new Set(items(held))];
    return a.size === b.size && [...a].every((item) => b.has(item));
  }
  const value = meaning(sent, field);
  const other = held === undefined ? undefined : meaning(held, field);
  if (isNothing(value)) return isNothing(other);
  if (Array.isArray(value) || Array.isArray(other)) {
    const [a, b] = [items(value), items(other)];
    return a.length === b.length && a.every((item, at) => same(item, b[at], below(field, at), exactly));
  }
  if (!isPlainObject(value)) return value === other;
  if (!isPlainObject(other)) return false;
  const keys = exactly ? new Set([...Object.keys(value), ...Object.keys(other)]) : Object.keys(value);
  return [...keys].every((key) =>
    same(valueAt(value, [key]) ?? null, valueAt(other, [key]), below(field, key), exactly),
  );
}

function* ignored(
  sent: Plain,
  held: Plain | undefined,
  field: Field | undefined,
  path: Path,
): Generator<Difference> {
  if (ofServer(path) || same(sent, held, field, false)) return;
  if (isPlainObject(sent) && (isPlainObject(held) || held === undefined || held === null)) {
    for (const [key, value] of Object.entries(sent))
      yield* ignored(value, valueAt(held, [key]), below(field, key), [...path, key]);
    return;
  }
  const list = Array.isArray(sent) && Array.isArray(held) && !isSet(field);
  if (list && sent.length === held.length) {
    for (const [at, value] of (sent as readonly Plain[]).entries())
      yield* ignored(value, (held as readonly Plain[])[at], below(field, at), [...path, at]);
    return;
  }
  yield { path, wanted: sent, ...(held === undefined ? {} : { held }) };
}

/**
 * What was sent and is not there as sent. What it means counts: `1h` is `1h0m0s`, one text of a label is a list of
 * one, the order of texts says nothing. What the server filled in by itself is no difference.
 */
export const ignoredBy = (sent: PlainObject, held: PlainObject): readonly Difference[] => [
  ...ignored(sent, held, role, []),
];

/** Items of `list` that are not in `other`. */
const beyond = (
  list: readonly Plain[],
  other: readonly Plain[],
  field: Field | undefined,
): readonly Plain[] => list.filter((item) => !other.some((one) => same(item, one, field, true)));

function* changes(
  before: Plain | undefined,
  after: Plain | undefined,
  field: Field | undefined,
  path: Path,
): Generator<FieldLine> {
  if (ofServer(path)) return;
  if (isNothing(before) && isNothing(after)) return;
  const [b, a] = [before ?? null, after ?? null];
  if (
    (isPlainObject(b) || isPlainObject(a)) &&
    (isPlainObject(b) || isNothing(b)) &&
    (isPlainObject(a) || isNothing(a))
  ) {
    const keys = new Set([b, a].flatMap((value) => (isPlainObject(value) ? Object.keys(value) : [])));
    for (const key of keys)
      yield* changes(valueAt(b, [key]), valueAt(a, [key]), below(field, key), [...path, key]);
    return;
  }
  const initial = valueAt(serverDefaults, path);
  if (after === undefined && initial !== undefined && same(initial, before, field, true)) return;
  if (same(b, a, field, true) && same(a, b, field, true)) return;
  const isList = Array.isArray(b) || Array.isArray(a);
  const item = isList ? below(field, 0) : field;
  const removed = isList ? beyond(items(b), items(a), item) : one(b);
  const added = isList ? beyond(items(a), items(b), item) : one(a);
  // Only the order of a list that has one changed.
  if (!removed.length && !added.length) yield { path, removed: items(b), added: items(a) };
  else yield { path, removed, added };
}

/**
 * What applying would change, field by field. What the server filled in by itself and `after` does not name is no
 * change; a value of its own that would go is one.
 * @param before what the server holds; undefined where the role is new
 */
export const changesBetween = (before: PlainObject | undefined, after: PlainObject): readonly FieldLine[] => [
  ...changes(before, after, role, []),
];
