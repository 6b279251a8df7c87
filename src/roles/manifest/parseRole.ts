import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import { fillsLabels } from '../role/roleDefaults.ts';
import { readDuration } from '../role/duration.ts';
import {
  fieldsBelow,
  fieldAt,
  isChoice,
  isListOf,
  isStruct,
  nearestName,
  role,
  type ChoiceField,
  type Field,
} from '../role/roleSchema.ts';
import { valueAt, type Path, type Plain, type PlainObject } from '../role/value.ts';
import type { Expected, Fix, Problem, ReadingCode, Severity, Span } from './problem.ts';
import { legacy, quotedScalar } from './yamlScalar.ts';

/** What was read of one document. */
export interface ReadRole {
  /** Undefined where there is none, or none that names a role; then the document is no role. */
  readonly name: Untrusted | undefined;
  readonly version: string | undefined;
  readonly value: PlainObject;
  /** Where the value of each path stands, by the path as JSON. */
  readonly spans: ReadonlyMap<string, Span>;
  readonly found: readonly Problem[];
}

/** No role is as deep; it keeps what walks over it from running out of stack. */
const deepest = 40;

const versions = ['v3', 'v4', 'v5', 'v6', 'v7', 'v8'];

/** Reads the map of a document of kind role. */
export function parseRole(map: YAMLMap, text: string): ReadRole {
  const reader = new Reader(text);
  const value = reader.map(map, role, []);
  const version = valueAt(value, ['version']);
  const known = typeof version === 'string' && versions.includes(version) ? version : undefined;
  const top = reader.spans.get('[]') ?? { start: 0, end: 1 };
  const kind = reader.spans.get('["kind"]') ?? top;
  if (known === undefined) {
    const named = typeof version === 'string' ? [untrusted(version)] : [];
    reader.problem('unknownVersion', reader.spans.get('["version"]') ?? kind, named, ['version']);
  }
  if (fillsLabels(value))
    reader.problem('oldVersion', reader.spans.get('["version"]') ?? kind, [], ['version'], {
      severity: 'warning',
    });
  const name = valueAt(value, ['metadata', 'name']);
  const named = typeof name === 'string' && name !== '' ? untrusted(name) : undefined;
  if (!named)
    reader.problem('noName', reader.spans.get('["metadata","name"]') ?? kind, [], ['metadata', 'name']);
  return {
    name: named,
    version: known,
    value,
    spans: reader.spans,
    found: reader.found.map((one) => (named ? { ...one, role: named } : one)),
  };
}

/** The value of a scalar as something that only a reader of YAML 1.1 would make of it. */
const differs = (scalar: Scalar): boolean =>
  scalar.type === 'PLAIN' && scalar.source !== undefined && !Object.is(legacy(scalar.source), scalar.value);

class Reader {
  readonly found: Problem[] = [];
  readonly spans = new Map<string, Span>();
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  problem(
    code: ReadingCode,
    span: Span,
    names: readonly Untrusted[],
    path: Path,
    more: { severity?: Severity; fixes?: readonly Fix[]; expected?: Expected } = {},
  ): false {
    this.found.push({ severity: 'error', fixes: [], ...more, code, span, names, path });
    return false;
  }

