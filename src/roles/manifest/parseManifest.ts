import {
  isMap,
  isScalar,
  parseAllDocuments,
  type Document,
  type ParsedNode,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { hasImplicitLabels } from '../role/roleDefaults.ts';
import { roleStruct, roleVersions } from '../role/roleSchema.ts';
import { textAt, type Path, type PlainObject } from '../role/value.ts';
import { tabProblems } from './layout.ts';
import { controlProblems } from './controlCharacters.ts';
import {
  mostProblems,
  type Fix,
  type Problem,
  type ReadingCode,
  type Severity,
  type Span,
  type TextEdit,
} from './problem.ts';
import { RoleReader } from './roleReader.ts';
import { parsingObstacle } from './yamlLimits.ts';

/** One role of a file, with the place of each of its fields. */
export interface RoleDocument {
  readonly name: Untrusted;
  readonly value: PlainObject;
  readonly span: Span;
  /** The span of the value at a path, or of its nearest parent in the file. */
  spanAt(path: Path): Span;
}

/**
 * The roles and problems of a file. When the file has errors, `documents` still
 * holds every role that could be read.
 */
export interface Manifest {
  readonly text: string;
  readonly documents: readonly RoleDocument[];
  readonly problems: readonly Problem[];
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

/**
 * Replaces each tab at the start of a line by two spaces. A tab after spaces may belong to a text and stays.
 */
function tabFixes(text: string): readonly Fix[] {
  const edits = [...text.matchAll(/^\t+/gm)].map(({ index, 0: tabs }): TextEdit => ({
    span: { start: index, end: index + tabs.length },
    text: '  '.repeat(tabs.length),
  }));
  return edits.length ? [{ code: 'spaces', names: [], edits }] : [];
}

/** The problem for the first YAML error of a document; further errors mostly follow from the first. */
function yamlProblem(error: YAMLError, text: string): Problem {
  const start = Math.max(0, Math.min(error.pos[0], text.length - 1));
  const span = { start, end: Math.max(Math.min(error.pos[1], text.length), start + 1) };
  const code = codes[error.code];
  if (code === 'tab') return { ...problem(code, span), fixes: tabFixes(text) };
  if (code) return problem(code, span);
  return /^\s*[{[]/.test(text) && /[}\]]\s*[{[]$/.test(text.slice(0, span.end))
    ? problem('jsonStream', span)
    : problem('notYaml', span, [untrusted(error.message.split('\n')[0] ?? '')]);
}

/** The span from the start of a node to its last visible character, at least one character long. */
const visibleSpan = (start: number, end: number, text: string): Span => ({
  start,
  end: Math.max(start + 1, start + text.slice(start, end).trimEnd().length),
});

/** The role of a document, undefined for a document of another kind, and the problems of the document. */
interface ReadDocument {
  readonly role?: RoleDocument;
  readonly problems: readonly Problem[];
}

const refused = (code: ReadingCode, span: Span, names: readonly Untrusted[] = []): ReadDocument => ({
  problems: [problem(code, span, names)],
});

function readDocument(document: Document.Parsed, text: string): ReadDocument {
  const [error] = document.errors;
  if (error) return { problems: [yamlProblem(error, text)] };
  const { directives } = document;
  const contents: ParsedNode | null = document.contents;
  // The document is empty, as between two lines of ---.
  if (!contents || contents.range[0] === contents.range[1]) return { problems: [] };
  const span = visibleSpan(contents.range[0], contents.range[1], text);
  const [line = ''] = text.slice(span.start, span.end).split('\n');
  const firstLine = visibleSpan(span.start, span.start + line.length, text);
  // Directives for the YAML version or for tags would change how the document is read.
  if (directives.yaml.explicit === true || Object.keys(directives.tags).length > 1)
    return refused('directive', firstLine);
  if (!isMap(contents)) return refused('otherKind', firstLine);

  const kind: unknown = contents.get('kind', true);
  if (isScalar(kind) && kind.value === 'role') return readRoleMap(contents, text, span);
  const range = isScalar(kind) && typeof kind.value === 'string' && kind.range;
  return range
    ? refused('otherKind', visibleSpan(range[0], range[1], text), [untrusted(String(kind.value))])
    : refused('otherKind', firstLine);
}

/** Reads a document of kind role. Without a name or a known version it gives no role. */
function readRoleMap(map: YAMLMap, text: string, span: Span): ReadDocument {
  const reader = new RoleReader(text);
  reader.root(map, span);
  const value = reader.map(map, roleStruct, []);
  const spanAt = (path: Path): Span =>
    reader.spans.get(JSON.stringify(path)) ?? (path.length ? spanAt(path.slice(0, -1)) : span);
  // A missing field is reported at the kind.
  const report = (code: ReadingCode, path: Path, names: readonly Untrusted[], severity: Severity): void => {
    const place = reader.spans.has(JSON.stringify(path)) ? path : ['kind'];
    reader.report(code, spanAt(place), names, path, { severity });
  };
  const { version } = value;
  const isKnown = typeof version === 'string' && roleVersions.includes(version);
  if (!isKnown)
    report('unknownVersion', ['version'], typeof version === 'string' ? [untrusted(version)] : [], 'error');
  if (hasImplicitLabels(value)) report('oldVersion', ['version'], [], 'warning');
  const namePath = ['metadata', 'name'];
  const nameText = textAt(value, namePath);
  if (nameText === '') {
    report('noName', namePath, [], 'error');
    return { problems: reader.problems };
  }
  const name = untrusted(nameText);
  const problems = reader.problems.map((found) => ({ ...found, role: name }));
  return isKnown ? { role: { name, value, span, spanAt }, problems } : { problems };
}

/** Parses the text as YAML; undefined where it is nested too deep for the parser. */
function parse(text: string): readonly Document.Parsed[] | undefined {
  try {
    return [
      ...parseAllDocuments(text, {
        uniqueKeys: false,
        prettyErrors: false,
        merge: false,
        schema: 'core',
        logLevel: 'silent',
      }),
    ];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The first problems. What was not read may hold anything, so the last one says that there are more, as an error. */
function firstProblems(problems: readonly Problem[]): readonly Problem[] {
  const last = problems[mostProblems - 1];
  if (!last || problems.length === mostProblems) return problems;
  return [...problems.slice(0, mostProblems - 1), problem('tooManyProblems', last.span)];
}

/**
 * Parses a file of role manifests strictly. It accepts only documents of kind role, only YAML that
 * all YAML readers understand alike, and only fields that Teleport knows. It never throws: every
 * fault becomes a problem with a place.
 */
export function parseManifest(text: string): Manifest {
  const obstacle = parsingObstacle(text);
  if (obstacle) return { text, documents: [], problems: [problem(obstacle, { start: 0, end: 1 })] };
  const problems: Problem[] = [...controlProblems(text), ...tabProblems(text)];
  const documents: RoleDocument[] = [];
  const names = new Set<Untrusted>();
  const parsed = parse(text);
  if (!parsed) return { text, documents: [], problems: [problem('tooDeep', { start: 0, end: 1 })] };
  for (const document of parsed) {
    if (problems.length > mostProblems) break;
    const { role, problems: documentProblems } = readDocument(document, text);
    problems.push(...documentProblems);
    if (!role) continue;
    if (names.has(role.name))
      problems.push(problem('sameName', role.spanAt(['metadata', 'name']), [role.name]));
    names.add(role.name);
    documents.push(role);
  }
  if (!documents.length && !problems.length) problems.push(problem('noRole', { start: 0, end: 1 }));
  return { text, documents, problems: firstProblems(problems) };
}
