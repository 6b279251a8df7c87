import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { isPlainObject, type PlainValue, type PlainObject } from '../role/value.ts';
import type { TextEdit } from './problem.ts';
import { blockLines, flowText, jsonText, type Layout } from './writeYaml.ts';

/*
 * Finds one small edit that brings the text of a document closer to a target value. The `yaml` package could
 * write the whole document again, but it would also change the layout of unchanged lines.
 */

type Entry = Pair<Node, Node | null>;
type Collection = YAMLMap<Node, Node | null> | YAMLSeq;

/** The place of a value in the text. */
interface Place {
  /** The offset after the colon or the dash before the value; undefined for a key without a colon. */
  readonly afterSign: number | undefined;
  /** The end of the key; for an item of a list the start of the list. */
  readonly keyEnd: number;
  /** The column of the key; for an item of a list the column of the list. */
  readonly column: number;
  /** Whether the value is inside brackets. */
  readonly flow: boolean;
}

/** The next edit towards the target; undefined when the text already gives the target. */
export const nextEdit = (
  text: string,
  root: YAMLMap,
  value: PlainObject,
  target: PlainObject,
): TextEdit | undefined =>
  new EditFinder(text, root).editMap(root as YAMLMap<Node, Node | null>, value, target);

const startOf = (node: Node | null | undefined): number => node?.range?.[0] ?? 0;

/** Compares the nodes of a document with a target value and makes the edit for the first difference. */
class EditFinder {
  readonly #text: string;
  readonly #eol: string;
  readonly #layout: Layout;

  constructor(text: string, root: YAMLMap) {
    this.#text = text;
    this.#eol = text.includes('\r\n') ? '\r\n' : '\n';
    this.#layout = this.#layoutOf(root as YAMLMap<Node, Node | null>);
  }

  /** The edit for the first entry in which the map differs from the target; undefined when none differs. */
  editMap(node: YAMLMap<Node, Node | null>, value: PlainObject, target: PlainObject): TextEdit | undefined {
    for (const [index, pair] of (node.items as Entry[]).entries()) {
      const key = keyOf(pair);
      const [before, after] = [ownValue(value, key), ownValue(target, key)];
      if (after === undefined) return this.#remove(node, index);
      if (isDeepStrictEqual(before, after)) continue;
      return this.#change(pair.value, before ?? null, after, this.#placeOf(pair, node.flow === true));
    }
    const missing = Object.keys(target).find((key) => !Object.hasOwn(value, key));
    return missing === undefined ? undefined : this.#insert(node, missing, target[missing] ?? null);
  }

