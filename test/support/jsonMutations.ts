// Random changes to JSON, for the output of a newer, older, broken or hostile program.
import fc from 'fast-check';

/** The values that replace others. */
const unusualValues: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    true,
    false,
    0,
    -1,
    -0,
    0.5,
    3,
    17,
    1e308,
    -1e308,
    2 ** 53,
    '',
    ' ',
    'NaN',
    'Infinity',
    'null',
    '7',
    'soon',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '-271821-04-20T00:00:00Z',
    '2026-13-45T99:99:99Z',
    '../../etc/passwd',
    '-rf',
    '01A20384-8681-7B83-9A8D-DAA24F5D2559',
    '01a20384-8681-7b83-9a8d-daa24f5d2559\n',
    '\u001b[31m\u202e$(x)',
    '\ud800',
    'x'.repeat(5000),
    [],
    {},
    [[]],
    [null],
    [{}],
    { __proto__: null, constructor: 1, toString: null, length: -1 },
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ maxDepth: 3 }),
  // JSON.parse makes `__proto__` an own property and sets no prototype.
  fc.constant(JSON.parse('{"__proto__": {"name": "x"}, "a": 1}')),
);

type Change =
  | { readonly kind: 'delete' | 'duplicate' | 'wrap' | 'case' | 'empty' }
  | { readonly kind: 'replace' | 'nest' | 'add'; readonly value: unknown };

/** A change and the place in the JSON that it changes. */
interface PlacedChange {
  /** The number of the place, modulo the number of places. */
  readonly place: number;
  readonly change: Change;
}

const kinds = fc.constantFrom(
  'delete' as const,
  'duplicate' as const,
  'wrap' as const,
  'case' as const,
  'empty' as const,
);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: kinds }),
  fc.record({
    kind: fc.constantFrom('replace' as const, 'nest' as const, 'add' as const),
    value: unusualValues,
  }),
  { arbitrary: fc.record({ kind: fc.constant('replace' as const), value: unusualValues }), weight: 2 },
);

/** Generates one to three changes. */
export const jsonChanges: fc.Arbitrary<readonly PlacedChange[]> = fc.array(
  fc.record({ place: fc.nat({ max: 100_000 }), change }),
  { minLength: 1, maxLength: 3 },
);

type Container = Record<string, unknown> | unknown[];
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** Returns every place in the JSON, as its container and the key in it. */
function placesIn(value: unknown): [Container, string][] {
  if (!isContainer(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => [
    [value, key] as [Container, string],
    ...placesIn(child),
  ]);
}

function setProperty(holder: Container, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, configurable: true, enumerable: true, writable: true });
}

function applyChange(holder: Container, key: string, change: Change): void {
  const value: unknown = Reflect.get(holder, key);
  switch (change.kind) {
    case 'delete':
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else Reflect.deleteProperty(holder, key);
      return;
    case 'duplicate':
      if (Array.isArray(holder)) holder.push(structuredClone(value));
      else setProperty(holder, key, [value, structuredClone(value)]);
      return;
    case 'wrap':
      setProperty(holder, key, { [key]: value });
      return;
    case 'case':
      if (Array.isArray(holder)) return;
      Reflect.deleteProperty(holder, key);
      setProperty(holder, key === key.toUpperCase() ? key.toLowerCase() : key.toUpperCase(), value);
      return;
    case 'empty':
      setProperty(holder, key, Array.isArray(value) ? [] : isContainer(value) ? {} : '');
      return;
    case 'replace':
      setProperty(holder, key, change.value);
      return;
    case 'nest':
      setProperty(holder, key, [value, change.value]);
      return;
    case 'add':
      if (Array.isArray(holder)) holder.splice(Number(key), 0, change.value);
      else setProperty(holder, `new_${key}`, change.value);
  }
}

/** Returns a changed copy of the JSON. */
export function applyChanges(value: unknown, steps: readonly PlacedChange[]): unknown {
  // The box makes the outermost value changeable too.
  const box = [structuredClone(value)];
  for (const { place, change } of steps) {
    const places = placesIn(box);
    const [holder, key] = places[place % places.length] ?? [box, '0'];
    // A clone, because the next step may change the inserted value, and the value must not contain itself.
    applyChange(holder, key, structuredClone(change));
    if (box.length !== 1) box.splice(0, box.length, structuredClone(value));
  }
  return box[0];
}
