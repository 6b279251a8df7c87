const width = 90;

/** Wraps a text to lines of at most 90 characters. `start` precedes the first, the others are indented. */
export function wrapLines(start: string, text: string): string[] {
  const lines: string[] = [];
  let line = start;
  // A word longer than a line is cut, so that no text hides to the right of the window.
  const longestPart = new RegExp(`.{1,${String(width - start.length)}}`, 'gu');
  for (const word of text.split(' ').flatMap((part) => part.match(longestPart) ?? [''])) {
    if (line.length + word.length > width && line.trim() !== start.trim() && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = ' '.repeat(start.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

/*
 * What VS Code shows of a modal dialog without scrolling, measured in 1.139: the text is 372 px wide, its lines are 20 px
 * high, and at a window height of 720 px 27 of them fit between a question of two lines and the buttons. A column is
 * 7.4 px: small letters take at most one, capitals and `m` two, other scripts two, and some single signs many more. The
 * letters of the question are larger, so that fewer fit.
 */
const detailColumns = 50;
const questionColumns = 36;
const mostDetailLines = 26;
const veryWide = /[\u2e3a\u2e3b]|[\ufb50-\ufdff]|[\u{12000}-\u{1254f}]|\p{Script=Javanese}/u;
const narrow = /[^\p{Lu}mw\u0500-\u{10ffff}]/u;

const columnsOf = (word: string): number =>
  Array.from(word).reduce(
    (sum, character) => sum + (veryWide.test(character) ? 12 : narrow.test(character) ? 1 : 2),
    0,
  );

/** The lines that a text fills at most, if words stay whole where a line has room for them. */
function linesOf(text: string, columns: number): number {
  let lines = 0;
  for (const line of text.split('\n')) {
    lines += 1;
    let used = 0;
    for (const [index, word] of line.split(' ').entries()) {
      const width = columnsOf(word);
      const space = index === 0 ? 0 : 1;
      if (used + space + width <= columns) {
        used += space + width;
        continue;
      }
      if (used > 0) lines += 1;
      // A longer word begins on a line of its own and goes on over the next ones.
      const full = Math.max(0, Math.ceil(width / columns) - 1);
      lines += full;
      used = width - full * columns;
    }
  }
  return lines;
}

/** Whether a modal dialog shows a question and its detail without scrolling, also in a small window. */
export function fitsInDialog(question: string, detail: string): boolean {
  const more = Math.max(0, linesOf(question, questionColumns) - 2);
  return linesOf(detail, detailColumns) + Math.ceil(more * 1.2) <= mostDetailLines;
}
