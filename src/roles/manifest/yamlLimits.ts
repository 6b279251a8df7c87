/*
 * Limits far above any real file. A text above them is not given to the parser of YAML, because parsing it would stop
 * the window for too long. The parser's time grows with the characters that give YAML its structure, and its stack with
 * the levels.
 */
const mostCharacters = 512_000;
const mostIndicators = 4_000;
const mostOpenBrackets = 200;
const mostDocuments = 200;

/** Line breaks and the characters that give YAML its structure. */
const indicators = /[\n:,[\]{}"'&*!?#-]/g;

/** Finds a reason not to parse the text, by counting its characters only; undefined if it may be parsed. */
export function parsingObstacle(text: string): 'tooBig' | 'tooDeep' | undefined {
  if (text.length > mostCharacters) return 'tooBig';
  let count = 0;
  let openBrackets = 0;
  for (const [indicator] of text.matchAll(indicators)) {
    count += 1;
    if (indicator === '[' || indicator === '{') openBrackets += 1;
    if (indicator === ']' || indicator === '}') openBrackets -= 1;
    if (count > mostIndicators) return 'tooBig';
    if (openBrackets > mostOpenBrackets) return 'tooDeep';
  }
  return firstMatches(text, /^---/gm, mostDocuments + 1).length > mostDocuments ? 'tooBig' : undefined;
}

/** The first matches of a pattern with the flag `g`. */
export function firstMatches(text: string, pattern: RegExp, most: number): readonly RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  for (const match of text.matchAll(pattern)) {
    if (found.length === most) break;
    found.push(match);
  }
  return found;
}
