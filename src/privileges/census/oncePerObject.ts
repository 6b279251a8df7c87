/** Wraps a function of an object: its result is computed once for each object, and kept as long as that. */
export function oncePerObject<K extends object, V extends object | string>(
  compute: (object: K) => V,
): (object: K) => V {
  const results = new WeakMap<K, V>();
  return (object) => {
    const cached = results.get(object);
    if (cached !== undefined) return cached;
    const computed = compute(object);
    results.set(object, computed);
    return computed;
  };
}
