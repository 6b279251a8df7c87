import { withDefaults, initially } from './roleDefaults.ts';
import { readDuration } from './duration.ts';
import { fieldsBelow, isChoice, isNothing, role, type Field } from './roleSchema.ts';
import { isPlainObject, valueAt, type Path, type Plain, type PlainObject } from './value.ts';

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

/** Where a value stands in a role. */
interface Place {
  readonly path: Path;
  readonly field: Field | undefined;
}

const top: Place = { path: [], field: role };
const inside = ({ path, field }: Place, key: string | number): Place => ({
  path: [...path, key],
  field: fieldsBelow(field, key),
});

/** Whether off says something else than nothing: there, the older `port_forwarding` decides. */
const saysOff = ({ path }: Place): boolean =>
  path.at(-1) === 'enabled' && path.includes('ssh_port_forwarding');

/** Whether Teleport takes the value as if nothing stood there. A label counts whatever it is: all keys have to match. */
function isNothingAt(value: Plain | undefined, place: Place): boolean {
  if (value === undefined || value === null) return true;
  if (place.field === 'oneOrMore' || (value === false && saysOff(place))) return false;
  return isPlainObject(value)
    ? Object.entries(value).every(([key, one]) => isNothingAt(one, inside(place, key)))
    : isNothing(value);
}

const items = (value: Plain | undefined, place: Place): readonly Plain[] =>
  Array.isArray(value) ? (value as readonly Plain[]) : isNothingAt(value, place) ? [] : [value as Plain];

const one = (value: Plain | undefined): readonly Plain[] =>
  value === undefined || value === null ? [] : [value];

/** A value in the one way that all ways to write it share. */
function meaning(value: Plain, field: Field | undefined): Plain {
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

/** Whether the order of a list says nothing, and one text stands for a list of one. */
const isSet = (field: Field | undefined): boolean => field === 'texts' || field === 'oneOrMore';

/**
 * Whether what is held is what was sent. A key that was not sent may be held: the server fills in its own; with
 * `exactly` it may not.
 */
function same(sent: Plain | undefined, held: Plain | undefined, place: Place, exactly: boolean): boolean {
  const { field } = place;
  if (isNothingAt(sent, place) || isNothingAt(held, place))
    return (
      isNothingAt(meaning(sent ?? null, field), place) && isNothingAt(meaning(held ?? null, field), place)
    );
  if (isSet(field)) {
    const [a, b] = [new Set(items(sent, place)), new Set(items(held, place))];
    return a.size === b.size && [...a].every((item) => b.has(item));
  }
  const [value, other] = [meaning(sent ?? null, field), meaning(held ?? null, field)];
  if (Array.isArray(value) || Array.isArray(other)) {
    const [a, b] = [items(value, place), items(other, place)];
    return a.length === b.length && a.every((item, at) => same(item, b[at], inside(place, at), exactly));
  }
  if (!isPlainObject(value)) return value === other;
  if (!isPlainObject(other)) return false;
  const keys = exactly ? new Set([...Object.keys(value), ...Object.keys(other)]) : Object.keys(value);
  return [...keys].every((key) =>
    same(valueAt(value, [key]), valueAt(other, [key]), inside(place, key), exactly),
  );
}

function* ignored(sent: Plain, held: Plain | undefined, place: Place): Generator<Difference> {
  const { path, field } = place;
  if (ofServer(path) || same(sent, held, place, false)) return;
  if (isPlainObject(sent) && (isPlainObject(held) || held === undefined || held === null)) {
    for (const [key, value] of Object.entries(sent))
      yield* ignored(value, valueAt(held, [key]), inside(place, key));
    return;
  }
  const list = Array.isArray(sent) && Array.isArray(held) && !isSet(field);
  if (list && sent.length === held.length) {
    for (const [at, value] of (sent as readonly Plain[]).entries())
      yield* ignored(value, (held as readonly Plain[])[at], inside(place, at));
    return;
  }
  yield { path, wanted: sent, ...(held === undefined ? {} : { held }) };
}

/**
 * What was sent and is not there as sent. What it means counts: `1h` is `1h0m0s`, one text of a label is a list of
 * one, the order of texts says nothing. What was left out means what the server fills in for it.
 */
export const ignoredBy = (sent: PlainObject, held: PlainObject): readonly Difference[] => [
  ...ignored(withDefaults(sent), withDefaults(held), top),
];

/** Items of `list` that are not in `other`. */
const beyond = (list: readonly Plain[], other: readonly Plain[], place: Place): readonly Plain[] =>
  list.filter((item) => !other.some((one) => same(item, one, place, true)));

const mayBeMap = (value: Plain | undefined, place: Place): boolean =>
  isPlainObject(value) || isNothingAt(value, place);

function* changes(before: Plain | undefined, after: Plain | undefined, place: Place): Generator<FieldLine> {
  const { path } = place;
  if (ofServer(path) || (isNothingAt(before, place) && isNothingAt(after, place))) return;
  const maps = [before, after].filter(isPlainObject);
  if (maps.length > 0 && mayBeMap(before, place) && mayBeMap(after, place)) {
    for (const key of new Set(maps.flatMap(Object.keys)))
      yield* changes(valueAt(before, [key]), valueAt(after, [key]), inside(place, key));
    return;
  }
  if (same(before, after, place, true) && same(after, before, place, true)) return;
  const isList = Array.isArray(before) || Array.isArray(after);
  const item = isList ? inside(place, 0) : place;
  const [b, a] = isList ? [items(before, place), items(after, place)] : [one(before), one(after)];
  const [removed, added] = isList ? [beyond(b, a, item), beyond(a, b, item)] : [b, a];
  if (removed.length > 0 || added.length > 0) yield { path, removed, added };
  // Only the order of a list that has one changed; or there is an empty list, where that says something.
  else if (b.length > 0) yield { path, removed: b, added: a };
  else yield { path, removed: one(before), added: one(after) };
}

/**
 * What applying would change, field by field. What is left out means what the server fills in for it, by the version
 * of the role: no change where it holds just that, one where it holds something else.
 * @param before what the server holds; undefined where the role is new: then all of it is added
 * @param after undefined where the role is to go: then all of it is removed
 */
export function roleChanges(
  before: PlainObject | undefined,
  after: PlainObject | undefined,
): readonly FieldLine[] {
  if (before && after) return [...changes(withDefaults(before), withDefaults(after), top)];
  const role = withDefaults(before ?? after ?? {});
  return [...changes(role, initially(role['version']), top)].map(({ path }) => {
    const whole = valueAt(role, path);
    const all = Array.isArray(whole) ? (whole as readonly Plain[]) : one(whole);
    return before ? { path, removed: all, added: [] } : { path, removed: [], added: all };
  });
}
