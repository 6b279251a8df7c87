import { isMap, isScalar, parseAllDocuments, type Document, type ParsedNode, type YAMLError } from 'yaml';
import { untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import type { Path, PlainObject } from '../role/value.ts';
import type { Fix, Problem, ReadingCode, Span, TextEdit } from './problem.ts';
import { parseRole } from './parseRole.ts';

export type { Fix, FixCode, Problem, ProblemCode, Severity, Span, TextEdit } from './problem.ts';

/** One role of a file. */
export interface RoleDocument {
  readonly name: Untrusted;
  readonly version: string;
  readonly value: PlainObject;
  readonly span: Span;
  /** The place of the value at a path, or of the nearest thing above it. */
  at(path: Path): Span;
}

/** What a file says, strictly read. Beside errors `documents` holds what could be read all the same. */
export interface Manifest {
  readonly text: string;
  readonly documents: readonly RoleDocument[];
  readonly problems: readonly Problem[];
}

/** No manifest is as big. More is not read, because reading takes its time: a megabyte, and signs of structure. */
const mostCharacters = 1_000_000;
const mostMarks = 40_000;
const mostBrackets = 200;
const marks = /[\n,[\]{}"'&*!?#-]/g;

/** What stands in the way of reading it at all, found without reading it. */
function tooMuch(text: string): ReadingCode | undefined {
  if (text.length > mostCharacters) return 'tooBig';
  let count = 0;
  let open = 0;
  for (const [mark] of text.matchAll(marks)) {
    count += 1;
    if (mark === '[' || mark === '{') open += 1;
    if (mark === ']' || mark === '}') open -= 1;
    if (count > mostMarks) return 'tooBig';
    if (open > mostBrackets) return 'tooDeep';
  }
  return undefined;
}

function problem(code: ReadingCode, span: Span, names: readonly Untrusted[] = []): Problem {
  return { code, severity: 'error', span, names, fixes: [] };
}

const codes: Partial<Record<YAMLError['code'], ReadingCode>> = {
  TAB_AS_INDENT: 'tab',
  RESOURCE_EXHAUSTION: 'tooDeep',
  BAD_ALIAS: 'alias',
  ALIAS_PROPS: 'alias',
  MULTIPLE_ANCHORS: 'anchor',
  MULTIPLE_TAGS: 'tag',
  TAG_RESOLVE_FAILED: 'tag',
  BAD_DIRECTIVE: 'directive',
};

/** Spaces for the tabs that lines begin with. Behind spaces a tab may belong to a text. */
function withSpaces(text: string): readonly Fix[] {
  const edits = [...text.matchAll(/^\t+/gm)].map(({ index, 0: tabs }): TextEdit => ({
    span: { start: index, end: index + tabs.length },
    text: '  '.repeat(tabs.length),
  }));
  return edits.length ? [{ code: 'spaces', names: [], edits }] : [];
}

/** Why a document is not YAML; of the first error only, because the others mostly follow from it. */
function broken(error: YAMLError, text: string): Problem {
  const start = Math.max(0, Math.min(error.pos[0], text.length - 1));
  const span = { start, end: Math.max(Math.min(error.pos[1], text.length), start + 1) };
  const code = codes[error.code];
  if (code === 'tab') return { ...problem(code, span), fixes: withSpaces(text) };
  if (code) return problem(code, span);
  return /^\s*[{[]/.test(text) && /[}\]]\s*[{[]$/.test(text.slice(0, span.end))
    ? problem('jsonStream', span)
    : problem('notYaml', span, [untrusted(error.message.split('\n')[0] ?? '')]);
}

/** From the start of a node to its last visible character, at least one character. */
const seen = (start: number, end: number, text: string): Span => ({
  start,
  end: Math.max(start + 1, start + text.slice(start, end).trimEnd().length),
});

/** A document as a role, undefined where it is none; and what is wrong with it. */
interface Read {
  readonly role?: RoleDocument;
  readonly problems: readonly Problem[];
}

const refused = (code: ReadingCode, span: Span, names: readonly Untrusted[] = []): Read => ({
  problems: [problem(code, span, names)],
});

function readDocument(document: Document.Parsed, text: string): Read {
  const [error] = document.errors;
  if (error) return { problems: [broken(error, text)] };
  const { directives } = document;
  const contents: ParsedNode | null = document.contents;
  // Nothing between two lines of ---.
  if (!contents || contents.range[0] === contents.range[1]) return { problems: [] };
  const span = seen(contents.range[0], contents.range[1], text);
  const [line = ''] = text.slice(span.start, span.end).split('\n');
  const firstLine = seen(span.start, span.start + line.length, text);
  // A document that sets the version or the tags of YAML itself is read by other rules.
  if (directives.yaml.explicit === true || Object.keys(directives.tags).length > 1)
    return refused('directive', firstLine);
  if (!isMap(contents)) return refused('otherKind', firstLine);

  const kind: unknown = contents.get('kind', true);
  if (!isScalar(kind) || kind.value !== 'role') {
    const named = isScalar(kind) && typeof kind.value === 'string' && kind.range;
    return named
      ? refused('otherKind', seen(named[0], named[1], text), [untrusted(String(kind.value))])
      : refused('otherKind', firstLine);
  }
  const { name, version, value, spans, found } = parseRole(contents, text);
  if (name === undefined || version === undefined) return { problems: found };
  const at = (path: Path): Span =>
    spans.get(JSON.stringify(path)) ?? (path.length ? at(path.slice(0, -1)) : span);
  return { role: { name, version, value, span, at }, problems: found };
}

/**
 * Reads a file of role manifests strictly: only documents of kind role, nothing that two readers could understand
 * differently, no field that Teleport does not know. Nothing is thrown: what is wrong is a problem with its place.
 */
export function parseManifest(text: string): Manifest {
  const obstacle = tooMuch(text);
  if (obstacle) return { text, documents: [], problems: [problem(obstacle, { start: 0, end: 1 })] };
  const problems: Problem[] = [];
  const documents: RoleDocument[] = [];
  const names = new Set<Untrusted>();
  const parsed = parseAllDocuments(text, {
    uniqueKeys: false,
    prettyErrors: false,
    merge: false,
    schema: 'core',
    logLevel: 'silent',
  });
  for (const document of parsed) {
    const { role: one, problems: found } = readDocument(document, text);
    problems.push(...found);
    if (!one) continue;
    if (names.has(one.name)) problems.push(problem('sameName', one.at(['metadata', 'name']), [one.name]));
    names.add(one.name);
    documents.push(one);
  }
  if (!documents.length && !problems.length) problems.push(problem('noRole', { start: 0, end: 1 }));
  return { text, documents, problems };
}
