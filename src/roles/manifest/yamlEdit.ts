import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import {
  isFilled,
  isPlainList,
  isPlainObject,
  valueAt,
  type PlainValue,
  type PlainObject,
} from '../role/value.ts';
import type { TextEdit } from './problem.ts';
import { flowText } from './writeYaml.ts';

/*
 * Finds one small edit that brings the text of a document closer to a target value. The `yaml` package could
 * write the whole document again, but it would also change the layout of unchanged lines.
 */

type Entry = Pair<Node, Node | null>;
type BlockMap = YAMLMap<Node, Node | null>;
type Collection = BlockMap | YAMLSeq;

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
export function nextEdit(
  text: string,
  root: YAMLMap,
  value: PlainObject,
  target: PlainObject,
): TextEdit | undefined {
  const map = root as BlockMap;
  return new EditFinder(text, map).editMap(map, value, target);
}

const startOf = (node: Node | null | undefined): number => node?.range?.[0] ?? 0;

/** Compares the nodes of a document with a target value and makes the edit for the first difference. */
class EditFinder {
  readonly #text: string;
  readonly #eol: string;
  /** Columns for each level. */
  #indent: number | undefined;
  /** Whether the dashes of a list are indented further than the key of the list. */
  #indentDashes: boolean | undefined;

  constructor(text: string, root: BlockMap) {
    this.#text = text;
    this.#eol = text.includes('\r\n') ? '\r\n' : '\n';
    this.#readLayout(root);
  }

  /** The edit for the first entry in which the map differs from the target; undefined when none differs. */
  editMap(node: BlockMap, value: PlainObject, target: PlainObject): TextEdit | undefined {
    for (const [index, pair] of (node.items as Entry[]).entries()) {
      const key = keyOf(pair);
      const [before, after] = [valueAt(value, [key]), valueAt(target, [key])];
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
    let itemEdit: TextEdit | undefined;
    if (isFilled(before) && isFilled(after)) {
      if (isMap(node) && isPlainObject(before) && isPlainObject(after))
        itemEdit = this.editMap(node as BlockMap, before, after);
      if (isSeq(node) && isPlainList(before) && isPlainList(after))
        itemEdit = this.#editList(node, before, after);
    }
    return itemEdit ?? this.#replace(node, after, place);
  }

  #replace(node: Node | null, value: PlainValue, place: Place): TextEdit {
    const [from, to] = node?.range ? [node.range[0], this.#visibleEnd(node)] : [0, 0];
    const empty = to <= from;
    const afterSign = place.afterSign ?? place.keyEnd;
    const gap = place.afterSign === undefined && empty ? ': ' : ' ';
    if (empty && !place.flow && isFilled(value))
      return this.#insertLines(afterSign, this.#block(value, place.column));
    if (empty) return insertAt(afterSign, gap + flowText(value));
    if (isBlock(node) && !place.flow) {
      // A comment after the key stays on the line of the key.
      if (isFilled(value)) {
        const [first = '', ...rest] = this.#block(value, this.#column(from), true);
        return edit(from, to, [first.trimStart(), ...rest].join(this.#eol));
      }
      const comment = /^[ \t]+#[^\r\n]*/.exec(this.#text.slice(afterSign, from))?.[0] ?? '';
      return edit(afterSign, to, ` ${flowText(value)}${comment}`);
    }
    return edit(from, to, this.#lineText(node, value));
  }

  #insert(map: BlockMap, key: string, value: PlainValue): TextEdit {
    const last = map.items.at(-1) as Entry;
    const entry = Object.fromEntries([[key, value]]);
    if (map.flow === true) return insertAt(this.#endOf(last), `, ${this.#lineText(map, entry).slice(1, -1)}`);
    const column = this.#column(startOf((map.items[0] as Entry).key));
    return this.#insertLines(this.#endOf(last), this.#block(entry, column, true));
  }

  #append(list: YAMLSeq, value: PlainValue): TextEdit {
    const end = this.#endOf(list.items.at(-1) as Node);
    if (list.flow === true) return insertAt(end, `, ${this.#lineText(list, value)}`);
    return this.#insertLines(end, this.#block([value], this.#column(this.#dashOffset(list, 0)), true));
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
      if (next !== undefined) return edit(start, next, '');
      return edit(before ? this.#endOf(before) : start, end, '');
    }
    const line = this.#lineStart(start);
    // Other text stands before the item on its line, such as a dash: the next item moves up to that text.
    if (this.#text.slice(line, start).trim() !== '') return edit(start, next ?? end, '');
    const after = this.#lineEnd(end);
    const eol = /^\r?\n/.exec(this.#text.slice(after))?.[0].length;
    if (eol !== undefined) return edit(line, after + eol, '');
    const previous = /\r?\n$/.exec(this.#text.slice(0, line))?.[0].length ?? 0;
    return edit(line - previous, after, '');
  }

  /**
   * The lines of a value below its key.
   * @param sameColumn whether the value begins in the column of its owner
   */
  #block(value: PlainValue, column: number, sameColumn = false): readonly string[] {
    const isIndented = !sameColumn && (isPlainObject(value) || (this.#indentDashes ?? true));
    const indent = ' '.repeat(column + (isIndented ? (this.#indent ?? 2) : 0));
    return this.#lines(value).map((line) => indent + line);
  }

  /**
   * The lines of a value in block style from column 0. The writer of the `yaml` package cannot lay out lists
   * as every document does.
   */
  #lines(value: PlainValue): readonly string[] {
    if (!isFilled(value)) return [flowText(value)];
    if (isPlainList(value))
      return value.flatMap((item) =>
        this.#lines(item).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`)),
      );
    return Object.entries(value).flatMap(([key, item]) =>
      isFilled(item)
        ? [`${flowText(key)}:`, ...this.#block(item, 0)]
        : [`${flowText(key)}: ${flowText(item)}`],
    );
  }

  /** Inserts lines below the line of an offset. */
  #insertLines(offset: number, lines: readonly string[]): TextEdit {
    return insertAt(this.#lineEnd(offset), lines.map((line) => this.#eol + line).join(''));
  }

  /** A value on one line; as JSON when the node, or its first key or item, has double quotation marks. */
  #lineText(like: Node | null, value: PlainValue): string {
    const first = isMap(like) ? like.items[0]?.key : isSeq(like) ? like.items[0] : like;
    return flowText(value, isScalar(first) && first.type === 'QUOTE_DOUBLE' ? 'json' : 'flow');
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
    return offset + this.#text.slice(offset).search(/\r?\n|$/);
  }

  #column(offset: number): number {
    return offset - this.#lineStart(offset);
  }

  /**
   * Reads the layout of the document's first nested blocks; without any, two
   * columns for a level and indented dashes are written.
   */
  #readLayout(map: BlockMap): void {
    for (const { key, value } of map.items as Entry[]) {
      if (!isBlock(value)) continue;
      const columns = this.#column(startOf(value)) - this.#column(startOf(key));
      if (isSeq(value)) this.#indentDashes ??= columns > 0;
      else {
        this.#indent ??= columns;
        this.#readLayout(value);
      }
    }
  }
}

const edit = (start: number, end: number, text: string): TextEdit => ({ span: { start, end }, text });

const insertAt = (offset: number, text: string): TextEdit => edit(offset, offset, text);

const keyOf = ({ key }: Entry): string => (isScalar(key) ? String(key.value) : '');

const itemStart = (item: Entry | Node): number => startOf(isNode(item) ? item : item.key);

const isBlock = (node: Node | null | undefined): node is Collection =>
  (isMap(node) || isSeq(node)) && node.flow !== true && node.items.length > 0;
