import { isCollection, isScalar, Lexer, type Node, type Pair, type YAMLMap } from 'yaml';
import { mostProblems, type Problem } from './problem.ts';

/*
 * Layouts that this parser of YAML takes and others refuse, or read as something else: tabs between the parts of a line,
 * keys over several lines, and what goes on under its key or left of it.
 */

/** Finds tabs inside a line, outside texts and comments. One before a comment or at the end of a line means nothing to any reader. */
export function tabProblems(text: string): readonly Problem[] {
  if (!text.includes('\t')) return [];
  const problems: Problem[] = [];
  let start = 0;
  let spaces: { readonly start: number; readonly token: string } | undefined;
  for (const token of new Lexer().lex(text)) {
    if (spaces && !/^[#\r\n]/.test(token)) {
      const at = spaces.start + spaces.token.indexOf('\t');
      const span = { start: at, end: at + 1 };
      const edits = [{ span, text: ' ' }];
      problems.push({
        code: 'tab',
        severity: 'error',
        span,
        names: [],
        fixes: [{ code: 'spaces', names: [], edits }],
      });
      if (problems.length === mostProblems) return problems;
    }
    const length = isMark(token) && !text.startsWith(token, start) ? 0 : token.length;
    // Tabs as indentation are errors of the parser itself.
    const isInside = start > 0 && text[start - 1] !== '\n';
    spaces = isInside && /^[ \t]*\t[ \t]*$/.test(token) ? { start, token } : undefined;
    start += length;
  }
  return problems;
}

/** Whether a token is a mark of the lexer, which is no text of the file: of a scalar, of a document, of the end of flow. */
const isMark = (token: string): boolean => ['\u0002', '\u0018', '\u001f', '\ufeff'].includes(token);

/** Whether the key of an entry ends on another line than it begins, as a key after `?` may. */
export function isMultilineKey(text: string, { key, value }: Pair<Node, Node | null>): boolean {
  const [keyStart, keyEnd] = key.range ?? [];
  const valueStart = value?.range?.[0];
  if (keyStart === undefined || keyEnd === undefined || valueStart === undefined) return false;
  return text.slice(keyStart, keyEnd + text.slice(keyEnd, valueStart).indexOf(':')).includes('\n');
}

/**
 * Whether a quoted text does not end where the parser ends it. The parser ends one at a line that begins too far left,
 * and takes an escaped quotation mark before it for the closing one.
 */
export function isUnclosed(text: string, node: Node | null): boolean {
  if (!isScalar(node) || !node.range) return false;
  const source = text.slice(node.range[0], node.range[1]);
  if (node.type === 'QUOTE_DOUBLE') return !/^"(?:[^"\\]|\\[^])*"$/.test(source);
  return node.type === 'QUOTE_SINGLE' && !/^'(?:[^']|'')*'$/.test(source);
}

/**
 * Finds a line of a quoted or plain text, or of a collection in brackets, that does not begin right of its parent.
 * @param parent the offset of the key or dash before the node
 * @returns the offset of what begins the line; undefined if there is no such line
 */
export function shallowLine(text: string, node: Node | null, parent: number): number | undefined {
  const [from, to] = node?.range ?? [];
  if (from === undefined || to === undefined) return undefined;
  const isBlock = isScalar(node)
    ? node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'
    : !(isCollection(node) && node.flow === true);
  if (isBlock) return undefined;
  const column = parent - (text.lastIndexOf('\n', parent - 1) + 1);
  for (let line = text.indexOf('\n', from); line >= 0 && line < to; line = text.indexOf('\n', line + 1)) {
    const content = text.slice(line + 1, Math.min(line + 2 + column, to));
    const indent = content.search(/[^ ]/);
    if (indent < 0 || indent > column || /^[\r\n]/.test(content.slice(indent))) continue;
    return line + 1 + indent;
  }
  return undefined;
}

/** The keys of a map that are texts. */
export const textKeysOf = ({ items }: YAMLMap): ReadonlySet<string> =>
  new Set(items.flatMap(({ key }) => (isScalar(key) && typeof key.value === 'string' ? [key.value] : [])));
