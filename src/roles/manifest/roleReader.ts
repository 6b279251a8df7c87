import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { type Untrusted, untrusted } from '../../access/untrusted/untrusted.ts';
import { readDuration } from '../role/duration.ts';
import {
  type Field,
  isStruct,
  isListOf,
  fieldBelow,
  nearestName,
  fieldAt,
  isChoice,
  type ChoiceField,
} from '../role/roleSchema.ts';
import type { Path, PlainValue, PlainObject } from '../role/value.ts';
import {
  expectedBy,
  mostProblems,
  type Problem,
  type Span,
  type ReadingCode,
  type Severity,
  type Fix,
  type Expected,
} from './problem.ts';
import { isMultilineKey, isUnclosed, shallowLine, textKeysOf } from './layout.ts';
import { flowText } from './writeYaml.ts';
import { isExact, readAsYaml11 } from './yamlScalar.ts';

/** Deeper than any real role. The limit keeps recursive functions from running out of stack. */
const mostLevels = 40;

/** How often a similar name is searched for one role. */
const mostSearches = 50;

/** Whether YAML 1.1 reads a scalar without quotation marks as another value than YAML 1.2 does. */
const readsDifferently = ({ type, source, value }: Scalar): boolean =>
  type === 'PLAIN' &&
  source !== undefined &&
  // Some readers take a number with an exponent for a text.
  ((typeof value === 'number' && !/^-?[0-9.]+$/.test(source)) || !Object.is(readAsYaml11(source), value));

/** Reads the nodes of a document by the schema of a role and collects problems and spans. */
export class RoleReader {
  readonly problems: Problem[] = [];
  readonly spans = new Map<string, Span>();
  readonly #text: string;
  #searches = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /**
   * Adds a problem.
   * @returns false, so that a check can report and fail in one expression
   */
  report(
    code: ReadingCode,
    span: Span,
    names: readonly Untrusted[],
    path: Path,
    options: { severity?: Severity; fixes?: readonly Fix[]; expected?: Expected } = {},
  ): false {
    if (!this.#isFull)
      this.problems.push({ severity: 'error', fixes: [], ...options, code, span, names, path });
    return false;
  }

  /** Whether there is one problem more than a file may have, so that nothing after it is read. */
  get #isFull(): boolean {
    return this.problems.length > mostProblems;
  }

