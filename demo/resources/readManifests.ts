// Reads the file given to `tctl create` as tctl does: YAML documents, or JSON one after the other.
import { parseDocument } from 'yaml';
import { Refusal } from '../cli/refusal.ts';
import { isObject, type JsonObject } from './resource.ts';

/**
 * One manifest after the other, each read only when it is asked for: those before a broken one are used. It
 * takes what strict readers refuse: merges with `<<` and keys given twice.
 */
export function* manifests(text: string): Generator<JsonObject> {
  let any = false;
  for (const piece of pieces(text)) {
    any = true;
    yield parseOne(piece);
  }
  if (!any) throw new Refusal('no resources found, empty input?');
}

function* pieces(text: string): Generator<string> {
  const whole = text.trim();
  yield* whole.startsWith('{')
    ? jsonPieces(whole)
    : whole.split(/^---.*$/m).filter((piece) => piece.trim() !== '');
}

/** Objects that follow each other, cut where the brackets close. */
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
