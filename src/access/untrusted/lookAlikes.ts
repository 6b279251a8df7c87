import { confusables } from './confusables.ts';
import { rawText, type Untrusted } from './untrusted.ts';

/*
 * Finds texts that look like others (Unicode Technical Standard 39). Honest words of one script are no danger; a
 * Latin word with a letter of another script in it is, and so is a name that looks like a known one as a whole.
 */

/** The longest part of a name that is compared, in UTF-16 units. */
const longestName = 200;

/** What ASCII characters look like in the data of Unicode. */
const asciiLooks: Readonly<Record<string, string>> = { '0': 'O', '1': 'l', I: 'l', '|': 'l', m: 'rn' };

/** The form that two texts share if they look alike: the skeleton of Unicode Technical Standard 39. */
function skeleton(text: string): string {
  // A row shows a run of spaces as one, and none at the ends.
  const start = text.slice(0, longestName).replace(/\s+/g, ' ').trim();
  // Of ASCII nothing else is to be read otherwise, and a cluster may have very many such names.
  if (isAscii(start)) return withAsciiLooks(start);
  const plain = start.normalize('NFKD').replace(/\p{DI}/gu, '');
  return withAsciiLooks(
    Array.from(plain, (character) => confusables.get(character) ?? character).join(''),
  ).normalize('NFD');
}

const withAsciiLooks = (text: string): string =>
  text.replace(/[01I|m]/g, (character) => asciiLooks[character] ?? character);

const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text);

/** Letters of other scripts and styles that are mostly look-alikes of Latin letters. */
const foreignLetter =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}\u{1d400}-\u{1d7ff}\uff21-\uff5a]/u;
/** The letters of Latin alphabets. `\p{Script=Latin}` has full-width letters and those of phonetic scripts too. */
const latinLetter = /[a-z\u00c0-\u024f]/iu;

/** Whether a letter or digit stands for an ASCII one without being a letter of a Latin alphabet. */
function looksAscii(character: string): boolean {
  if (isAscii(character) || latinLetter.test(character) || /[\p{M}\p{Lm}\p{No}ªº]/u.test(character))
    return false;
  const plain = character.normalize('NFKC');
  return /^[A-Za-z0-9]$/.test(confusables.get(plain) ?? plain);
}

/** Whether a word has Latin letters and look-alikes of them. */
const isMixed = (word: string): boolean =>
  latinLetter.test(word) && (foreignLetter.test(word) || Array.from(word).some(looksAscii));

/** Whether a word without Latin letters looks like a Latin one. One letter may be an ending, as in `VPN-а`. */
const isDisguised = (word: string): boolean => word.length > 1 && Array.from(word).every(looksAscii);

/** Signs that look like the hyphen of a name. The dashes of ordinary texts are not among them. */
const falseHyphen = /[A-Za-z0-9][\u02d7\u06d4\u2010\u2011\u2043\u2796\u2cba\u2cbb][A-Za-z0-9]/u;

/** Whether any part of the text between spaces mixes Latin letters with look-alikes from another script or style. */
export function mixesScripts(text: Untrusted): boolean {
  if (isAscii(rawText(text))) return false;
  return rawText(text)
    .split(/[\s\p{Z},;:!?()"“”„«»]+/u)
    .some((part) => {
      if (isAscii(part)) return false;
      const words = part.split(/[^\p{L}\p{M}\p{N}]+/u);
      return (
        words.some(isMixed) || falseHyphen.test(part) || (/[A-Za-z]/.test(part) && words.some(isDisguised))
      );
    });
}

/** Whether a text as a whole could be taken for Latin letters, as the Cyrillic `оса` for `oca`. */
export function looksLatin(text: Untrusted): boolean {
  const words = (isAscii(rawText(text)) ? null : rawText(text).match(/[\p{L}\p{M}\p{N}]+/gu)) ?? [];
  return words.some((word) => !isAscii(word)) && words.every((word) => isAscii(word) || isDisguised(word));
}

/** Names, by what they look like. */
export class KnownNames {
  readonly #all = new Map<string, Set<string>>();
  readonly #trusted = new Map<string, Set<string>>();
  readonly #trustedNames: ReadonlySet<string>;

  /**
   * @param all every name that is known
   * @param trusted the names among them that others vouched for
   */
  constructor(all: Iterable<string>, trusted: Iterable<string>) {
    this.#trustedNames = new Set(trusted);
    for (const name of this.#trustedNames) add(this.#trusted, name);
    for (const name of new Set(all)) if (isAscii(name)) add(this.#all, name);
  }

  /**
   * Whether a name looks like another name that is known. Two names that look alike and that others vouched for are
   * no danger, unless one of them is not ASCII and the other one is.
   */
  looksLikeAnother(name: string): boolean {
    const isOther = (other: string): boolean => other !== name;
    const looks = skeleton(name);
    const others = (names: ReadonlyMap<string, ReadonlySet<string>>): boolean =>
      [...(names.get(looks) ?? [])].some(isOther);
    if (!isAscii(name) && (others(this.#all) || others(this.#trusted))) return true;
    return !this.#trustedNames.has(name) && others(this.#trusted);
  }
}

function add(names: Map<string, Set<string>>, name: string): void {
  const looks = skeleton(name);
  const same = names.get(looks);
  if (same) same.add(name);
  else names.set(looks, new Set([name]));
}
