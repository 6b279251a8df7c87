import assert from 'node:assert/strict';
import { sessionLimitOf, readDuration, writeDuration } from '../../../../src/roles/role/duration.ts';

const hour = 3_600_000;

describe('a duration of a role', () => {
  for (const [text, expected] of [
    ['1h', hour],
    ['1h0m0s', hour],
    ['90m', 1.5 * hour],
    ['1.5h', 1.5 * hour],
    ['.5h', hour / 2],
    ['1d12h', 36 * hour],
    ['30h0m0s', 30 * hour],
    ['100ms', 100],
    ['-1h', -hour],
    ['+1h', hour],
    ['0', 0],
    ['0s', 0],
    ['never', 0],
  ] as const)
    it(`${text} is understood`, () => assert.equal(readDuration(text), expected));

  for (const text of [
    '',
    '1',
    '1 h',
    'h',
    '1h ',
    '1x',
    '--1h',
    '1h-1m',
    '.h',
    '1w',
    'ein',
    '1H',
    '9'.repeat(400) + 'h',
  ])
    it(`“${text.slice(0, 9)}” is none`, () => assert.equal(readDuration(text), undefined));
});

describe('a length', () => {
  it('is written as short as Teleport reads it, and read back the same', () => {
    const lengths = [0, 45_000, hour / 4, hour, 1.5 * hour, 36 * hour];
    assert.deepEqual(lengths.map(writeDuration), ['0s', '45s', '15m', '1h', '1h30m', '36h']);
    assert.deepEqual(
      lengths.map((length) => readDuration(writeDuration(length))),
      lengths,
    );
  });

  it('as the team’s limit, nonsense and nothing count as six hours', () => {
    const hours = (setting: string): number => sessionLimitOf(setting) / 3_600_000;
    assert.deepEqual([' 90m ', '1h30m', '', 'soon', '0s', '-2h'].map(hours), [1.5, 1.5, 6, 6, 6, 6]);
  });
});
