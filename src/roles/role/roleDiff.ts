import { withDefaults, defaultsFor } from './roleDefaults.ts';
import { readDuration } from './duration.ts';
import { fieldAt, fieldBelow, isChoice, isOrderedAt, isUnset, roleStruct, type Field } from './roleSchema.ts';
import {
  isPlainList,
  isPlainObject,
  valueAt,
  type Path,
  type PlainValue,
  type PlainObject,
} from './value.ts';

/** A field that the server does not hold as it was sent. */
export interface IgnoredField {
  readonly path: Path;
  readonly sent?: PlainValue;
  readonly held?: PlainValue;
}

/** The change of one field: removed and added items of a list, or the single value before and after. */
export interface FieldDiff {
  readonly path: Path;
  readonly removed: readonly PlainValue[];
  readonly added: readonly PlainValue[];
}

/** Whether the server sets the field itself, at every write or for its own use. */
const isServerField = (path: Path): boolean =>
  path.length === 2 && path[0] === 'metadata' && (path[1] === 'revision' || path[1] === 'id');

/** The place of a value in a role, with its field in the schema. */
interface Place {
  readonly path: Path;
  readonly field: Field | undefined;
}

const root: Place = { path: [], field: roleStruct };
const childPlace = ({ path, field }: Place, key: string | number): Place => ({
  path: [...path, key],
  field: fieldBelow(field, key),
});

/**
 * Whether `false` differs from an absent field: without `ssh_port_forwarding`,
 * the older `port_forwarding` decides.
 */
const isOffSignificant = ({ path }: Place): boolean =>
  path.at(-1) === 'enabled' && path.includes('ssh_port_forwarding');

/**
 * Whether Teleport treats the value like an absent field. A label with any value
 * counts, because all keys have to match.
 */
function isUnsetAt(value: PlainValue | undefined, place: Place): boolean {
  if (value === undefined || value === null) return true;
  if (place.field === 'oneOrMore' || (value === false && isOffSignificant(place))) return false;
  return isPlainObject(value)
    ? Object.entries(value).every(([key, item]) => isUnsetAt(item, childPlace(place, key)))
    : isUnset(value);
}

const items = (value: PlainValue | undefined, place: Place): readonly PlainValue[] =>
  isPlainList(value) ? value : isUnsetAt(value, place) ? [] : single(value);

const single = (value: PlainValue | undefined): readonly PlainValue[] =>
  value === undefined || value === null ? [] : [value];

/** Normalizes a value, so that all ways to write the same meaning give the same value. */
function normalized(value: PlainValue, field: Field | undefined): PlainValue {
  if (isChoice(field)) {
    if (typeof value === 'number' && field.also === 'number') return field.choices[value] ?? value;
    if (field.also === 'flag' && value === 'session') return true;
    return value === 'optional' ? '' : value;
  }
  if (field === 'duration' && typeof value === 'string') return readDuration(value) ?? value;
  if (field === 'flag' && typeof value === 'string') return /^(?:true|yes|on|1|t)$/i.test(value);
  if (field === 'time' && typeof value === 'string') return Date.parse(value) || value;
  return value;
}

/** Whether the field is a list of texts, where one text means a list of one. */
const isTexts = (field: Field | undefined): boolean => field === 'texts' || field === 'oneOrMore';

/** Whether the order of the list at a place has no meaning. */
const isUnordered = ({ field, path }: Place): boolean => isTexts(field) && !isOrderedAt(path);

/**
 * Whether the server holds the meaning that was sent. The server may hold keys that were not
 * sent, because it fills in defaults.
 * @param exactly whether additional keys count as a difference
 */
function hasSameMeaning(
  sent: PlainValue | undefined,
  held: PlainValue | undefined,
  place: Place,
  exactly: boolean,
): boolean {
  const { field } = place;
  if (isUnsetAt(sent, place) || isUnsetAt(held, place))
    return (
      isUnsetAt(normalized(sent ?? null, field), place) && isUnsetAt(normalized(held ?? null, field), place)
    );
  if (isUnordered(place)) {
    const [a, b] = [new Set(items(sent, place)), new Set(items(held, place))];
    return a.size === b.size && [...a].every((item) => b.has(item));
  }
  const [value, other] = [normalized(sent ?? null, field), normalized(held ?? null, field)];
  if (isPlainList(value) || isPlainList(other) || isTexts(field)) {
    const [a, b] = [items(value, place), items(other, place)];
    return (
      a.length === b.length &&
      a.every((item, at) => hasSameMeaning(item, b[at], childPlace(place, at), exactly))
    );
  }
  if (!isPlainObject(value)) return value === other;
  if (!isPlainObject(other)) return false;
  const keys = exactly ? new Set([...Object.keys(value), ...Object.keys(other)]) : Object.keys(value);
  return [...keys].every((key) =>
    hasSameMeaning(valueAt(value, [key]), valueAt(other, [key]), childPlace(place, key), exactly),
  );
}

/** Finds the fields below a place that the server does not hold as sent. */
function* findIgnored(sent: PlainValue, held: PlainValue | undefined, place: Place): Generator<IgnoredField> {
  const { path } = place;
  if (isServerField(path) || hasSameMeaning(sent, held, place, false)) return;
  if (isPlainObject(sent) && (isPlainObject(held) || held === undefined || held === null)) {
    for (const [key, value] of Object.entries(sent))
      yield* findIgnored(value, valueAt(held, [key]), childPlace(place, key));
    return;
  }
  if (isPlainList(sent) && isPlainList(held) && !isTexts(place.field) && sent.length === held.length) {
    for (const [at, value] of sent.entries()) yield* findIgnored(value, held[at], childPlace(place, at));
    return;
  }
  yield { path, sent, ...(held === undefined ? {} : { held }) };
}