  /** The place of a node; of an empty one, what stands before it. */
  #span(node: Node | null, before: Span): Span {
    const [start, end] = node?.range ?? [before.start, before.start];
    const length = this.#text.slice(start, end).trimEnd().length;
    return length ? { start, end: start + length } : before;
  }

  #node(node: Node | null, field: Field | undefined, path: Path, before: Span): Plain {
    const span = this.#span(node, before);
    this.spans.set(JSON.stringify(path), span);
    if (path.length > deepest) this.problem('tooDeep', span, [], path);
    if (isAlias(node)) this.problem('alias', span, [untrusted(node.source)], path);
    if (path.length > deepest || isAlias(node)) return null;
    if (node === null) return this.#empty(field, span, path);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null;
    if (node.anchor !== undefined) this.problem('anchor', span, [untrusted(node.anchor)], path);
    if (node.tag !== undefined) this.problem('tag', span, [untrusted(node.tag)], path);
    if (isScalar(node)) return this.#scalar(node, field, path, span);
    if (isMap(node)) {
      if (field !== undefined && !isStruct(field) && field !== 'labels' && field !== 'textMap')
        this.#wrong(span, path);
      return this.map(node, field, path);
    }
    if (field !== undefined && !isListOf(field) && field !== 'texts' && field !== 'oneOrMore')
      this.#wrong(span, path);
    return node.items.map((item, at): Plain => {
      const inside = isPair(item) ? null : (item as Node | null);
      return this.#node(inside, fieldsBelow(field, at), [...path, at], span);
    });
  }

  /** Nothing counts as absent, but in a list, and for a label, it is no text. */
  #empty(field: Field | undefined, span: Span, path: Path): null {
    const item = typeof path.at(-1) === 'number' || field === 'oneOrMore';
    if (item && field !== undefined) this.#wrong(span, path);
    return null;
  }

  map(node: YAMLMap, field: Field | undefined, path: Path): PlainObject {
    const span = this.#span(node, { start: 0, end: 1 });
    this.spans.set(JSON.stringify(path), span);
    const entries = new Map<string, Plain>();
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const key = this.#key(pair.key, path, span);
      if (key === undefined) continue;
      const place = this.#span(pair.key, span);
      const at = [...path, key];
      if (entries.has(key))
        this.problem('duplicateKey', place, [untrusted(key)], at, { fixes: this.#removal(node, pair, key) });
      const inner = fieldsBelow(field, key);
      if (isStruct(field) && inner === undefined) this.#unknown(key, field.fields, node, place, at);
      entries.set(key, this.#node(pair.value, inner, at, place));
    }
    // Object.fromEntries makes a key like __proto__ a key like any other.
    return Object.fromEntries(entries);
  }

  /** Removes the lines of an entry, where it has lines of its own. */
  #removal(map: YAMLMap, { key, value }: Pair<Node, Node | null>, name: string): Fix[] {
    const [at = 0, after = 0] = key.range ?? [];
    const start = this.#text.lastIndexOf('\n', at - 1) + 1;
    if (map.flow || this.#text.slice(start, at).trim() !== '') return [];
    const last = this.#text.slice(0, Math.max(after, value?.range?.[1] ?? 0)).trimEnd().length;
    const newline = this.#text.indexOf('\n', last);
    const end = newline < 0 ? this.#text.length : newline + 1;
    return [{ code: 'removeLater', names: [untrusted(name)], edits: [{ span: { start, end }, text: '' }] }];
  }

  /** The text of a key; undefined for one that has none, which is a problem. */
  #key(key: Node | null, path: Path, map: Span): string | undefined {
    const span = this.#span(key, map);
    if (isAlias(key)) this.problem('alias', span, [untrusted(key.source)], path);
    else if (!isScalar(key)) this.problem('keyNotText', span, [], path);
    if (!isScalar(key)) return undefined;
    if (key.anchor !== undefined) this.problem('anchor', span, [untrusted(key.anchor)], path);
    if (key.tag !== undefined) this.problem('tag', span, [untrusted(key.tag)], path);
    const source = key.source ?? '';
    if (key.type === 'PLAIN' && source === '<<') {
      this.problem('merge', span, [], path);
      return undefined;
    }
    const fixes = source ? [this.#write(span, 'quote', source)] : [];
    if (typeof key.value !== 'string') this.problem('keyNotText', span, [untrusted(source)], path, { fixes });
    else if (differs(key))
      this.problem('readDifferently', span, [untrusted(source)], [...path, source], {
        severity: 'warning',
        fixes,
      });
    return typeof key.value === 'string' ? key.value : source || undefined;
  }

  #unknown(key: string, known: Readonly<Record<string, Field>>, map: YAMLMap, span: Span, path: Path): void {
    const names = Object.keys(known);
    const right = names.find((name) => name.toLowerCase() === key.toLowerCase());
    const meant = right ?? nearestName(key, names);
    const fixes: Fix[] =
      meant === undefined || map.has(meant)
        ? []
        : [{ code: 'rename', names: [untrusted(meant)], edits: [{ span, text: meant }] }];
    const named = meant === undefined ? [untrusted(key)] : [untrusted(key), untrusted(meant)];
    this.problem(right === undefined ? 'unknownField' : 'wrongCase', span, named, path, { fixes });
  }

  #write(span: Span, code: 'quote' | 'write', value: string): Fix {
    const text = code === 'quote' ? quotedScalar(value.toWellFormed()) : value;
    return { code, names: [untrusted(text)], edits: [{ span, text }] };
  }

  #wrong(span: Span, path: Path, ...fixes: readonly Fix[]): false {
    const name = path.findLast((key) => typeof key === 'string') ?? '';
    const expected = expectedBy(fieldAt(path));
    return this.problem('wrongType', span, [untrusted(name)], path, { fixes, ...(expected && { expected }) });
  }

  #scalar(node: Scalar, field: Field | undefined, path: Path, span: Span): Plain {
    const value = node.value as null | boolean | number | string;
    const source = node.source ?? '';
    if (value === null) return this.#empty(field, span, path);
    if (!isExact(value)) {
      this.#wrong(span, path);
      return null;
    }
    const fits = field === undefined || this.#fits(value, field, path, span, source);
    if (!fits || field === 'time' || !differs(node)) return value;
    const fix = this.#write(span, typeof value === 'string' ? 'quote' : 'write', String(value));
    this.problem('readDifferently', span, [untrusted(source)], path, { severity: 'warning', fixes: [fix] });
    return value;
  }

  /** Whether a field may hold the value; what is wrong otherwise is pushed. */
  #fits(value: Plain, field: Field, path: Path, span: Span, source: string): boolean {
    if (isChoice(field)) return this.#chosen(value, field, path, span, source);
    if (field === 'text' || field === 'time' || field === 'oneOrMore')
      return typeof value === 'string' || this.#wrong(span, path, this.#write(span, 'quote', source));
    if (field === 'count') return (Number.isInteger(value) && Number(value) >= 0) || this.#wrong(span, path);
    if (field === 'duration')
      return (
        (typeof value === 'string' && readDuration(value) !== undefined) ||
        this.problem('notADuration', span, [untrusted(source)], path)
      );
    if (field !== 'flag') return this.#wrong(span, path);
    if (typeof value === 'boolean') return true;
    const meant = typeof value === 'string' ? legacy(value) : undefined;
    return typeof meant === 'boolean'
      ? this.#wrong(span, path, this.#write(span, 'write', String(meant)))
      : this.#wrong(span, path);
  }

  #chosen(value: Plain, field: ChoiceField, path: Path, span: Span, source: string): boolean {
    if (typeof value === 'boolean' && field.also === 'flag') return true;
    if (typeof value === 'number' && field.also === 'number') return true;
    if (typeof value !== 'string') return this.#wrong(span, path, this.#write(span, 'quote', source));
    // Kind and version are told apart by themselves.
    if (path.length === 1 || value === '' || field.choices.includes(value)) return true;
    const meant = nearestName(value, field.choices);
    const fixes = meant === undefined ? [] : [this.#write(span, 'write', meant)];
    const names = [untrusted(value), untrusted(field.choices.filter(Boolean).join(', '))];
    this.problem('unknownValue', span, names, path, { severity: 'warning', fixes });
    return true;
  }
}

/** What a field holds, for whoever wrote something else. */
function expectedBy(field: Field | undefined): Expected | undefined {
  if (isListOf(field) || field === 'texts') return 'list';
  if (isStruct(field) || field === 'labels' || field === 'textMap') return 'map';
  if (isChoice(field)) return 'choice';
  if (field === 'oneOrMore' || field === 'time' || field === 'duration') return 'text';
  return field;
}

/** Whether the value is one that can be written down again: no half character, no number that was rounded. */
function isExact(value: boolean | number | string): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'boolean') return true;
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}
