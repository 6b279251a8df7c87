import { hasInvisible, invisibleCharacters, withPlainSpaces } from './invisible.ts';
import { looksLatin, mixesScripts } from './lookAlikes.ts';
import { withQuotesEscaped, withoutQuotes } from './quoteLike.ts';
import { rawText, untrusted, type Untrusted } from './untrusted.ts';

/*
 * Sanitisers for untrusted text, one function for each place that shows it. VS Code renders links in messages
 * and documents, and icons in picks and status items. Terminals act on escape codes.
 */

const mixed = '[mixed scripts]';
const schemes = /(command|vscode|vscode-insiders|javascript|data|file|mailto|vbscript):(?=\S)/gi;
/** Every character that cannot be seen, except the variation selectors that make an emoji of a symbol. */
const invisible = new RegExp(
  `(?!(?<=(?![\\u2800\\ufffc\\u{1d159}])\\p{So})[\\ufe0e\\ufe0f])[${invisibleCharacters}]`,
  'gu',
);
const allInvisible = new RegExp(`[${invisibleCharacters}]`, 'gu');
/** More accents on one letter than any language uses. They would cover the lines above and below. */
const excessAccents = /(\p{M}{4})(\p{M}+)/gu;

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** Replaces what hides or moves text with escapes, and breaks link, icon and URI syntax with a space. */
function escapeForDisplay(text: string): string {
  return withPlainSpaces(text.replace(/[\r\n\t]+/g, ' '))
    .replace(invisible, escape)
    .replace(excessAccents, (_, kept: string, rest: string) => kept + rest.replace(/./gu, escape))
    .replaceAll('](', '] (')
    .replaceAll('$(', '$ (')
    .replaceAll('://', ': //')
    .replace(schemes, '$1: ');
}

function oneLine(text: Untrusted, limit: number): string {
  return withScriptMark(text, cutLine(text, limit));
}

/** Adds the mark of mixed scripts. */
const withScriptMark = (text: Untrusted, shown: string): string =>
  mixesScripts(text) ? `${shown} ${mixed}` : shown;

function cutLine(text: Untrusted, limit: number): string {
  // Each run of spaces becomes one space. A long run would push our own text after it out of view.
  const line = rawText(text)
    .replace(/[\r\n\t\p{Zs}]+/gu, ' ')
    .trim();
  // A character takes at most two UTF-16 units, so text after twice the limit can never be shown.
  const characters = Array.from(escapeForDisplay(line.slice(0, 2 * limit + 2)));
  return characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : characters.join('');
}

/** The text in quotation marks that it cannot close itself. */
const quoted = (line: string): string => `“${withoutQuotes(line)}”`;

/**
 * A word that cannot be taken for our own words between two others: letters, digits and the signs of names. It has no
 * space, comma, colon or dot like the `·` between the parts of a row.
 */
const singleWord = /^(?![^]*[\u1427\u16eb\ua78f])[\p{L}\p{M}\p{N}_@*/][\p{L}\p{M}\p{N}._@+*/=-]*$/u;

/** One line beside words of ours: a single word as it is, any other text in quotation marks. */
function besideOurs(text: Untrusted, limit: number): string {
  const line = cutLine(text, limit);
  return withScriptMark(text, singleWord.test(line) ? line : quoted(line));
}

/** For the label or description of a tree row: one line, at most 120 characters without quotation marks. */
export const forRow = (text: Untrusted): string => besideOurs(text, 120);

/** For a tooltip, which is always a plain string here: like `forRow`, at most 500 characters. */
export const forTooltip = (text: Untrusted): string => besideOurs(text, 500);

/** For a label that a screen reader speaks: like `forRow`, at most 200 characters. */
export const forSpeech = (text: Untrusted): string => besideOurs(text, 200);

/** For the texts of a quick pick entry, which would render `$(icon)`: one line, at most 120 characters. */
export const forPick = (text: Untrusted): string => oneLine(text, 120);

/** For an entry of a pick: several texts, in one line. */
export const namesForPick = (texts: readonly Untrusted[]): string => texts.map(forPick).join(', ');

/** For the status bar, which would render `$(icon)`: one line, at most 30 characters. */
export const forStatusBar = (text: Untrusted): string => oneLine(text, 30);

/** For the name of a terminal: one line, at most 40 characters. */
export const forTerminalName = (text: Untrusted): string => oneLine(text, 40);

