import { bare, type Foreign } from './text.ts';

/*
 * Foreign text made harmless, one function for each place it can appear in.
 * VS Code draws links in messages, icons in picks and status items, links in documents; terminals obey escape codes.
 */

const mixed = '[mixed scripts]';
const schemes = /\b(command|vscode|vscode-insiders|javascript|data|file|mailto|vbscript):(?=\S)/gi;
// Everything that moves the cursor, hides text or turns its direction: C0, C1, format characters, separators, tags.
/* eslint-disable no-control-regex -- control characters are what it looks for */
const invisible =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u2028\u2029]|\p{Cf}|\p{Co}|\p{Cn}|\p{Cs}|[\u115f\u1160\u3164\uffa0\u2800]/gu;
/* eslint-enable no-control-regex */

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** Whether one word of the text mixes Latin letters with look-alikes from Cyrillic, Greek or Armenian. */
export function mixesScripts(text: Foreign): boolean {
  return bare(text)
    .split(/[^\p{L}\p{M}]+/u)
    .some(
      (word) =>
        /\p{Script=Latin}/u.test(word) &&
        /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]/u.test(word),
    );
}

function visible(text: string): string {
  return text
    .replace(/[\r\n\t]+/g, ' ')
    .replace(invisible, escape)
    .replaceAll('](', '] (')
    .replaceAll('$(', '$ (')
    .replaceAll('://', ': //')
    .replace(schemes, '$1: ');
}

function oneLine(text: Foreign, limit: number): string {
  const shown = visible(bare(text)).trim();
  const points = Array.from(shown);
  const cut = points.length > limit ? `${points.slice(0, limit - 1).join('')}…` : shown;
  return mixesScripts(text) ? `${cut} ${mixed}` : cut;
}

/** For the label or description of a tree row: one line, at most 120 characters. */
export const forRow = (text: Foreign): string => oneLine(text, 120);

/** For a tooltip, which is always a plain string: one line, at most 500 characters. */
export const forTooltip = (text: Foreign): string => oneLine(text, 500);

/** For a spoken label. */
export const forSpeech = (text: Foreign): string => oneLine(text, 200);

/** For the label, description or detail of a quick pick, which would draw `$(icon)`. */
export const forPick = (text: Foreign): string => oneLine(text, 120);

/** For the status bar, which would draw `$(icon)`. */
export const forStatusBar = (text: Foreign): string => oneLine(text, 30);

/** For the name of a terminal. */
export const forTerminalName = (text: Foreign): string => oneLine(text, 40);

/**
 * For the detail of a modal dialog, which is plain text: in quotation marks that the text itself cannot close, because
 * a long one wraps, and a wrapped line could pass for one of ours.
 */
export const forModal = (text: Foreign): string => `“${oneLine(text, 500).replace(/[“”]/g, '"')}”`;

/** How wide a line of the page may be, in characters, so that nothing hides to the right of the window. */
const pageWidth = 100;

/** Cuts a line into lines that fit, at spaces where there are some. */
function wrapped(line: string): string[] {
  const parts = line.match(
    new RegExp(`.{1,${String(pageWidth)}}(?:\\s+|$)|.{1,${String(pageWidth)}}`, 'gu'),
  ) ?? [''];
  return parts.map((part) => part.trimEnd());
}

/**
 * For the request page: every line begins with a mark, so that no line of it can pass for one of ours.
 * Lines of the text stay lines; long ones are wrapped.
 */
export function forPage(text: Foreign): string[] {
  const lines = bare(text)
    .split(/\r\n|\r|\n/)
    .flatMap((line) => wrapped(visible(line)))
    .map((line) => `│ ${line}`.trimEnd());
  return mixesScripts(text) ? [...lines, `│ ${mixed}`] : lines;
}

const plainName = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;

/** For a notification, which draws links: the name if it is a plain one, else undefined (say the id instead). */
export function forMessage(text: Foreign): string | undefined {
  return plainName.test(bare(text)) ? bare(text) : undefined;
}
