// Reads the file given to `tctl create` as tctl does: YAML documents, or a sequence of JSON objects.
import { parseDocument } from 'yaml';
import { Refusal } from '../cli/refusal.ts';
import { isObject, type JsonObject } from './resource.ts';

/**
 * Yields the manifests of a file. Each is parsed only when it is requested, so that the manifests before a
 * broken one are used. Accepts YAML that strict readers refuse: merges with `<<` and duplicate keys.
 * @throws Refusal for an empty file or a broken manifest.
 */
export function* manifests(text: string): Generator<JsonObject> {
  let hasPieces = false;
  for (const piece of pieces(text)) {
    hasPieces = true;
    yield parseOne(piece);
  }
  if (!hasPieces) throw new Refusal('no resources found, empty input?');
}

function* pieces(text: string): Generator<string> {
  const trimmed = text.trim();
  yield* trimmed.startsWith('{')
    ? jsonPieces(trimmed)
    : trimmed.split(/^---.*$/m).filter((piece) => piece.trim() !== '');
}

/** Splits a sequence of JSON objects where the outermost brackets close. */
function* jsonPieces(text: string): Generator<string> {
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token.startsWith('"')) continue;
    depth += token === '{' || token === '[' ? 1 : -1;
    if (depth > 0) continue;
    yield text.slice(start, index + 1);
    start = index + 1;
  }
  if (text.slice(start).trim()) yield text.slice(start);
}

function parseOne(text: string): JsonObject {
  const document = parseDocument(text, {
    merge: true,
    uniqueKeys: false,
    version: '1.1',
    schema: 'yaml-1.1',
  });
  const [error] = document.errors;
  if (error) {
    const line = error.linePos?.[0].line ?? 1;
    throw new Refusal(`yaml: line ${line}: ${error.message.split('\n')[0] ?? ''}`);
  }
  const value: unknown = document.toJS();
  return isObject(value) ? value : {};
}
