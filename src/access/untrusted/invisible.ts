/*
 * The one definition of a character that a user cannot see: controls, marks of direction and format, line and
 * paragraph separators, unassigned and private characters, everything that Unicode lets a font ignore
 * (Default_Ignorable_Code_Point: fillers, variation selectors, tags), blanks that are no space to Unicode
 * (Braille, musical, hieroglyphs), and every space but the plain one. All but the last look like nothing; an odd
 * space looks like the plain one.
 */

/** The odd spaces, for use between brackets in a pattern with the flag `u`. */
const oddSpaces = String.raw`\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000`;

/** Characters that a user cannot see, for use between brackets in a pattern with the flag `u`. */
export const invisibleCharacters = String.raw`\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u{16fe4}\u2800\ufffc\u{13441}\u{13442}\u{1d159}${oddSpaces}`;

const anyInvisible = new RegExp(`[${invisibleCharacters}]`, 'u');
const everyOddSpace = new RegExp(`[${oddSpaces}]`, 'gu');

/** Whether the text has a character that a user cannot see. A line break counts, a plain space does not. */
export const hasInvisible = (text: string): boolean => anyInvisible.test(text);

/** Writes every odd space as the plain space that it looks like. */
export const withPlainSpaces = (text: string): string => text.replace(everyOddSpace, ' ');
