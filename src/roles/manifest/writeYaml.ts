import { Document, Scalar, visit, type ToStringOptions } from 'yaml';
import { invisibleCharacters } from '../../access/untrusted/invisible.ts';
import { isPlainList, isPlainObject, valueAt, type PlainValue, type PlainObject } from '../role/value.ts';
import { isExact, isPlainText } from './yamlScalar.ts';

/** The most characters of a key that YAML readers accept on one line. */
const mostKeyCharacters = 1000;

/** tctl's layout. Each text is on one line. */
const layout: ToStringOptions = {
  doubleQuotedAsJSON: true,
  flowCollectionPadding: false,
  indentSeq: false,
  lineWidth: 0,
};

// Everything that a user cannot see, among it what a YAML reader takes as a line break or refuses unescaped. It occurs
// in quotation marks only; a line feed is layout.
const invisible = new RegExp(`(?!\\n)[${invisibleCharacters}]`, 'gu');

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xffff
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}

/**
 * Writes a value. Texts have quotation marks unless YAML 1.1 and 1.2 both read them as the same text without,
 * and invisible characters are escaped.
 * @param style `flow` and `json` write one line; in `json` every text has quotation marks
 * @throws RangeError for half a surrogate pair, a number that cannot be written exactly, or a key above 1000
 * characters
 */
function write(value: unknown, style: 'block' | 'flow' | 'json'): string {
  // By default an object that occurs twice becomes an anchor and an alias.
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Collection: (_, collection) => {
      collection.flow = style !== 'block' || collection.items.length === 0;
    },
    Scalar: (role, scalar) => {
      if (!isExact(scalar.value)) throw new RangeError('A value cannot be written exactly.');
      // -0 becomes 0.
      if (scalar.value === 0) scalar.value = 0;
      if (typeof scalar.value !== 'string') return;
      if (style === 'json' || !isPlainText(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE;
      const text = scalar.type === Scalar.QUOTE_DOUBLE ? JSON.stringify(scalar.value) : scalar.value;
      if (role === 'key' && text.replace(invisible, escaped).length > mostKeyCharacters)
        throw new RangeError('A key is too long for YAML.');
    },
  });
  return document.toString(layout).trimEnd().replace(invisible, escaped);
}

/**
 * Writes a value on one line, in YAML's flow style.
 * @param style in `json`, which is also YAML, every text has quotation marks
 * @throws RangeError for a value that YAML cannot hold
 */
export const flowText = (value: PlainValue, style: 'flow' | 'json' = 'flow'): string => write(value, style);

/** The value with its keys first in the order of `like`, then in its own. Maps keep keys such as `1` in order. */
function ordered(value: PlainValue, like: PlainValue | undefined): unknown {
  if (isPlainList(value)) return value.map((item, index) => ordered(item, valueAt(like, [index])));
  if (!isPlainObject(value)) return value;
  const first = isPlainObject(like) ? Object.keys(like).filter((key) => Object.hasOwn(value, key)) : [];
  return new Map(
    [...new Set([...first, ...Object.keys(value)])].map((key) => [
      key,
      ordered(value[key] ?? null, valueAt(like, [key])),
    ]),
  );
}

/**
 * Writes the canonical text of a role, which Apply shows and sends, in tctl's layout.
 * @param like a value whose order of keys is kept; without it the value's own order
 * @throws RangeError for a value that YAML cannot hold
 */
export const writeYaml = (value: PlainObject, like?: PlainObject): string =>
  `${write(ordered(value, like), 'block')}\n`;
