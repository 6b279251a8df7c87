import { untrusted } from '../../access/untrusted/untrusted.ts';
import { mostProblems, type Problem } from './problem.ts';
import { firstMatches } from './yamlLimits.ts';

/*
 * Characters that YAML 1.1 (Go, PyYAML) and YAML 1.2 read differently, or that one of them refuses: a carriage return
 * alone, NEL, LS and PS end a line for some readers and not for others, so that what is a comment to one is a field to
 * the other. Control characters, the byte order mark inside a text and half characters are refused by some and kept by
 * others. In quotation marks all of them can be written as escapes.
 */
/* eslint-disable no-control-regex -- the pattern searches for control characters */
const control =
  /\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]|(?!^)\ufeff|\p{Cs}/gu;
/* eslint-enable no-control-regex */

/** The characters that end a line for some readers. */
const lineEnds = '\r\u0085\u2028\u2029';

/** Finds the first characters that readers of YAML do not agree about, each at its place. */
export function controlProblems(text: string): readonly Problem[] {
  return firstMatches(text, control, mostProblems).map(({ 0: character, index }): Problem => {
    const span = { start: index, end: index + character.length };
    const endsLine = lineEnds.includes(character);
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return {
      code: 'control',
      severity: 'error',
      span,
      names: [untrusted(`U+${code}`)],
      // With a space in its place the line goes on, as this reader and the editor show it.
      fixes: [
        {
          code: endsLine ? 'space' : 'removeControl',
          names: [],
          edits: [{ span, text: endsLine ? ' ' : '' }],
        },
      ],
    };
  });
}