/**
 * Finds the fields that the server does not hold as sent. It compares meanings: `1h` equals
 * `1h0m0s`, one text of a label equals a list of one, and the order of most texts has no meaning. An
 * absent field means the server's default.
 */
export const ignoredFields = (sent: PlainObject, held: PlainObject): readonly IgnoredField[] => [
  ...findIgnored(withDefaults(sent), withDefaults(held), root),
];

/** The items of `list` that `other` does not have. */
const missingIn = (
  list: readonly PlainValue[],
  other: readonly PlainValue[],
  place: Place,
): readonly PlainValue[] =>
  list.filter((item) => !other.some((otherItem) => hasSameMeaning(item, otherItem, place, true)));

/**
 * Whether a change of a list can be told by the items that go and come: where the order has a meaning, the place of a
 * new item has one too, and the items that stay must not change places.
 */
function keepsOrder(
  before: readonly PlainValue[],
  after: readonly PlainValue[],
  itemPlace: Place,
  place: Place,
): boolean {
  if (isUnordered(place)) return true;
  if (isOrderedAt(place.path)) return before.length === 0 || after.length === 0;
  const staying = (list: readonly PlainValue[], other: readonly PlainValue[]): readonly PlainValue[] => {
    const gone = new Set(missingIn(list, other, itemPlace));
    return list.filter((item) => !gone.has(item));
  };
  const [a, b] = [staying(before, after), staying(after, before)];
  return a.length === b.length && a.every((item, at) => hasSameMeaning(item, b[at], itemPlace, true));
}

/** Whether the value is a map, or unset, which counts as an empty map. */
const mayBeMap = (value: PlainValue | undefined, place: Place): boolean =>
  isPlainObject(value) || isUnsetAt(value, place);

/**
 * Writes a value of the server in the notation of another one that means the same: a list of one text or that text, a
 * duration. The texts, their number and their order stay the server's own.
 */
export function inNotationOf(value: PlainValue, other: PlainValue | undefined, path: Path): PlainValue {
  if (other === undefined || value === null) return value;
  if (isPlainObject(value) && isPlainObject(other))
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        inNotationOf(item, valueAt(other, [key]), [...path, key]),
      ]),
    );
  const field = fieldAt(path);
  if (isTexts(field)) {
    const [own, others] = [single(value).flat(), single(other).flat()];
    return own.length === 1 && others.length === 1 && own[0] === others[0] ? other : value;
  }
  if (isPlainList(value) && isPlainList(other))
    return value.map((item, at) => inNotationOf(item, other[at], [...path, at]));
  const isSameDuration =
    field === 'duration' &&
    typeof value === 'string' &&
    typeof other === 'string' &&
    readDuration(value) !== undefined &&
    readDuration(value) === readDuration(other);
  return isSameDuration ? other : value;
}

/** Compares two values and yields a diff for each field that changes. */
function* findChanges(
  before: PlainValue | undefined,
  after: PlainValue | undefined,
  place: Place,
): Generator<FieldDiff> {
  const { path } = place;
  if (isServerField(path) || (isUnsetAt(before, place) && isUnsetAt(after, place))) return;
  const maps = [before, after].filter(isPlainObject);
  if (maps.length > 0 && mayBeMap(before, place) && mayBeMap(after, place)) {
    for (const key of new Set(maps.flatMap(Object.keys)))
      yield* findChanges(valueAt(before, [key]), valueAt(after, [key]), childPlace(place, key));
    return;
  }
  if (hasSameMeaning(before, after, place, true) && hasSameMeaning(after, before, place, true)) return;
  if (!isPlainList(before) && !isPlainList(after)) {
    yield { path, removed: single(before), added: single(after) };
    return;
  }
  const [itemsBefore, itemsAfter] = [items(before, place), items(after, place)];
  const itemPlace = childPlace(place, 0);
  const removed = missingIn(itemsBefore, itemsAfter, itemPlace);
  const added = missingIn(itemsAfter, itemsBefore, itemPlace);
  if ((removed.length > 0 || added.length > 0) && keepsOrder(itemsBefore, itemsAfter, itemPlace, place))
    yield { path, removed, added };
  // The order of a list changed, too or only, or one side is an empty list where that differs from an absent field.
  else if (itemsBefore.length > 0) yield { path, removed: itemsBefore, added: itemsAfter };
  else yield { path, removed: single(before), added: single(after) };
}

/**
 * Lists the changes that Apply would make, field by field. An absent field means the server's default for the
 * version of the role, so it is a change only when the server holds another value.
 * @param before the role on the server; undefined for a new role, whose fields are all added
 * @param after the role to send; undefined for a role to remove, whose fields are all removed
 */
export function roleChanges(
  before: PlainObject | undefined,
  after: PlainObject | undefined,
): readonly FieldDiff[] {
  if (before && after) return [...findChanges(withDefaults(before), withDefaults(after), root)];
  const role = withDefaults(before ?? after ?? {});
  return [...findChanges(role, defaultsFor(role['version']), root)].map(({ path }) => {
    const value = valueAt(role, path);
    const all = isPlainList(value) ? value : single(value);
    return before ? { path, removed: all, added: [] } : { path, removed: [], added: all };
  });
}
