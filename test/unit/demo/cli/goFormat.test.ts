import assert from 'node:assert/strict';
import {
  goDuration,
  goJson,
  escapeUnprintable,
  parseDuration,
  quote,
  utcRfc3339,
} from '../../../../demo/cli/goFormat.ts';

describe('demo: prints as Go does', () => {
  it('quotes control and formatting characters, and leaves letters of any script', () => {
    assert.equal(
      quote('a\x1b[31m\x07 \u202e"\\\n ünïcode 日本 🙂'),
      '"a\\x1b[31m\\a \\u202e\\"\\\\\\n ünïcode 日本 🙂"',
    );
  });

  it('keeps an error readable and its control characters harmless', () => {
    assert.equal(escapeUnprintable('one\n\ttwo'), 'one\n\ttwo');
    assert.equal(escapeUnprintable('no \x1b[31m'), '"no \\x1b[31m"');
  });

  it('writes durations', () => {
    assert.equal(goDuration(3_600_000), '1h0m0s');
    assert.equal(goDuration(336 * 3_600_000), '336h0m0s');
    assert.equal(goDuration(-90_000), '-1m30s');
    assert.equal(goDuration(0), '0s');
    assert.equal(goDuration(30 * 3_600_000 - 22), '29h59m59.978s');
  });

  it('reads durations, days too', () => {
    assert.equal(parseDuration('1h30m'), 5_400_000);
    assert.equal(parseDuration('1d'), 86_400_000);
    assert.equal(parseDuration('-5m'), -300_000);
    assert.throws(() => parseDuration('soon'), /invalid duration "soon"/);
  });

  it('drops the trailing zeros of a fraction', () => {
    assert.equal(utcRfc3339(Date.UTC(2026, 10, 22, 13, 47, 38, 460)), '2026-11-22T13:47:38.46Z');
    assert.equal(utcRfc3339(Date.UTC(2026, 10, 22, 13, 40, 0)), '2026-11-22T13:40:00Z');
  });

  it('indents what lies in a map from the margin in tsh, and properly in tctl', () => {
    const value = { rtm: new Map([['r', { s: [1] }]]) };
    assert.equal(goJson(value), '{\n  "rtm": {\n    "r": {\n  "s": [\n    1\n  ]\n}\n  }\n}');
    assert.equal(goJson(value, 'tctl'), JSON.stringify({ rtm: { r: { s: [1] } } }, undefined, 2));
  });

  it('escapes HTML in tctl only', () => {
    assert.equal(goJson('<&>'), '"<&>"');
    assert.equal(goJson('<&>', 'tctl'), '"\\u003c\\u0026\\u003e"');
  });
});
