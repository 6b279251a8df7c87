import { rawText, type Untrusted } from './untrusted.ts';

/*
 * Foreign text made harmless, one function for each place it can appear in.
 * VS Code draws links in messages, icons in picks and status items, links in documents; terminals obey escape codes.
 */

const mixed = '[mixed scripts]';
const schemes = /(command|vscode|vscode-insiders|javascript|data|file|mailto|vbscript):(?=\S)/gi;
// Everything that moves the cursor, hides text or turns its direction: C0, C1, format characters, separators, tags,
// variation selectors (but for the ones that make an emoji of a sign).
/* eslint-disable no-control-regex -- control characters are what it looks for */
const invisible =
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u2800]|\p{Cf}|\p{Co}|\p{Cn}|\p{Cs}|(?!(?<=(?!\u2800)\p{So})[\ufe0e\ufe0f])\p{DI}/gu;
/* eslint-enable no-control-regex */
/** More accents on one letter than any language has; they would cover the lines above and below. */
const flood = /(\p{M}{4})(\p{M}+)/gu;

/** What looks like the quotation marks that we put around a text. */
const quotes = /[“”„‟❝❞〝〞〟＂″‶]/g;

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

const lookAlike =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}\u{1d400}-\u{1d7ff}\uff21-\uff5a]/u;

/** Whether one word of the text mixes Latin letters with look-alikes of another script or style. */
export function mixesScripts(text: Untrusted): boolean {
  if (!lookAlike.test(rawText(text))) return false;
  return (
    rawText(text)
      .split(/[^\p{L}\p{M}]+/u)
      // Not the script Latin, to which full-width letters belong as well.
      .some((word) => /[a-z\u00c0-\u024f]/iu.test(word) && lookAlike.test(word))
  );
}

function visible(text: string): string {
  return text
    .replace(/[\r\n\t]+/g, ' ')
    .replace(invisible, escape)
    .replace(flood, (_, some: string, rest: string) => some + rest.replace(/./gu, escape))
    .replaceAll('](', '] (')
    .replaceAll('$(', '$ (')
    .replaceAll('://', ': //')
    .replace(schemes, '$1: ');
}

function oneLine(text: Untrusted, limit: number): string {
  // One space each: many would push what stands behind them, which may be ours, out of sight.
  const line = rawText(text)
    .replace(/[\r\n\t\p{Zs}]+/gu, ' ')
    .trim();
  // A character takes two units at most: what comes after so many cannot be shown, and need not be looked at.
  const points = Array.from(visible(line.slice(0, 2 * limit + 2)));
  const cut = points.length > limit ? `${points.slice(0, limit - 1).join('')}…` : points.join('');
  return mixesScripts(text) ? `${cut} ${mixed}` : cut;
}

/** For the label or description of a tree row: one line, at most 120 characters. */
export const forRow = (text: Untrusted): string => oneLine(text, 120);

/** For a tooltip, which is always a plain string: one line, at most 500 characters. */
export const forTooltip = (text: Untrusted): string => oneLine(text, 500);

/** For a spoken label. */
export const forSpeech = (text: Untrusted): string => oneLine(text, 200);

/** For the label, description or detail of a quick pick, which would draw `$(icon)`. */
export const forPick = (text: Untrusted): string => oneLine(text, 120);

/** For the status bar, which would draw `$(icon)`. */
export const forStatusBar = (text: Untrusted): string => oneLine(text, 30);

/** For the name of a terminal. */
export const forTerminalName = (text: Untrusted): string => oneLine(text, 40);

/**
 * For the detail of a modal dialog, which is plain text: in quotation marks that the text itself cannot close, because
 * a long one wraps, and a wrapped line could pass for one of ours.
 */
export const forModal = (text: Untrusted): string => `“${oneLine(text, 500).replace(quotes, '"')}”`;

/** For the middle of a line of ours: a plain name as it is, any other text in quotation marks. */
export const forSentence = (text: Untrusted): string => forMessage(text) ?? forModal(text);

/** How wide a line of the page may be, in characters, so that nothing hides to the right of the window. */
const pageWidth = 100;

const fitting = `.{1,${String(pageWidth)}}`;
const pageLine = new RegExp(`${fitting}(?:\\s+|$)|${fitting}(?!\\p{M})|${fitting}`, 'gu');

/** Cuts a line into lines that fit, at spaces where there are some, never before an accent. */
function wrapped(line: string): string[] {
  const parts = line.match(pageLine) ?? [''];
  return parts.map((part) => part.trimEnd());
}

/**
 * For the request page: every line begins with a mark, so that no line of it can pass for one of ours.
 * Lines of the text stay lines; long ones are wrapped.
 */
export function forPage(text: Untrusted): string[] {
  const lines = rawText(text)
    .split(/\r\n|\r|\n/)
    .flatMap((line) => wrapped(visible(line)))
    .map((line) => `│ ${line}`.trimEnd());
  return mixesScripts(text) ? [...lines, `│ ${mixed}`] : lines;
}

const plainName = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;

/** For a notification, which draws links: the name if it is a plain one, else undefined (say the id instead). */
export function forMessage(text: Untrusted): string | undefined {
  return plainName.test(rawText(text)) ? rawText(text) : undefined;
}

/** Several names for a notification: all of them if they are plain and few, else undefined (say the id instead). */
export function namesForMessage(texts: readonly Untrusted[]): string | undefined {
  const plain = texts.flatMap((text) => forMessage(text) ?? []);
  const all = plain.length === texts.length && plain.length > 0 && plain.length <= 3;
  return all ? plain.join(', ') : undefined;
}

/**
 * For a cell of a CSV file, as RFC 4180 wants it: one line, what hides or turns text as escapes, and an apostrophe before
 * what a spreadsheet would take for a formula.
 */
export function forCell(text: Untrusted): string {
  const line = rawText(text)
    .replace(/^[\t\r]/, "'")
    .replace(/[\r\n\t]+/g, ' ')
    .replace(invisible, escape);
  const inert = /^\s*[=+\-@＝＋－＠]/.test(line) ? `'${line}` : line;
  return `"${inert.replaceAll('"', '""')}"`;
}

/** For a JSON file: the same text to whoever parses it, with nothing in it that hides or turns text. */
export const forJson = (value: unknown): string =>
  JSON.stringify(value, undefined, 2).replace(
    // The line feeds are those of the layout; in texts they are escaped already.
    /[^\n\u0020-\u007e]/gu,
    (character) =>
      /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) && !/\p{DI}/u.test(character)
        ? character
        : character
            .split('')
            .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
            .join(''),
  );
