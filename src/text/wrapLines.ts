const width = 90;

/** Words in lines of at most 90 characters, continued under where they began. */
export function wrapLines(start: string, text: string): string[] {
  const lines: string[] = [];
  let line = start;
  // A word that does not fit in a line is cut: nothing hides to the right of the window.
  const fitting = new RegExp(`.{1,${String(width - start.length)}}`, 'gu');
  for (const word of text.split(' ').flatMap((one) => one.match(fitting) ?? [''])) {
    if (line.length + word.length > width && line.trim() !== start.trim() && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = ' '.repeat(start.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