  /**
   * The span of a node.
   * @param before the span for a node without visible text: its key or its parent
   */
  #span(node: Node | null, before: Span): Span {
    const [start, end] = node?.range ?? [before.start, before.start];
    const length = this.#text.slice(start, end).trimEnd().length;
    return length ? { start, end: start + length } : before;
  }

  #node(node: Node | null, field: Field | undefined, path: Path, before: Span): PlainValue {
    const span = this.#span(node, before);
    this.spans.set(JSON.stringify(path), span);
    if (path.length > mostLevels) this.report('tooDeep', span, [], path);
    this.#reportProperties(node, span, path);
    if (path.length > mostLevels) return null;
    if (node === null) return this.#empty(field, span, path);
    if (!isScalar(node) && !isCollection(node)) return null;
    if (isScalar(node)) return this.#scalar(node, field, path, span);
    if (isMap(node)) {
      if (field !== undefined && !isStruct(field) && field !== 'labels' && field !== 'textMap')
        this.#wrongType(span, path);
      return this.map(node, field, path);
    }
    if (field !== undefined && !isListOf(field) && field !== 'texts' && field !== 'oneOrMore')
      this.#wrongType(span, path);
    return node.items.map((item, index): PlainValue => {
      if (this.#isFull) return null;
      const itemNode = isPair(item) ? null : (item as Node | null);
      if (node.flow !== true) this.#reportIndentation(itemNode, span.start, [...path, index]);
      return this.#node(itemNode, fieldBelow(field, index), [...path, index], span);
    });
  }

  /** Reports an anchor or a tag of the whole document. */
  root(node: YAMLMap, span: Span): void {
    this.#reportProperties(node, span, []);
  }

  /** Reports an alias, an anchor, a tag or an open quotation, which not all YAML readers understand alike. */
  #reportProperties(node: Node | null, span: Span, path: Path): void {
    if (isAlias(node)) this.report('alias', span, [untrusted(node.source)], path);
    if (!isScalar(node) && !isCollection(node)) return;
    if (isUnclosed(this.#text, node)) this.report('notYaml', span, [untrusted('quotation marks')], path);
    if (node.anchor !== undefined) this.report('anchor', span, [untrusted(node.anchor)], path);
    if (node.tag !== undefined) this.report('tag', span, [untrusted(node.tag)], path);
  }

  /**
   * Reads an empty value, which counts as an absent field. As an item of a list
   * or as a label it has the wrong type.
   */
  #empty(field: Field | undefined, span: Span, path: Path): null {
    const needsText = typeof path.at(-1) === 'number' || field === 'oneOrMore';
    if (needsText && field !== undefined) this.#wrongType(span, path);
    return null;
  }

  /**
   * Reads a map and the values below it, and reports their problems.
   * @param field the type of the map; undefined for a map that the schema does not know
   */
  map(node: YAMLMap, field: Field | undefined, path: Path): PlainObject {
    const span = this.#span(node, { start: 0, end: 1 });
    this.spans.set(JSON.stringify(path), span);
    const entries = new Map<string, PlainValue>();
    // A map of the parser finds a key by going through all of them.
    let names: ReadonlySet<string> | undefined;
    const has = (name: string): boolean => (names ??= textKeysOf(node)).has(name);
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      if (this.#isFull) break;
      const key = this.#key(pair.key, path, span);
      if (key === undefined) continue;
      const keySpan = this.#span(pair.key, span);
      const keyPath = [...path, key];
      if (entries.has(key))
        this.report('duplicateKey', keySpan, [untrusted(key)], keyPath, {
          fixes: this.#removal(node, pair, key),
        });
      if (isMultilineKey(this.#text, pair)) this.report('keyNotText', keySpan, [], keyPath);
      if (node.flow !== true) this.#reportIndentation(pair.value, pair.key.range?.[0] ?? 0, keyPath);
      const inner = fieldBelow(field, key);
      if (isStruct(field) && inner === undefined)
        this.#reportUnknown(key, field.fields, has, keySpan, keyPath);
      entries.set(key, this.#node(pair.value, inner, keyPath, keySpan));
    }
    // Object.fromEntries treats a key like __proto__ as an ordinary key.
    return Object.fromEntries(entries);
  }

  #reportIndentation(node: Node | null, parent: number, path: Path): void {
    const at = shallowLine(this.#text, node, parent);
    if (at !== undefined)
      this.report('notYaml', { start: at, end: at + 1 }, [untrusted('indentation')], path);
  }

  /** The fix that removes the lines of an entry; none when the entry shares its lines with others. */
  #removal(map: YAMLMap, { key, value }: Pair<Node, Node | null>, name: string): Fix[] {
    const [keyStart = 0, keyEnd = 0] = key.range ?? [];
    const start = this.#text.lastIndexOf('\n', keyStart - 1) + 1;
    if (map.flow || this.#text.slice(start, keyStart).trim() !== '') return [];
    const last = this.#text.slice(0, Math.max(keyEnd, value?.range?.[1] ?? 0)).trimEnd().length;
    const newline = this.#text.indexOf('\n', last);
    const end = newline < 0 ? this.#text.length : newline + 1;
    return [{ code: 'removeLater', names: [untrusted(name)], edits: [{ span: { start, end }, text: '' }] }];
  }

  /**
   * Reads a key as text and reports its problems.
   * @returns undefined for a key without a text and for a merge key
   */
  #key(key: Node | null, path: Path, map: Span): string | undefined {
    const span = this.#span(key, map);
    if (!isAlias(key) && !isScalar(key)) this.report('keyNotText', span, [], path);
    else this.#reportProperties(key, span, path);
    if (!isScalar(key)) return undefined;
    const source = key.source ?? '';
    if (key.type === 'PLAIN' && source === '<<') {
      this.report('merge', span, [], path);
      return undefined;
    }
    const name = typeof key.value === 'string' ? key.value : undefined;
    if (name !== undefined && !readsDifferently(key)) return name;
    const fixes = source ? [this.#rewriteFix(span, 'quote', source)] : [];
    if (name === undefined) this.report('keyNotText', span, [untrusted(source)], path, { fixes });
    else this.#reportDifferent(source, span, [...path, source], fixes);
    return name ?? (source || undefined);
  }

  /** Reports a key that the struct does not have, with the known key that the author most likely meant. */
  #reportUnknown(
    key: string,
    known: Readonly<Record<string, Field>>,
    has: (name: string) => boolean,
    span: Span,
    path: Path,
  ): void {
    const names = Object.keys(known);
    const sameLetters = names.find((name) => name.toLowerCase() === key.toLowerCase());
    this.#searches += 1;
    const suggestion = sameLetters ?? (this.#searches > mostSearches ? undefined : nearestName(key, names));
    const fixes: Fix[] =
      suggestion === undefined || has(suggestion)
        ? []
        : [{ code: 'rename', names: [untrusted(suggestion)], edits: [{ span, text: suggestion }] }];
    const reported = suggestion === undefined ? [untrusted(key)] : [untrusted(key), untrusted(suggestion)];
    this.report(sameLetters === undefined ? 'unknownField' : 'wrongCase', span, reported, path, { fixes });
  }

  #rewriteFix(span: Span, code: 'quote' | 'write', value: string): Fix {
    const text = code === 'quote' ? flowText(value.toWellFormed(), 'json') : value;
    return { code, names: [untrusted(text)], edits: [{ span, text }] };
  }

  #wrongType(span: Span, path: Path, ...fixes: readonly Fix[]): false {
    const name = path.findLast((key) => typeof key === 'string') ?? '';
    const expected = expectedBy(fieldAt(path));
    return this.report('wrongType', span, [untrusted(name)], path, { fixes, ...(expected && { expected }) });
  }

  #scalar(node: Scalar, field: Field | undefined, path: Path, span: Span): PlainValue {
    const value = node.value as null | boolean | number | string;
    const source = node.source ?? '';
    if (value === null) return this.#empty(field, span, path);
    if (!isExact(value)) {
      this.#wrongType(span, path);
      return null;
    }
    const fits = field === undefined || this.#fits(value, field, path, span, source);
    if (!fits || field === 'time' || !readsDifferently(node)) return value;
    const fix = this.#rewriteFix(span, typeof value === 'string' ? 'quote' : 'write', String(value));
    this.#reportDifferent(source, span, path, [fix]);
    return value;
  }

  #reportDifferent(source: string, span: Span, path: Path, fixes: readonly Fix[]): void {
    this.report('readDifferently', span, [untrusted(source)], path, { severity: 'warning', fixes });
  }

  /** Whether a field may hold the value; reports a problem when not. */
  #fits(value: PlainValue, field: Field, path: Path, span: Span, source: string): boolean {
    if (isChoice(field)) return this.#fitsChoice(value, field, path, span, source);
    if (field === 'text' || field === 'time' || field === 'oneOrMore')
      return (
        typeof value === 'string' || this.#wrongType(span, path, this.#rewriteFix(span, 'quote', source))
      );
    if (field === 'count')
      return (Number.isInteger(value) && Number(value) >= 0) || this.#wrongType(span, path);
    if (field === 'duration')
      return (
        (typeof value === 'string' && readDuration(value) !== undefined) ||
        this.report('notADuration', span, [untrusted(source)], path)
      );
    if (field !== 'flag') return this.#wrongType(span, path);
    if (typeof value === 'boolean') return true;
    const flag = typeof value === 'string' ? readAsYaml11(value) : undefined;
    return typeof flag === 'boolean'
      ? this.#wrongType(span, path, this.#rewriteFix(span, 'write', String(flag)))
      : this.#wrongType(span, path);
  }

  #fitsChoice(value: PlainValue, field: ChoiceField, path: Path, span: Span, source: string): boolean {
    if (typeof value === 'boolean' && field.also === 'flag') return true;
    if (typeof value === 'number' && field.also === 'number') return true;
    if (typeof value !== 'string')
      return this.#wrongType(span, path, this.#rewriteFix(span, 'quote', source));
    // Kind and version have checks of their own.
    if (path.length === 1 || value === '' || field.choices.includes(value)) return true;
    const suggestion = nearestName(value, field.choices);
    const fixes = suggestion === undefined ? [] : [this.#rewriteFix(span, 'write', suggestion)];
    const names = [untrusted(value), untrusted(field.choices.filter(Boolean).join(', '))];
    this.report('unknownValue', span, names, path, { severity: 'warning', fixes });
    return true;
  }
}
