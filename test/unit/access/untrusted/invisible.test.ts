import assert from 'node:assert/strict';
import { commandProblem } from '../../../../src/access/untrusted/commandLine.ts';
import { hasInvisible } from '../../../../src/access/untrusted/invisible.ts';
import { forJson, forModal, forPage, forRow, exactForModal } from '../../../../src/access/untrusted/sinks.ts';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { isSendableName } from '../../../../src/access/requestDraft.ts';
import { writeYaml } from '../../../../src/roles/manifest/writeYaml.ts';

/** Every character that is not seen, by properties of Unicode that the code does not use. */
const unseen = Array.from({ length: 0x3_0000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))
  .filter((character) =>
    /[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{General_Category=Other}\p{Noncharacter_Code_Point}\u2800]/u.test(
      character,
    ),
  )
  .filter((character) => character !== ' ');

describe('a character that cannot be seen', () => {
  it('is one class for commands, names, questions, rows, pages, files and differences', () => {
    assert.ok(unseen.length > 1_000);
    for (const character of unseen) {
      const text = `a${character}b`;
      const code = character.codePointAt(0)?.toString(16);
      assert.ok(hasInvisible(text), code);
      assert.equal(commandProblem(text), 'unseen', code);
      assert.ok(!isSendableName(untrusted(text)), code);
      const shown = [forRow, forModal, exactForModal].map((sink) => sink(untrusted(text)));
      const written = [
        ...shown,
        ...forPage(untrusted(text)),
        forJson(text).trim(),
        writeYaml({ a: text }).trim(),
      ];
      for (const line of written) assert.ok(!hasInvisible(line), `${code}: ${line}`);
    }
  });

  it('but not a letter, an accent, an emoji with its selector or a plain space', () => {
    for (const text of ['naïve', 'e\u0301', '日本語', 'пример', 'a b', '☃', '😀', '·'])
      assert.ok(!hasInvisible(text), text);
    assert.equal(forPage(untrusted('\u2764\ufe0f'))[0], '│ \u2764\ufe0f');
  });
});
