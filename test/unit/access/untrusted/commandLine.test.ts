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

  it('that is empty, or too long to be shown, is refused', () => {
    assert.equal(commandProblem(''), 'empty');
    assert.equal(commandProblem('   '), 'empty');
    assert.equal(commandProblem('x'.repeat(longestCommand)), undefined);
    assert.equal(commandProblem('x'.repeat(longestCommand + 1)), 'tooLong');
  });
});