  #editList(
    node: YAMLSeq,
    value: readonly PlainValue[],
    target: readonly PlainValue[],
  ): TextEdit | undefined {
    const index = value.findIndex((item, at) => !isDeepStrictEqual(item, target[at]));
    if (index === -1) return this.#append(node, target[value.length] ?? null);
    if (value.length > target.length) return this.#remove(node, index);
    if (value.length < target.length) return undefined;
    const item = node.items[index];
    return this.#change(isNode(item) ? item : null, value[index] ?? null, target[index] ?? null, {
      afterSign: node.flow === true ? undefined : this.#dashOffset(node, index) + 1,
      keyEnd: startOf(node),
      column: this.#column(startOf(node)),
      flow: node.flow === true,
    });
  }

  /** Changes a value. When both are maps or both are lists, only one of their items changes. */
  #change(node: Node | null, before: PlainValue, after: PlainValue, place: Place): TextEdit {
    const bothFilled = isFilledValue(before) && isFilledValue(after);
    const itemEdit =
      bothFilled && isMap(node) && isPlainObject(before) && isPlainObject(after)
        ? this.editMap(node as YAMLMap<Node, Node | null>, before, after)
        : bothFilled && isSeq(node) && Array.isArray(before) && Array.isArray(after)
          ? this.#editList(node, before as readonly PlainValue[], after as readonly PlainValue[])
          : undefined;
    return itemEdit ?? this.#replace(node, after, place);
  }

  #replace(node: Node | null, value: PlainValue, place: Place): TextEdit {
    const [from, to] = node?.range ? [node.range[0], this.#visibleEnd(node)] : [0, 0];
    const empty = to <= from;
    const afterSign = place.afterSign ?? place.keyEnd;
    const gap = place.afterSign === undefined && empty ? ': ' : ' ';
    if (empty && !place.flow && isFilledValue(value)) {
      const lines = this.#block(value, place.column);
      return this.#insertAt(this.#lineEnd(afterSign), lines.map((line) => this.#eol + line).join(''));
    }
    if (empty) return this.#insertAt(afterSign, gap + flowText(value));
    if (isBlock(node) && !place.flow) {
      // A comment after the key stays on the line of the key.
      if (isFilledValue(value)) {
        const [first = '', ...rest] = this.#block(value, this.#column(from), true);
        return this.#edit(from, to, [first.trimStart(), ...rest].join(this.#eol));
      }
      const comment = /^[ \t]+#[^\r\n]*/.exec(this.#text.slice(afterSign, from))?.[0] ?? '';
      return this.#edit(afterSign, to, ` ${flowText(value)}${comment}`);
    }
    return this.#edit(from, to, this.#lineText(node, value));
  }

  #insert(map: YAMLMap<Node, Node | null>, key: string, value: PlainValue): TextEdit {
    const last = map.items.at(-1) as Entry;
    const entry = Object.fromEntries([[key, value]]);
    if (map.flow === true)
      return this.#insertAt(this.#endOf(last), `, ${this.#lineText(map, entry).slice(1, -1)}`);
    const indent = ' '.repeat(this.#column(startOf((map.items[0] as Entry).key)));
    return this.#insertLines(this.#endOf(last), indent, blockLines(entry, undefined, this.#layout));
  }

  #append(list: YAMLSeq, value: PlainValue): TextEdit {
    const end = this.#endOf(list.items.at(-1) as Node);
    if (list.flow === true) return this.#insertAt(end, `, ${this.#lineText(list, value)}`);
    const indent = ' '.repeat(this.#column(this.#dashOffset(list, 0)));
    return this.#insertLines(end, indent, blockLines([value], undefined, this.#layout));
  }

  #remove(collection: Collection, index: number): TextEdit {
    const items = collection.items as (Entry | Node)[];
    const begin = (at: number): number =>
      isSeq(collection) && collection.flow !== true
        ? this.#dashOffset(collection, at)
        : itemStart(items[at] as Entry | Node);
    const start = begin(index);
    const end = this.#endOf(items[index] as Entry | Node);
    const next = index + 1 < items.length ? begin(index + 1) : undefined;
    const before = items[index - 1];
    if (collection.flow === true) {
      if (next !== undefined) return this.#edit(start, next, '');
      return this.#edit(before ? this.#endOf(before) : start, end, '');
    }
    const line = this.#lineStart(start);
    // Other text stands before the item on its line, such as a dash: the next item moves up to that text.
    if (this.#text.slice(line, start).trim() !== '') return this.#edit(start, next ?? end, '');
    const after = this.#lineEnd(end);
    const eol = /^\r?\n/.exec(this.#text.slice(after))?.[0].length;
    if (eol !== undefined) return this.#edit(line, after + eol, '');
    const previous = /\r?\n$/.exec(this.#text.slice(0, line))?.[0].length ?? 0;
    return this.#edit(line - previous, after, '');
  }

  /**
   * The lines of a value below its key.
   * @param sameColumn whether the value begins in the column of its owner
   */
  #block(value: PlainValue, column: number, sameColumn = false): readonly string[] {
    const isIndented = isPlainObject(value) || this.#layout.indentDashes;
    const indent = ' '.repeat(column + (isIndented && !sameColumn ? this.#layout.indent : 0));
    return blockLines(value, undefined, this.#layout).map((line) => indent + line);
  }

  /** Inserts lines below the line of an offset. */
  #insertLines(offset: number, indent: string, lines: readonly string[]): TextEdit {
    return this.#insertAt(this.#lineEnd(offset), lines.map((line) => this.#eol + indent + line).join(''));
  }

  /** A value on one line; as JSON when the node, or its first key or item, has double quotation marks. */
  #lineText(like: Node | null, value: PlainValue): string {
    const first = isMap(like) ? like.items[0]?.key : isSeq(like) ? like.items[0] : like;
    return isScalar(first) && first.type === 'QUOTE_DOUBLE' ? jsonText(value) : flowText(value);
  }

  /** The place of the value of an entry. */
  #placeOf(pair: Entry, flow: boolean): Place {
    const sign = pair.srcToken?.sep?.find(({ type }) => type === 'map-value-ind');
    return {
      afterSign: sign && sign.offset + 1,
      keyEnd: pair.key.range?.[1] ?? 0,
      column: this.#column(startOf(pair.key)),
      flow,
    };
  }

  #dashOffset(list: YAMLSeq, index: number): number {
    const token = list.srcToken;
    const item = token && 'items' in token ? token.items[index] : undefined;
    return item?.start.find(({ type }) => type === 'seq-item-ind')?.offset ?? startOf(list);
  }

  /** The end of the visible text of a node, without comments and empty lines after the node. */
  #visibleEnd(node: Node): number {
    const last = isBlock(node) ? (node.items as (Entry | Node)[]).at(-1) : undefined;
    if (last) return this.#endOf(last);
    const [from, to] = node.range ?? [0, 0];
    return from + this.#text.slice(from, to).trimEnd().length;
  }

  #endOf(item: Entry | Node): number {
    if (isNode(item)) return this.#visibleEnd(item);
    const { afterSign, keyEnd } = this.#placeOf(item, false);
    return Math.max(afterSign ?? keyEnd, item.value ? this.#visibleEnd(item.value) : 0);
  }

  #lineStart(offset: number): number {
    return this.#text.lastIndexOf('\n', offset - 1) + 1;
  }

  #lineEnd(offset: number): number {
    const rest = /\r?\n|$/.exec(this.#text.slice(offset));
    return offset + (rest?.index ?? 0);
  }

  #column(offset: number): number {
    return offset - this.#lineStart(offset);
  }

  #edit(from: number, to: number, text: string): TextEdit {
    return { span: { start: from, end: to }, text };
  }

  #insertAt(offset: number, text: string): TextEdit {
    return this.#edit(offset, offset, text);
  }

  /**
   * The layout of the document's first nested blocks; without any, two
   * columns for a level and indented dashes.
   */
  #layoutOf(root: YAMLMap<Node, Node | null>): Layout {
    let indent: number | undefined;
    let indentDashes: boolean | undefined;
    const visit = (map: YAMLMap<Node, Node | null>): void => {
      for (const { key, value } of map.items as Entry[]) {
        if (!isBlock(value)) continue;
        const columns = this.#column(startOf(value)) - this.#column(startOf(key));
        if (isSeq(value)) indentDashes ??= columns > 0;
        else {
          indent ??= columns;
          visit(value);
        }
      }
    };
    visit(root);
    return { indent: indent ?? 2, indentDashes: indentDashes ?? true };
  }
}

const ownValue = (value: PlainObject, key: string): PlainValue | undefined =>
  Object.hasOwn(value, key) ? value[key] : undefined;

const keyOf = ({ key }: Entry): string => (isScalar(key) ? String(key.value) : '');

const itemStart = (item: Entry | Node): number => startOf(isNode(item) ? item : item.key);

const isFilledValue = (value: PlainValue): boolean =>
  Array.isArray(value) ? value.length > 0 : isPlainObject(value) && Object.keys(value).length > 0;

const isBlock = (node: Node | null | undefined): node is Collection =>
  (isMap(node) || isSeq(node)) && node.flow !== true && node.items.length > 0;
