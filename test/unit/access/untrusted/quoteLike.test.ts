import assert from 'node:assert/strict';
import fc from 'fast-check';
import { forModal, forSentence, wholeForModal } from '../../../../src/access/untrusted/sinks.ts';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { assertProperty } from '../../../support/property.ts';

/** Code points that `confusables.txt` of Unicode 17 maps to one or more apostrophes. */
const confusables = [
  ...[0x22, 0x27, 0x60, 0xb4, 0x2b9, 0x2ba, 0x2bb, 0x2bc, 0x2bd, 0x2be, 0x2c8, 0x2ca, 0x2cb, 0x2dd, 0x2ee],
  ...[0x2f4, 0x2f6, 0x374, 0x384, 0x55a, 0x55d, 0x5d9, 0x5f2, 0x5f3, 0x5f4, 0x7f4, 0x7f5, 0x144a, 0x16cc],
  ...[0x1cd3, 0x1fbd, 0x1fbf, 0x1fef, 0x1ffd, 0x1ffe, 0x2018, 0x2019, 0x201b, 0x201c, 0x201d, 0x201f, 0x2032],
  ...[
    0x2033, 0x2034, 0x2035, 0x2036, 0x2037, 0x2057, 0x3003, 0xa78c, 0xff02, 0xff07, 0xff40, 0x16f51, 0x16f52,
  ],
];
/** More of the kind: other quotes, ornaments, voicing marks, and accents that need a letter below them. */
const others = [
  ...[
    0xab, 0xbb, 0x201a, 0x201e, 0x2039, 0x203a, 0x275b, 0x275c, 0x275d, 0x275e, 0x275f, 0x2760, 0x2e42,
    0x300c,
  ],
  ...[
    0x300d, 0x301d, 0x301e, 0x301f, 0x309b, 0x309c, 0xff9e, 0xa78b, 0x1f676, 0x1f677, 0x1f678, 0x2e1d, 0x2e21,
  ],
];
const looseAccents = ['\u030b', '\u030e', '\u0301\u0301', '\u064b', '\u3099', '\u1cda'];

const quotes = [...confusables, ...others].map((code) => String.fromCodePoint(code));

/** What stands between the marks; the test fails if a mark is missing. */
function inside(shown: string): string {
  assert.match(shown, /^“.*”$/u);
  return shown.slice(1, -1);
}

describe('A text in quotation marks', () => {
  it('cannot close them with anything that looks like a closing mark, alone, twice or mixed', () => {
    const closing = fc.array(fc.constantFrom(...quotes, ...looseAccents), { minLength: 1, maxLength: 4 });
    assertProperty(
      fc.property(closing, (marks) => {
        const text = `renew the certificate${' '.repeat(marks.length % 2)}${marks.join('')} How long: 5 min`;
        for (const sink of [forModal, forSentence, wholeForModal]) {
          const shown = inside(sink(untrusted(text)) ?? '');
          assert.doesNotMatch(shown, /['"]{2}/, shown);
          // All that is left of any mark is a straight apostrophe, and accents on the letter before them.
          const between = shown.slice('renew the certificate'.length, -' How long: 5 min'.length);
          assert.match(between, /^ ?\p{M}*[ '"]*$/u, shown);
        }
      }),
      3_000,
    );
  });

  for (const mark of quotes)
    it(`cannot close them with U+${mark.codePointAt(0)?.toString(16).padStart(4, '0') ?? ''}`, () => {
      assert.equal(forModal(untrusted(`one${mark} two`)), mark === '"' ? '“one" two”' : "“one' two”");
      assert.equal(forModal(untrusted(`one${mark}${mark}two`)), "“one'two”");
    });

  it('keeps what only resembles them in another script, and ordinary words', () => {
    for (const text of ["the shop's disk", 'יידיש', 'データベース', 'café', '👍🏽', '2^10'])
      assert.equal(inside(forModal(untrusted(text))), text);
  });
});
