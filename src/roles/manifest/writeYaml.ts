import { isPlainObject, type Plain, type PlainObject } from '../role/value.ts';
import { quotedScalar, written } from './yamlScalar.ts';

/** YAML's readers take a key on one line of so many characters at most. */
const longestKey = 1000;

function key(name: string, write = written): string {
  const text = write(name);
  if (text.length > longestKey) throw new RangeError('A key is too long for YAML.');
  return text;
}

function scalar(value: null | boolean | number): string {
  if (typeof value === 'number') {
    const exact = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
    if (!exact) throw new RangeError('A number cannot be written exactly.');
    return String(value === 0 ? 0 : value);
  }
  return String(value);
}

/** Keys in the order of `like`, then those that it lacks. */
function keys(value: PlainObject, like: Plain | undefined): readonly string[] {
  const names = Object.keys(value);
  if (!isPlainObject(like)) return names;
  const first = Object.keys(like).filter((name) => Object.hasOwn(value, name));
  return [...first, ...names.filter((name) => !Object.hasOwn(like, name))];
}

const inside = (like: Plain | undefined, name: string | number): Plain | undefined =>
  typeof name === 'number'
    ? Array.isArray(like)
      ? (like as readonly Plain[])[name]
      : undefined
    : isPlainObject(like) && Object.hasOwn(like, name)
      ? like[name]
      : undefined;

/** On one line, as inside brackets. @param write how a text is written; JSON wants all in quotation marks */
export function inFlow(value: Plain, write: (text: string) => string = written): string {
  if (typeof value === 'string') return write(value);
  if (Array.isArray(value))
    return `[${(value as readonly Plain[]).map((item) => inFlow(item, write)).join(', ')}]`;
  if (!isPlainObject(value)) return scalar(value as null | boolean | number);
  return `{${Object.entries(value)
    .map(([name, item]) => `${key(name, write)}: ${inFlow(item, write)}`)
    .join(', ')}}`;
}

/** As JSON, which is YAML as well. */
export const inJson = (value: Plain): string => inFlow(value, quotedScalar);

/** How blocks are laid out: columns for a level, and whether the dashes of a list stand below its key or further in. */
export interface Layout {
  readonly step: number;
  readonly dashesIn: boolean;
}

const layoutOfTctl: Layout = { step: 2, dashesIn: false };

const isBlock = (value: Plain): value is readonly Plain[] | PlainObject =>
  Array.isArray(value) ? value.length > 0 : isPlainObject(value) && Object.keys(value).length > 0;

/** The lines of a value that begins on its own line, without indentation of its own. */
export function blockLines(value: Plain, like?: Plain, layout: Layout = layoutOfTctl): readonly string[] {
  if (!isBlock(value)) return [inFlow(value)];
  if (!isPlainObject(value))
    return value.flatMap((item, at) => {
      const [first = '', ...rest] = blockLines(item, inside(like, at), layout);
      return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
    });
  return keys(value, like).flatMap((name) => {
    const item = value[name] ?? null;
    if (!isBlock(item)) return [`${key(name)}: ${inFlow(item)}`];
    const indent = ' '.repeat(isPlainObject(item) || layout.dashesIn ? layout.step : 0);
    return [`${key(name)}:`, ...blockLines(item, inside(like, name), layout).map((line) => indent + line)];
  });
}

/**
 * The canonical text of a role: what is sent, and what is shown. Blocks as tctl prints them, every text in quotation
 * marks unless YAML 1.1 and 1.2 both read it as that text without, nothing invisible left raw.
 * @param like a value whose order of keys is kept; else the value's own
 * @throws RangeError for what YAML cannot write: half a character, a number out of range, a key of a thousand letters
 */
export const writeYaml = (value: PlainObject, like?: PlainObject): string =>
  `${blockLines(value, like).join('\n')}\n`;
