import assert from 'node:assert/strict';
import { commandProblem, longestCommand } from '../../../../src/access/untrusted/commandLine.ts';

describe('a command that is to run elevated', () => {
  it('is taken as it is typed', () => {
    for (const text of ['kubectl get pods -n "zahlung ä"', "a | b && c; d > 'e' $(f) `g`", '日本語 🙂'])
      assert.equal(commandProblem(text), undefined, text);
  });

  it('that would not run as it is shown is refused', () => {
    for (const character of [
      '\n',
      '\r',
      '\u0003',
      '\u001b',
      '\t',
      '\u007f',
      '\u0085',
      '\u2028',
      '\u202e',
      '\u200b',
      '\ud800',
    ])
      assert.equal(commandProblem(`kubectl get${character}pods`), 'unseen', JSON.stringify(character));
  });

  it('nothing that is not seen, or looks like a plain space and is none, is let through', () => {
    const unseen =
      '\u3164\uffa0\u115f\u1160\u2800\ufe0f\u{e0100}\u034f\u17b4\u00a0\u180b\u2003\u3000\u1680\u00ad\u2060\ufeff\u{e0041}\ufffc\u{1d159}\u{13441}\u{16fe4}\u0378\ue000';
    for (const character of Array.from(unseen))
      assert.equal(
        commandProblem(`kubectl delete ns prod${character}`),
        'unseen',
        character.codePointAt(0)?.toString(16),
      );
  });

  it('that is empty, or too long to be shown, is refused', () => {
    assert.equal(commandProblem(''), 'empty');
    assert.equal(commandProblem('   '), 'empty');
    assert.equal(commandProblem('x'.repeat(longestCommand)), undefined);
    assert.equal(commandProblem('x'.repeat(longestCommand + 1)), 'tooLong');
  });
});
