// How the server reads a manifest into what it knows: fields it does not know are dropped without a word.
import { Refusal } from '../cli/refusal.ts';
import { goDuration, parseDuration } from '../cli/goFormat.ts';
import { isObject, type Json, type JsonObject } from './resource.ts';

/**
 * What a field holds. Labels map to a text or texts. A `flagIfSet` that is off is not kept; `mfa` is whether, or with
 * which hardware key, MFA is asked for.
 */
export type ManifestField =
  | ('text' | 'texts' | 'textOrTexts' | 'flag' | 'flagIfSet' | 'mfa' | 'count' | 'duration')
  | ('labels' | 'textMap' | 'textsMap' | ManifestStruct | ManifestList);

/** Fields in the order in which the server prints them. */
export interface ManifestStruct {
  /** The name of the type and what stands before a field's name, for messages. */
  readonly go: string;
  readonly fields: Readonly<Record<string, ManifestField>>;
}

export interface ManifestList {
  readonly list: ManifestStruct;
}

/** Where and why a value does not fit. */
class Mismatch extends Error {
  readonly path: readonly (string | number)[];
  constructor(message: string, path: readonly (string | number)[]) {
    super(message);
    this.path = path;
  }
}

/**
 * The known fields of a manifest, in order. Names match in any case; the last of two wins. What is empty is not kept:
 * an empty text or list, 0, no labels. Throws a Refusal.
 */
export function readFields(struct: ManifestStruct, value: JsonObject): JsonObject {
  try {
    return readStruct(struct, value, [], '');
  } catch (error) {
    if (error instanceof Mismatch) throw new Refusal(describe(error, value));
    throw error;
  }
}

type Path = readonly (string | number)[];

function readStruct(struct: ManifestStruct, value: Json, path: Path, trail: string): JsonObject {
  if (!isObject(value)) throw new Mismatch(`${trail}readObjectStart: expect { or n`, path);
  const result: Record<string, Json> = {};
  for (const [name, field] of Object.entries(struct.fields)) {
    const given = Object.keys(value).findLast((key) => key.toLowerCase() === name.toLowerCase());
    const item = given === undefined ? null : (value[given] ?? null);
    if (given === undefined || item === null) continue;
    const kept = readField(field, item, [...path, given], `${trail}${struct.go}${pascal(name)}: `);
    if (!isEmpty(field, kept)) result[name] = kept;
  }
  return result;
}

/** What Go leaves out when it prints: all but what has fields of its own, and flags that say no. */
function isEmpty(field: ManifestField, value: Json): boolean {
  if (typeof field === 'object') return 'list' in field && (value as readonly Json[]).length === 0;
  if (field === 'flag') return false;
  if (typeof value === 'object') return Object.keys(value ?? {}).length === 0;
  return !value || (field === 'duration' && value === '0s');
}

function readField(field: ManifestField, value: Json, path: Path, trail: string): Json {
  const no = (expected: string): never => {
    throw new Mismatch(`${trail}${expected}`, path);
  };
  if (typeof field === 'object') {
    if (!('list' in field)) return readStruct(field, value, path, trail);
    if (!Array.isArray(value)) return no(`[]${field.list.go.slice(0, -1)}: decode slice: expect [ or n`);
    return (value as readonly Json[]).map((item, at) => readStruct(field.list, item, [...path, at], trail));
  }
  switch (field) {
    case 'text':
      return typeof value === 'string' ? value : no('ReadString: expects " or n');
    case 'texts':
      return readTexts(value, () => no('[]string: decode slice: expect [ or n'));
    case 'textOrTexts':
      return typeof value === 'string'
        ? value
        : single(readTexts(value, () => no('[]string: decode slice: expect [ or n')));
    case 'mfa':
      return readMfa(value);
    case 'flag':
    case 'flagIfSet':
      return typeof value === 'boolean' ? value : no('ReadBool: expect t or f');
    case 'count':
      return typeof value === 'number' ? value : no('readUint64: unexpected character');
    case 'duration':
      return readDuration(value);
    case 'labels':
      return readMap(value, (item) => single(readTexts(typeof item === 'string' ? [item] : item, () => [])));
    case 'textMap':
      return readMap(value, (item) => (typeof item === 'string' ? item : no('ReadString: expects " or n')));
    case 'textsMap':
      return readMap(value, (item) => readTexts(typeof item === 'string' ? [item] : item, () => []));
  }
}

const hardware = ['hardware_key', 'hardware_key_touch', 'hardware_key_pin', 'hardware_key_touch_and_pin'];

/** On or off, or the kind of key. */
function readMfa(value: Json): Json {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && hardware.includes(value)) return value;
  if (value === '' || value === 0) return false;
  throw new Refusal(`RequireMFAType invalid value ${JSON.stringify(value).replaceAll('"', '')}`);
}

const readTexts = (value: Json, refuse: () => readonly string[]): readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : refuse();

/** The server prints a list of one as its one text. */
const single = (texts: readonly string[]): Json => (texts.length === 1 ? (texts[0] ?? '') : texts);

function readMap(value: Json, item: (value: Json) => Json): JsonObject {
  const entries = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, it]) => [key, item(it)]));
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

const near = 10;
const far = 50;

/** The words of the server's JSON parser: it names bytes of the manifest turned to JSON, keys sorted. */
function describe({ message, path }: Mismatch, manifest: JsonObject): string {
  const { text, at } = render(manifest, path);
  const head = at + 1;
  const around = (reach: number): string => text.slice(Math.max(0, head - reach), head + reach);
  return (
    `${message}, but found ${text.charAt(at)}, error found in #${Math.min(head, near)} byte of ` +
    `...|${around(near)}|..., bigger context ...|${around(far)}|...`
  );
}

/** JSON with sorted keys, and where in it the value at `path` begins. */
function render(value: Json, path: Path | undefined): { readonly text: string; readonly at: number } {
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
    const inner = render(item, first === key && rest.length ? rest : undefined);
    if (first === key) at = text.length + inner.at;
    text += inner.text;
  }
  return { text: text + (isList ? ']' : '}'), at };
}
