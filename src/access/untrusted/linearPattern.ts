// Regular expressions matched by RE2, whose time grows with the text only, whatever the pattern is. A separate bundle,
// loaded when a pattern is set.
import { RE2JS } from 're2js';

/** A pattern that is matched in a time that grows with the text only. Patterns that meet texts of others are of this kind. */
export interface LinearPattern {
  /** The first match in a text; undefined if there is none. */
  find(text: string): string | undefined;
  /** Replaces each match in a text. */
  replace(text: string, replacement: (match: PatternMatch) => string): string;
}

/** A part of a text that a pattern matches: the whole, and its groups by number. */
type PatternMatch = readonly (string | undefined)[];

/** A longer text is not searched, in UTF-16 units: more than the longest reason that a cluster takes. */
const longestText = 20_000;

/**
 * Compiles a pattern.
 * @returns undefined for a pattern that RE2 does not know, such as one with look-around or back references
 */
export function compilePattern(source: string): LinearPattern | undefined {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(source);
  } catch {
    return undefined;
  }
  return {
    find: (text) => {
      const matcher = compiled.matcher(text.slice(0, longestText));
      return matcher.find() ? (matcher.group() ?? undefined) : undefined;
    },
    replace: (text, replacement) => {
      const matcher = compiled.matcher(text.slice(0, longestText));
      let result = '';
      let end = 0;
      while (matcher.find()) {
        const groups = Array.from(
          { length: matcher.groupCount() + 1 },
          (_, n) => matcher.group(n) ?? undefined,
        );
        result += text.slice(end, matcher.start()) + replacement(groups);
        end = matcher.end();
      }
      return result + text.slice(end);
    },
  };
}
