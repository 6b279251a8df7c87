// Reads a manifest as the server does: keeps the known fields and ignores the others without a message.
import { Refusal } from '../cli/refusal.ts';
import { goDuration, parseDuration } from '../cli/goFormat.ts';
import { isObject, type Json, type JsonObject } from './resource.ts';

/**
 * The type of a field. `labels` maps a label to a text or a list of texts. A `flagIfSet` is kept only when it
 * is true. `mfa` is false, true, or the hardware key that MFA requires.
 */
export type ManifestField =
  | ('text' | 'texts' | 'flag' | 'flagIfSet' | 'mfa' | 'count' | 'duration')
  | ('labels' | 'textMap' | 'textsMap' | ManifestStruct | ManifestList);

/** A type with fields, in the order in which the server prints them. */
export interface ManifestStruct {
  /** The Go name of the type with the separator before a field's name, for messages. */
  readonly go: string;
  readonly fields: Readonly<Record<string, ManifestField>>;
}

/** A list of objects of one type. */
export interface ManifestList {
  readonly list: ManifestStruct;
}

/** A value that does not fit its field, with the path to it. */
class Mismatch extends Error {
  readonly path: readonly (string | number)[];
  constructor(message: string, path: readonly (string | number)[]) {
    super(message);
    this.path = path;
  }
}

/**
 * Returns the known fields of a manifest in the order of the schema. Names match in any case; of two fields
 * that match, the last one counts. Omits empty values: an empty text or list, 0, no labels.
 * @throws Refusal when a value does not fit its field.
 */
export function readFields(struct: ManifestStruct, value: JsonObject): JsonObject {
  try {
    return readStruct(struct, value, [], '');
  } catch (error) {
    if (error instanceof Mismatch) throw new Refusal(mismatchMessage(error, value));
    throw error;
  }
}

type Path = readonly (string | number)[];

function readStruct(struct: ManifestStruct, value: Json, path: Path, trail: string): JsonObject {
  if (!isObject(value)) throw new Mismatch(`${trail}readObjectStart: expect { or n`, path);
  const result: Record<string, Json> = {};
  for (const [name, field] of Object.entries(struct.fields)) {
    const givenName = Object.keys(value).findLast((key) => key.toLowerCase() === name.toLowerCase());
    const item = givenName === undefined ? null : (value[givenName] ?? null);
    if (givenName === undefined || item === null) continue;
    const read = readField(field, item, [...path, givenName], `${trail}${struct.go}${pascal(name)}: `);
    if (!isEmpty(field, read)) result[name] = read;
  }
  return result;
}

/**
 * Whether Go omits the value when it prints: it does for empty values, except objects with fields and false
 * flags.
 */
function isEmpty(field: ManifestField, value: Json): boolean {
  if (typeof field === 'object') return 'list' in field && (value as readonly Json[]).length === 0;
  if (field === 'flag') return false;
  if (typeof value === 'object') return Object.keys(value ?? {}).length === 0;
  return !value || (field === 'duration' && value === '0s');
}

function readField(field: ManifestField, value: Json, path: Path, trail: string): Json {
  const refuse = (expected: string): never => {
    throw new Mismatch(`${trail}${expected}`, path);
  };
  if (typeof field === 'object') {
    if (!('list' in field)) return readStruct(field, value, path, trail);
    if (!Array.isArray(value)) return refuse(`[]${field.list.go.slice(0, -1)}: decode slice: expect [ or n`);
    return (value as readonly Json[]).map((item, index) =>
      readStruct(field.list, item, [...path, index], trail),
    );
  }
  switch (field) {
    case 'text':
      return typeof value === 'string' ? value : refuse('ReadString: expects " or n');
    case 'texts':
      return readTexts(value, () => refuse('[]string: decode slice: expect [ or n'));
    case 'mfa':
      return readMfa(value);
    case 'flag':
    case 'flagIfSet':
      return typeof value === 'boolean' ? value : refuse('ReadBool: expect t or f');
    case 'count':
      return typeof value === 'number' ? value : refuse('readUint64: unexpected character');
    case 'duration':
      return readDuration(value);
    case 'labels':
      return readMap(value, (item) =>
        textOrTexts(readTexts(typeof item === 'string' ? [item] : item, () => [])),
      );
    case 'textMap':
      return readMap(value, (item) =>
        typeof item === 'string' ? item : refuse('ReadString: expects " or n'),
      );
    case 'textsMap':
      return readMap(value, (item) => readTexts(typeof item === 'string' ? [item] : item, () => []));
  }
}

const hardwareKeys = ['hardware_key', 'hardware_key_touch', 'hardware_key_pin', 'hardware_key_touch_and_pin'];

/**
 * Reads whether MFA is required, or the kind of hardware key it requires.
 * @throws Refusal for other values.
 */
function readMfa(value: Json): Json {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && hardwareKeys.includes(value)) return value;
  if (value === '' || value === 0) return false;
  throw new Refusal(`RequireMFAType invalid value ${JSON.stringify(value).replaceAll('"', '')}`);
}

const readTexts = (value: Json, refuse: () => readonly string[]): readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : refuse();

/** The server prints a list with a single text as that text. */
const textOrTexts = (texts: readonly string[]): Json => (texts.length === 1 ? (texts[0] ?? '') : texts);

function readMap(value: Json, readItem: (value: Json) => Json): JsonObject {
  const entries = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, child]) => [key, readItem(child)]),
  );
}

function readDuration(value: Json): string {
  try {
    return goDuration(
      typeof value === 'number' ? value / 1e6 : parseDuration(typeof value === 'string' ? value : ''),
    );
  } catch (error) {
    throw new Refusal((error as Error).message);
  }
}

const pascal = (name: string): string =>
  name.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());

const excerptReach = 10;
const contextReach = 50;

/**
 * Returns the message of the server's JSON parser. It refers to byte positions in the manifest as JSON with
 * sorted keys.
 */
function mismatchMessage({ message, path }: Mismatch, manifest: JsonObject): string {
  const { text, at } = renderSorted(manifest, path);
  const byte = at + 1;
  const excerpt = (reach: number): string => text.slice(Math.max(0, byte - reach), byte + reach);
  return (
    `${message}, but found ${text.charAt(at)}, error found in #${Math.min(byte, excerptReach)} byte of ` +
    `...|${excerpt(excerptReach)}|..., bigger context ...|${excerpt(contextReach)}|...`
  );
}

/** Returns a value as JSON with sorted keys, and the position in it at which the value at `path` begins. */
function renderSorted(value: Json, path: Path | undefined): { readonly text: string; readonly at: number } {
  if (!isObject(value) && !Array.isArray(value)) return { text: JSON.stringify(value), at: 0 };
  const isList = Array.isArray(value);
  const items: (readonly [string | number, Json])[] = isList
    ? (value as readonly Json[]).map((item, index) => [index, item])
    : Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  let text = isList ? '[' : '{';
  let at = 0;
  for (const [index, [key, item]] of items.entries()) {
    text += (index ? ',' : '') + (isList ? '' : `${JSON.stringify(key)}:`);
    const [first, ...rest] = path ?? [];
    const inner = renderSorted(item, first === key && rest.length ? rest : undefined);
    if (first === key) at = text.length + inner.at;
    text += inner.text;
  }
  return { text: text + (isList ? ']' : '}'), at };
}
