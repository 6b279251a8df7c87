/*
 * Characters that look like a quotation mark or like half of one. Sources: the property Quotation_Mark and
 * `confusables.txt` of Unicode 17 (what it maps to apostrophes), and the categories and blocks that hold more of
 * the kind: quotes (Pi, Pf), spacing accents (Sk, but not `^` and skin colours), modifier signs, primes,
 * ornaments. The letter yod looks like an apostrophe only beside no other Hebrew letter.
 */
/* eslint-disable no-misleading-character-class -- these characters are meant one by one */
const quoteLike =
  /(?:[\p{Quotation_Mark}\p{Pi}\p{Pf}\u02b9-\u02df\u02e5-\u02ff\u0374\u055a-\u055d\u05f3\u05f4\u07f4\u07f5\u144a\u16cc\u1cd3\u2032-\u2037\u2057\u275b-\u2760\u3003\ua78b\ua78c\uff9e\uff9f\u{16f51}\u{16f52}\u{1f676}-\u{1f678}]|(?![\^\u{1f3fb}-\u{1f3ff}])\p{Sk}|(?<![\u05d0-\u05ea])[\u05d9\u05f2]+(?![\u05d0-\u05ea]))+/gu;
/* eslint-enable no-misleading-character-class */

/** An accent that stands on no letter or digit: on a space it looks like a quotation mark. */
const looseAccent = /(?<![\p{L}\p{N}]\p{M}*)(?![\ufe0e\ufe0f])\p{M}+/gu;

/** A straight quotation mark or apostrophe that stands alone is no curly one, and expressions need it. */
const straighten = (text: string): string =>
  text.replace(quoteLike, (run) => (run === '"' || run === "'" ? run : "'"));

/**
 * Makes a text unable to imitate the curly quotation marks in which it stands, so that it cannot close them:
 * whatever looks like quotes becomes one straight apostrophe, also several in a row.
 */
export const withoutQuotes = (text: string): string => straighten(straighten(text).replace(looseAccent, "'"));

/**
 * The same for a text whose every character counts: whatever looks like quotes, but for the straight ones, is
 * written by `escape`.
 */
export const withQuotesEscaped = (text: string, escape: (character: string) => string): string =>
  [looseAccent, quoteLike].reduce(
    (shown, pattern) => shown.replace(pattern, (marks) => marks.replace(/[^"'`]/gu, escape)),
    text,
  );
