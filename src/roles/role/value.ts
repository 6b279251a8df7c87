// Plain values of a manifest or of a server resource, without YAML nodes.

/** A value that JSON can hold. */
export type PlainValue = null | boolean | number | string | readonly PlainValue[] | PlainObject;

/** A map of plain values. */
export interface PlainObject {
  readonly [key: string]: PlainValue;
}

/**
 * Keys from the top of a role to a field: `['spec', 'allow', 'request',
 * 'roles']`. A number is an index in a list.
 */
export type Path = readonly (string | number)[];

/** Whether a value is a map: neither null nor a list. */
export const isPlainObject = (value: PlainValue | undefined): value is PlainObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path; undefined when the path does not exist. */
export function valueAt(value: PlainValue | undefined, path: Path): PlainValue | undefined {
  return path.reduce<PlainValue | undefined>((parent, key) => {
    if (typeof key === 'number')
      return Array.isArray(parent) ? (parent as readonly PlainValue[])[key] : undefined;
    return isPlainObject(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined;
  }, value);
}

/**
 * The texts in the list at a path. A single text counts as a list of one;
 * any other value gives an empty list.
 */
export function textsAt(value: PlainValue | undefined, path: Path): readonly string[] {
  const atPath = valueAt(value, path);
  const list = Array.isArray(atPath) ? (atPath as readonly PlainValue[]) : [atPath];
  return list.filter((item): item is string => typeof item === 'string');
}
