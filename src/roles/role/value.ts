// Plain values of a manifest or of a server resource, without YAML nodes.
import type { PlainValue, PlainObject } from '../../teleport/output/schemaParts.ts';

export type { PlainValue, PlainObject };

/**
 * Keys from the top of a role to a field: `['spec', 'allow', 'request',
 * 'roles']`. A number is an index in a list.
 */
export type Path = readonly (string | number)[];

/** Whether a value is a map: neither null nor a list. */
export const isPlainObject = (value: PlainValue | undefined): value is PlainObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a value is a list. */
export const isPlainList = (value: PlainValue | undefined): value is readonly PlainValue[] =>
  Array.isArray(value);

/** Whether a value is a map or list that has items. */
export const isFilled = (value: PlainValue | undefined): value is PlainObject | readonly PlainValue[] =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;

/** The value at a path; undefined when the path does not exist. */
export function valueAt(value: PlainValue | undefined, path: Path): PlainValue | undefined {
  return path.reduce<PlainValue | undefined>((parent, key) => {
    if (typeof key === 'number') return isPlainList(parent) ? parent[key] : undefined;
    return isPlainObject(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined;
  }, value);
}

/** The list at a path; empty for any other value. */
export function listAt(value: PlainValue | undefined, path: Path): readonly PlainValue[] {
  const list = valueAt(value, path);
  return isPlainList(list) ? list : [];
}

/** The map at a path; empty for any other value. */
export function mapAt(value: PlainValue | undefined, path: Path): PlainObject {
  const map = valueAt(value, path);
  return isPlainObject(map) ? map : {};
}

/**
 * The texts in the list at a path. A single text counts as a list of one;
 * any other value gives an empty list.
 */
export function textsAt(value: PlainValue | undefined, path: Path): readonly string[] {
  const atPath = valueAt(value, path);
  return (isPlainList(atPath) ? atPath : [atPath]).filter((item) => typeof item === 'string');
}

/** The text at a path; empty for any other value. */
export function textAt(value: PlainValue | undefined, path: Path): string {
  const text = valueAt(value, path);
  return typeof text === 'string' ? text : '';
}
