import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { isPlainObject, type Plain, type PlainObject } from '../role/value.ts';
import type { TextEdit } from './problem.ts';
import { blockLines, inFlow, inJson, type Layout } from './writeYaml.ts';

/*
 * One small step from what a text says to what it should say. The library could write the whole document anew, but
 * it would lay out lines that nobody touched; so only the lines of the step are written.
 */

type Entry = Pair<Node, Node | null>;
type Collection = YAMLMap<Node, Node | null> | YAMLSeq;

/** Where a value stands: behind which sign, in which column its owner begins, and whether inside brackets. */
interface Place {
  /** The offset behind the colon or the dash; undefined for a key without one. */
  readonly sign: number | undefined;
  readonly keyEnd: number;
  readonly column: number;
  readonly flow: boolean;
}

/** The next edit on the way, undefined when the text says what it should. */
export const nextStep = (
  text: string,
  root: YAMLMap,
  value: PlainObject,
  target: PlainObject,
): TextEdit | undefined => new Splice(text, root).map(root as YAMLMap<Node, Node | null>, value, target);

const start = (node: Node | null | undefined): number => node?.range?.[0] ?? 0;

class Splice {
  readonly #text: string;
  readonly #eol: string;
  readonly #layout: Layout;

  constructor(text: string, root: YAMLMap) {
    this.#text = text;
    this.#eol = text.includes('\r\n') ? '\r\n' : '\n';
    this.#layout = this.#layoutOf(root as YAMLMap<Node, Node | null>);
  }

  map(node: YAMLMap<Node, Node | null>, value: PlainObject, target: PlainObject): TextEdit | undefined {
    for (const [at, pair] of (node.items as Entry[]).entries()) {
      const key = keyOf(pair);
      const [before, after] = [own(value, key), own(target, key)];
      if (after === undefined) return this.#remove(node, at);
      if (isDeepStrictEqual(before, after)) continue;
      return this.#change(pair.value, before ?? null, after, this.#behind(pair, node.flow === true));
    }
    const missing = Object.keys(target).find((key) => !Object.hasOwn(value, key));
    return missing === undefined ? undefined : this.#insert(node, missing, target[missing] ?? null);
  }

