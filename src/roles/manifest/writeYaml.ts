import { isPlainObject, type PlainValue, type PlainObject } from '../role/value.ts';
import { quotedScalar, plainOrQuoted } from './yamlScalar.ts';

/** The most characters of a key that YAML readers accept on one line. */
const mostKeyCharacters = 1000;

function keyText(name: string, write = plainOrQuoted): string {
  const text = write(name);
  if (text.length > mostKeyCharacters) throw new RangeError('A key is too long for YAML.');
  return text;
}

function scalarText(value: null | boolean | number): string {
  if (typeof value === 'number') {
    const exact = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
    if (!exact) throw new RangeError('A number cannot be written exactly.');
    return String(value === 0 ? 0 : value);
  }
  return String(value);
}

/** The keys of the value: first in the order of `like`, then the keys that `like` does not have. */
function orderedKeys(value: PlainObject, like: PlainValue | undefined): readonly string[] {
  const names = Object.keys(value);
  if (!isPlainObject(like)) return names;
  const first = Object.keys(like).filter((name) => Object.hasOwn(value, name));
  return [...first, ...names.filter((name) => !Object.hasOwn(like, name))];
}

/** The item of a map or list; undefined when the value has no such item. */
const itemOf = (like: PlainValue | undefined, name: string | number): PlainValue | undefined =>
  typeof name === 'number'
    ? Array.isArray(like)
      ? (like as readonly PlainValue[])[name]
      : undefined
    : isPlainObject(like) && Object.hasOwn(like, name)
      ? like[name]
      : undefined;

/**
 * Writes a value on one line, in YAML's flow style.
 * @param write writes a text; in JSON every text has quotation marks
 */
export function flowText(value: PlainValue, write: (text: string) => string = plainOrQuoted): string {
  if (typeof value === 'string') return write(value);
  if (Array.isArray(value))
    return `[${(value as readonly PlainValue[]).map((item) => flowText(item, write)).join(', ')}]`;
  if (!isPlainObject(value)) return scalarText(value as null | boolean | number);
  return `{${Object.entries(value)
    .map(([name, item]) => `${keyText(name, write)}: ${flowText(item, write)}`)
    .join(', ')}}`;
}

/** Writes a value as JSON, which is also YAML. */
export const jsonText = (value: PlainValue): string => flowText(value, quotedScalar);

/** The layout of YAML's block style. */
export interface Layout {
  /** Columns for each level. */
  readonly indent: number;
  /** Whether the dashes of a list are indented further than the key of the list. */
  readonly indentDashes: boolean;
}

const tctlLayout: Layout = { indent: 2, indentDashes: false };

const isBlock = (value: PlainValue): value is readonly PlainValue[] | PlainObject =>
  Array.isArray(value) ? value.length > 0 : isPlainObject(value) && Object.keys(value).length > 0;

/**
 * The lines of a value in block style, indented from column 0.
 * @param like a value whose order of keys is kept
 */
export function blockLines(
  value: PlainValue,
  like?: PlainValue,
  layout: Layout = tctlLayout,
): readonly string[] {
  if (!isBlock(value)) return [flowText(value)];
  if (!isPlainObject(value))
    return value.flatMap((item, at) => {
      const [first = '', ...rest] = blockLines(item, itemOf(like, at), layout);
      return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
    });
  return orderedKeys(value, like).flatMap((name) => {
    const item = value[name] ?? null;
    if (!isBlock(item)) return [`${keyText(name)}: ${flowText(item)}`];
    const indent = ' '.repeat(isPlainObject(item) || layout.indentDashes ? layout.indent : 0);
    return [
      `${keyText(name)}:`,
      ...blockLines(item, itemOf(like, name), layout).map((line) => indent + line),
    ];
  });
}

/**
 * Writes the canonical text of a role, which Apply shows and sends. Blocks have tctl's layout,
 * texts have quotation marks unless YAML 1.1 and 1.2 both read them as the same text without,
 * and invisible characters are escaped.
 * @param like a value whose order of keys is kept; without it the value's own order
 * @throws RangeError for half a surrogate pair, a number that cannot be written
 * exactly, or a key above 1000 characters
 */
export const writeYaml = (value: PlainObject, like?: PlainObject): string =>
  `${blockLines(value, like).join('\n')}\n`;