/**
 * For the detail of a modal dialog, which is plain text. A long text wraps, and a wrapped line could look
 * like our own words, so the text stands in quotation marks that it cannot close itself.
 */
export const forModal = (text: Untrusted): string => quoted(oneLine(text, 500));

/** The longest text of a request that a cluster takes is a reason of 4,096 bytes; escapes make it longer. */
const wholeLimit = 40_000;

/**
 * For a question that decides on the text: as `forModal`, but never cut.
 * @returns undefined for a text so long that no request can contain it
 */
export function wholeForModal(text: Untrusted): string | undefined {
  const line = oneLine(text, wholeLimit);
  return line.length < wholeLimit ? quoted(line) : undefined;
}

/**
 * For a value of a role in a question: like `forModal`, but whole and exact. Odd spaces, line breaks, every further
 * space of a run and what looks like a quotation mark are escaped too, so that nothing is pushed out of view and two
 * values never look alike. A text of look-alike letters is marked. No question has room for the longest ones, which are cut.
 */
export function exactForModal(text: Untrusted): string {
  const raw = rawText(text);
  if (raw.length > longestExact) return `${exactForModal(untrusted(raw.slice(0, longestExact)))}…`;
  const seen = raw.replace(allInvisible, escape).replace(/(?<= ) /g, escape);
  const shown = `“${withQuotesEscaped(escapeForDisplay(seen), escape)}”`;
  return looksLatin(text) ? `${shown} ${mixed}` : withScriptMark(text, shown);
}

/** The longest value that is shown to its end, in UTF-16 units: more than a question has room for. */
const longestExact = 2_000;

/** For use inside our own sentence: a plain name unchanged, any other text in quotation marks. */
export const forSentence = (text: Untrusted): string => forMessage(text) ?? forModal(text);

/** Maximum width of a page line in characters, so that no text hides to the right of the window. */
const pageWidth = 100;

const fullLine = `.{1,${String(pageWidth)}}`;
const pageLine = new RegExp(`${fullLine}(?:\\s+|$)|${fullLine}(?!\\p{M})|${fullLine}`, 'gu');

/** Wraps a line to the page width, preferably at spaces and not before an accent. */
function wrap(line: string): string[] {
  const parts = line.match(pageLine) ?? [''];
  return parts.map((part) => part.trimEnd());
}

/**
 * For the request page: every line starts with `│`, so that no line of the text can look like our own.
 * The text keeps its line breaks, and long lines are wrapped.
 */
export function forPage(text: Untrusted): string[] {
  const lines = rawText(text)
    .split(/\r\n|\r|\n/)
    .flatMap((line) => wrap(escapeForDisplay(line)))
    .map((line) => `│ ${line}`.trimEnd());
  return mixesScripts(text) ? [...lines, `│ ${mixed}`] : lines;
}

const plainName = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;

/** For a notification, which renders links: a plain name, else undefined (callers then show the id). */
export function forMessage(text: Untrusted): string | undefined {
  return plainName.test(rawText(text)) ? rawText(text) : undefined;
}

/** For a notification: up to three plain names, else undefined (callers then show the id). */
export function namesForMessage(texts: readonly Untrusted[]): string | undefined {
  const plain = texts.flatMap((text) => forMessage(text) ?? []);
  const allPlain = plain.length === texts.length && plain.length > 0 && plain.length <= 3;
  return allPlain ? plain.join(', ') : undefined;
}

/**
 * For a cell of a CSV file, quoted by RFC 4180: one line, with escapes for characters that hide or reverse
 * text, and an apostrophe before text that a spreadsheet would run as a formula.
 */
export function forCell(text: Untrusted): string {
  const line = withPlainSpaces(
    rawText(text)
      .replace(/^[\t\r]/, "'")
      .replace(/[\r\n\t]+/g, ' '),
  ).replace(invisible, escape);
  const cell = /^\s*[=+\-@＝＋－＠]/.test(line) ? `'${line}` : line;
  return `"${cell.replaceAll('"', '""')}"`;
}

/** For a JSON file: characters that hide or reverse text are escaped, and a parser reads the same value. */
export const forJson = (value: unknown): string =>
  JSON.stringify(value, undefined, 2).replace(
    // Line feeds here come from the indentation: JSON.stringify has already escaped those inside strings.
    /[^\n\u0020-\u007e]/gu,
    (character) =>
      /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) && !hasInvisible(character)
        ? character
        : character
            .split('')
            .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
            .join(''),
  );