  #list(node: YAMLSeq, value: readonly Plain[], target: readonly Plain[]): TextEdit | undefined {
    const other = value.findIndex((item, at) => !isDeepStrictEqual(item, target[at]));
    if (other === -1) return this.#append(node, target[value.length] ?? null);
    if (value.length > target.length) return this.#remove(node, other);
    if (value.length < target.length) return undefined;
    const item = node.items[other];
    return this.#change(isNode(item) ? item : null, value[other] ?? null, target[other] ?? null, {
      sign: node.flow === true ? undefined : this.#dash(node, other) + 1,
      keyEnd: start(node),
      column: this.#column(start(node)),
      flow: node.flow === true,
    });
  }

  /** From one value to another, from within where both are of a kind. */
  #change(node: Node | null, before: Plain, after: Plain, place: Place): TextEdit {
    const both = isFilledValue(before) && isFilledValue(after);
    const within =
      both && isMap(node) && isPlainObject(before) && isPlainObject(after)
        ? this.map(node as YAMLMap<Node, Node | null>, before, after)
        : both && isSeq(node) && Array.isArray(before) && Array.isArray(after)
          ? this.#list(node, before as readonly Plain[], after as readonly Plain[])
          : undefined;
    return within ?? this.#replace(node, after, place);
  }

  #replace(node: Node | null, value: Plain, place: Place): TextEdit {
    const [from, to] = node?.range ? [node.range[0], this.#end(node)] : [0, 0];
    const empty = to <= from;
    const sign = place.sign ?? place.keyEnd;
    const gap = place.sign === undefined && empty ? ': ' : ' ';
    if (empty && !place.flow && isFilledValue(value)) {
      const lines = this.#block(value, place.column);
      return this.#at(this.#lineEnd(sign), '', lines.map((line) => this.#eol + line).join(''));
    }
    if (empty) return this.#at(sign, '', gap + inFlow(value));
    if (isBlock(node) && !place.flow) {
      // The comment behind the key stays where it is.
      if (isFilledValue(value)) {
        const [first = '', ...rest] = this.#block(value, this.#column(from), true);
        return this.#edit(from, to, [first.trimStart(), ...rest].join(this.#eol));
      }
      const comment = /^[ \t]+#[^\r\n]*/.exec(this.#text.slice(sign, from))?.[0] ?? '';
      return this.#edit(sign, to, ` ${inFlow(value)}${comment}`);
    }
    return this.#edit(from, to, this.#styled(node, value));
  }

  #insert(map: YAMLMap<Node, Node | null>, key: string, value: Plain): TextEdit {
    const last = map.items.at(-1) as Entry;
    const entry = Object.fromEntries([[key, value]]);
    if (map.flow === true) return this.#at(this.#endOf(last), ', ', this.#styled(map, entry).slice(1, -1));
    const indent = ' '.repeat(this.#column(start((map.items[0] as Entry).key)));
    return this.#below(this.#endOf(last), indent, blockLines(entry, undefined, this.#layout));
  }

  #append(list: YAMLSeq, value: Plain): TextEdit {
    const end = this.#endOf(list.items.at(-1) as Node);
    if (list.flow === true) return this.#at(end, ', ', this.#styled(list, value));
    const indent = ' '.repeat(this.#column(this.#dash(list, 0)));
    return this.#below(end, indent, blockLines([value], undefined, this.#layout));
  }

  #remove(from: Collection, at: number): TextEdit {
    const items = from.items as (Entry | Node)[];
    const begin = (index: number): number =>
      isSeq(from) && from.flow !== true ? this.#dash(from, index) : startOf(items[index] as Entry | Node);
    const here = begin(at);
    const end = this.#endOf(items[at] as Entry | Node);
    const next = at + 1 < items.length ? begin(at + 1) : undefined;
    const before = items[at - 1];
    if (from.flow === true) {
      if (next !== undefined) return this.#edit(here, next, '');
      return this.#edit(before ? this.#endOf(before) : here, end, '');
    }
    const line = this.#lineStart(here);
    // Behind a dash: what follows moves up to it.
    if (this.#text.slice(line, here).trim() !== '') return this.#edit(here, next ?? end, '');
    const after = this.#lineEnd(end);
    const eol = /^\r?\n/.exec(this.#text.slice(after))?.[0].length;
    if (eol !== undefined) return this.#edit(line, after + eol, '');
    const previous = /\r?\n$/.exec(this.#text.slice(0, line))?.[0].length ?? 0;
    return this.#edit(line - previous, after, '');
  }

  #block(value: Plain, column: number, same = false): readonly string[] {
    const further = isPlainObject(value) || this.#layout.dashesIn;
    const indent = ' '.repeat(column + (further && !same ? this.#layout.step : 0));
    return blockLines(value, undefined, this.#layout).map((line) => indent + line);
  }

  #below(end: number, indent: string, lines: readonly string[]): TextEdit {
    return this.#at(this.#lineEnd(end), '', lines.map((line) => this.#eol + indent + line).join(''));
  }

  /** In one line, with quotation marks where the neighbours have them. */
  #styled(like: Node | null, value: Plain): string {
    const first = isMap(like) ? like.items[0]?.key : isSeq(like) ? like.items[0] : like;
    return isScalar(first) && first.type === 'QUOTE_DOUBLE' ? inJson(value) : inFlow(value);
  }

  #behind(pair: Entry, flow: boolean): Place {
    const sign = pair.srcToken?.sep?.find(({ type }) => type === 'map-value-ind');
    return {
      sign: sign && sign.offset + 1,
      keyEnd: pair.key.range?.[1] ?? 0,
      column: this.#column(start(pair.key)),
      flow,
    };
  }

  /** The offset of the dash of an item. */
  #dash(list: YAMLSeq, at: number): number {
    const token = list.srcToken;
    const item = token && 'items' in token ? token.items[at] : undefined;
    return item?.start.find(({ type }) => type === 'seq-item-ind')?.offset ?? start(list);
  }

  /** The end of what is seen of a node, without the comments and empty lines behind it. */
  #end(node: Node): number {
    const last = isBlock(node) ? (node.items as (Entry | Node)[]).at(-1) : undefined;
    if (last) return this.#endOf(last);
    const [from, to] = node.range ?? [0, 0];
    return from + this.#text.slice(from, to).trimEnd().length;
  }

  #endOf(item: Entry | Node): number {
    if (isNode(item)) return this.#end(item);
    const { sign, keyEnd } = this.#behind(item, false);
    return Math.max(sign ?? keyEnd, item.value ? this.#end(item.value) : 0);
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

  #at(offset: number, before: string, text: string): TextEdit {
    return this.#edit(offset, offset, before + text);
  }

  /** As the document is laid out where it shows, else as most people lay it out. */
  #layoutOf(root: YAMLMap<Node, Node | null>): Layout {
    let step: number | undefined;
    let dashesIn: boolean | undefined;
    const look = (map: YAMLMap<Node, Node | null>): void => {
      for (const { key, value } of map.items as Entry[]) {
        if (!isBlock(value)) continue;
        const further = this.#column(start(value)) - this.#column(start(key));
        if (isSeq(value)) dashesIn ??= further > 0;
        else {
          step ??= further;
          look(value);
        }
      }
    };
    look(root);
    return { step: step ?? 2, dashesIn: dashesIn ?? true };
  }
}

const own = (value: PlainObject, key: string): Plain | undefined =>
  Object.hasOwn(value, key) ? value[key] : undefined;

const keyOf = ({ key }: Entry): string => (isScalar(key) ? String(key.value) : '');

const startOf = (item: Entry | Node): number => start(isNode(item) ? item : item.key);

const isFilledValue = (value: Plain): boolean =>
  Array.isArray(value) ? value.length > 0 : isPlainObject(value) && Object.keys(value).length > 0;

const isBlock = (node: Node | null | undefined): node is Collection =>
  (isMap(node) || isSeq(node)) && node.flow !== true && node.items.length > 0;
