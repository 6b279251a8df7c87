/*
 * What VS Code shows of a question without scrolling, measured in 1.139: the dialog's text is 372 px wide, its
 * lines are 20 px high, and at a window height of 720 px 27 of them fit above the buttons. A column is 7.4 px:
 * small letters take at most one, capitals and `m` two, other scripts two, and some single signs many more.
 */
const columnsInLine = 50;

/** The most lines of a dialog's detail that are seen without scrolling. */
export const mostDialogLines = 26;

const veryWide = /[\u2e3a\u2e3b]|[\ufb50-\ufdff]|[\u{12000}-\u{1254f}]|\p{Script=Javanese}/u;
const narrow = /[^\p{Lu}mw\u0500-\u{10ffff}]/u;

/** The lines of a dialog that a text fills at most. */
export function dialogLines(text: string): number {
  const columns = (line: string): number =>
    Array.from(line).reduce(
      (sum, character) => sum + (veryWide.test(character) ? 12 : narrow.test(character) ? 1 : 2),
      0,
    );
  return text
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(columns(line) / columnsInLine)), 0);
}
