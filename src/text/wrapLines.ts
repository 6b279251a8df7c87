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
