// What a manifest or a resource of the server says, without anything of YAML left in it.

export type Plain = null | boolean | number | string | readonly Plain[] | PlainObject;

export interface PlainObject {
  readonly [key: string]: Plain;
}

/** Keys from the top to a field: `['spec', 'allow', 'request', 'roles']`. An index stands for an item of a list. */
export type Path = readonly (string | number)[];

export const isPlainObject = (value: Plain | undefined): value is PlainObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands at a path; undefined where nothing does. */
export function valueAt(value: Plain | undefined, path: Path): Plain | undefined {
  return path.reduce<Plain | undefined>((inside, key) => {
    if (typeof key === 'number') return Array.isArray(inside) ? (inside as readonly Plain[])[key] : undefined;
    return isPlainObject(inside) && Object.hasOwn(inside, key) ? inside[key] : undefined;
  }, value);
}

/** The texts of a list at a path, a single text counted as a list of one; empty where there are none. */
export function textsAt(value: Plain | undefined, path: Path): readonly string[] {
  const found = valueAt(value, path);
  const list = Array.isArray(found) ? (found as readonly Plain[]) : [found];
  return list.filter((item): item is string => typeof item === 'string');
}
