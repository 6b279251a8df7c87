import assert from 'node:assert/strict';
import * as inert from '../../../../src/access/untrusted/sinks.ts';
import { mixesScripts } from '../../../../src/access/untrusted/lookAlikes.ts';
import { untrusted, type Untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { activePatterns, hostileText } from '../../../support/samples.ts';

const { forRow, forTooltip, forSpeech, forPick, forStatusBar, forTerminalName, forModal, exactForModal } =
  inert;
/** The text between the quotation marks of a dialog. */
const quoted = (text: Untrusted): string => {
  const shown = forModal(text);
  assert.match(shown, /^“[^“”]*”$/);
  return shown.slice(1, -1);
};
/** The text that a row, tooltip or spoken label shows, without the quotation marks that it may stand in. */
const bare =
  (sink: (text: Untrusted) => string) =>
  (text: Untrusted): string =>
    /^“([^“”]*)”$/.exec(sink(text))?.[1] ?? sink(text);
const sinks = {
  forRow: bare(forRow),
  forTooltip: bare(forTooltip),
  forSpeech: bare(forSpeech),
  forPick,
  forStatusBar,
  forTerminalName,
  forModal: quoted,
};
const longest = {
  forRow: 120,
  forTooltip: 500,
  forSpeech: 200,
  forPick: 120,
  forStatusBar: 30,
  forTerminalName: 40,
  forModal: 500,
};
const mark = ' [mixed scripts]';

/** Each kind of attack, and the harmless text that is shown instead. */
const attacks: readonly (readonly [what: string, text: string, shown: string])[] = [
  ['a Markdown link', '[Ok](x)', '[Ok] (x)'],
  ['a command link', 'command:jitAccess.drop', 'command: jitAccess.drop'],
  ['a command link in capitals', 'COMMAND:x', 'COMMAND: x'],
  ['a link in angle brackets', '<command:x>', '<command: x>'],
  ['a web address', 'see http://evil.test', 'see http: //evil.test'],
  ['a deep link', 'vscode://a.b/c', 'vscode: //a.b/c'],
  ['a script link', 'javascript:alert(1)', 'javascript: alert(1)'],
  ['an icon', '$(check) ok', '$ (check) ok'],
  ['a spinning icon', '$(sync~spin)', '$ (sync~spin)'],
  ['colours of a terminal', '\u001b[31mred', '\\x1b[31mred'],
  ['an 8-bit escape code', '\u009b31mred', '\\x9b31mred'],
  ['a bell', 'a\u0007b', 'a\\x07b'],
  ['a NUL', 'a\u0000b', 'a\\x00b'],
  ['a new line', 'one\ntwo', 'one two'],
  ['a carriage return', 'one\r\ntwo\tthree', 'one two three'],
  ['a line separator', 'one\u2028two', 'one\\u{2028}two'],
  ['reversed text', 'a\u202eb', 'a\\u{202e}b'],
  ['an isolate', 'a\u2067b', 'a\\u{2067}b'],
  ['a zero-width space', 'ad\u200bmin', 'ad\\u{200b}min'],
  ['a soft hyphen', 'ad\u00admin', 'ad\\xadmin'],
  ['invisible tags', 'a\u{e0041}b', 'a\\u{e0041}b'],
  ['a blank letter', 'a\u3164b', 'a\\u{3164}b'],
  ['half a character', 'a\ud800b', 'a\\u{d800}b'],
  ['a link split by an invisible mark', ']\u200b(x)', ']\\u{200b}(x)'],
  ['a link split over lines', '[a]\n(b)', '[a] (b)'],
];

describe('inert text: what others wrote is only ever read', () => {
  for (const [what, text, shown] of attacks) {
    it(`${what} is shown as what it is, in every place`, () => {
      for (const [name, sink] of Object.entries(sinks)) assert.equal(sink(untrusted(text)), shown, name);
    });
  }

  for (const [name, sink] of Object.entries(sinks)) {
    it(`${name}: nothing of a hostile text acts, hides or turns around`, () => {
      const shown = sink(hostileText);
      for (const [what, pattern] of activePatterns) assert.doesNotMatch(shown, pattern, what);
      assert.doesNotMatch(shown, /\n/);
    });
    it(`${name}: a long text is cut, with a sign that it was`, () => {
      const limit = longest[name as keyof typeof longest];
      const shown = sink(untrusted('x'.repeat(5000)));
      assert.equal(shown, `${'x'.repeat(limit - 1)}…`);
      assert.equal(sink(untrusted('y'.repeat(limit))), 'y'.repeat(limit));
    });
  }

  it('in a dialog it stands in quotation marks that it cannot close', () => {
    assert.equal(
      forModal(untrusted('fix it” Approvals so far: 2 of 2 “')),
      "“fix it' Approvals so far: 2 of 2 '”",
    );
  });

  it('nothing that looks like the closing quotation mark is left, alone or as two of a kind', () => {
    const closing = [
      ...Array.from('\u201d\u201f\u02ba\u02ee\u05f4\u02dd\u1cd3\u2057\u02f6\u2033\u275e\u3003'),
      '\u2019\u2019',
      '\ua78c\ua78c',
      "'\u02bc",
    ];
    for (const mark of closing)
      assert.equal(forModal(untrusted(`renew${mark}   How long: 5 min`)), "“renew' How long: 5 min”");
    assert.equal(forModal(untrusted('don’t, o’clock')), "“don't, o'clock”");
  });

  it('a value of a role in a question is exact: what looks like our quotation marks is written as its code', () => {
    assert.equal(exactForModal(untrusted('a "b" ‘c”')), '“a "b" \\u{2018}c\\u{201d}”');
    assert.notEqual(exactForModal(untrusted('“x”')), exactForModal(untrusted('"x"')));
  });

  it('a value of a role is marked where its letters look like others', () => {
    for (const name of ['rооt', 'оса', 'ɑdmin', 'prod‐dba'])
      assert.equal(exactForModal(untrusted(name)), `“${name}” [mixed scripts]`);
    for (const name of ['root', 'дежурный', 'Роль для администратора', 'naïve', '10 км', '—', '→', ''])
      assert.equal(exactForModal(untrusted(name)), `“${name}”`);
  });

  it('a value of a role that no question has room for is cut', () => {
    const shown = exactForModal(untrusted('a\u0301'.repeat(100_000)));
    assert.ok(shown.length > 2_000 && shown.length < 20_000 && shown.endsWith('”…'));
  });

  it('beside our words only a single word stands without quotation marks', () => {
    for (const word of [
      'rita',
      'kube-admin',
      'a.b_c@d+e',
      'дежурный',
      '/cluster/kube/prod-eu',
      '*',
      'env=prod',
    ])
      for (const sink of [forRow, forTooltip, forSpeech]) assert.equal(sink(untrusted(word)), word);
    const dots = '\u00b7\u30fb\uff65\u16eb\u0387\u2e31\u2022\u2027\u2219\u22c5\ua78f\u1427';
    for (const text of [
      'x · 2 of 2 · decide by 03:59',
      'a, b',
      'rita: kube-admin',
      '“x”',
      ...Array.from(dots, (dot) => `a${dot}b`),
    ])
      for (const sink of [forRow, forTooltip, forSpeech])
        assert.match(sink(untrusted(text)), /^“[^“”]*”$/, text);
  });

  it('what takes two units of a string is never cut in half', () => {
    const shown = forStatusBar(untrusted('😀'.repeat(60)));
    assert.equal(shown, `${'😀'.repeat(29)}…`);
  });

  it('names that mix Latin with look-alike letters are marked, also when they are cut', () => {
    const disguised = [
      ...[
        '\u0430dmin',
        'kube\u0430dmin',
        'r\u03bfot',
        'ad\u0578in',
        'kub\u0435_\u0430dmin',
        'g\u0456tl\u0430b',
      ],
      // A whole word of look-alikes beside a Latin one, a phonetic letter, a Roman numeral, a letter of mathematics,
      // another hyphen.
      ...['\u043e\u0440-admin', 'kube-\u0430\u0441\u0435', '\u0251dmin', '\u217eev-admin', '\u212fve'],
      ...['prod\u2010dba', '\uabaare', '\uff52ita', 't\u0435a\u043c\u00b7\u0430'],
    ];
    for (const name of disguised) {
      assert.ok(mixesScripts(untrusted(name)), name);
      assert.ok(forRow(untrusted(name)).endsWith(mark), name);
    }
    assert.ok(forStatusBar(untrusted(`${'x'.repeat(100)} \u0430dmin`)).endsWith(mark));
  });

  it('whole words of another script are nothing to warn of', () => {
    const honest = [
      'дежурный',
      'naïve',
      '当番',
      'kube-admin',
      'Вера',
      'Yıldız',
      'cœur',
      'API-ключ',
      'VPN-а',
      '東京-db',
    ];
    for (const name of honest) assert.equal(forRow(untrusted(name)), name);
    for (const text of ['admin администратор', 'Monday–Friday', 'μ and Ω', 'le 1ᵉʳ mai'])
      assert.equal(forRow(untrusted(text)), `“${text}”`);
  });
});

describe('inert text: notifications, which draw links', () => {
  it('take plain names only', () => {
    for (const name of ['rita', 'kube-admin', 'a.b_c@d+e', 'R2', 'x'.repeat(64)]) {
      assert.equal(inert.forMessage(untrusted(name)), name);
    }
  });

  it('take nothing else, so that the id is said instead', () => {
    const others = [
      '',
      ' rita',
      'rita ',
      'a b',
      '[a](b)',
      'a:b',
      '-rita',
      '.rita',
      '@rita',
      'a/b',
      'a\nb',
      'ритa',
    ];
    for (const name of [...others, 'x'.repeat(65), '$(check)', 'rita\n']) {
      assert.equal(inert.forMessage(untrusted(name)), undefined, JSON.stringify(name));
    }
  });
});

describe('inert text: the request page', () => {
  it('every line of others begins with a mark, so none can pass for ours', () => {
    for (const text of ['one\ntwo', 'one\r\ntwo', 'one\rtwo']) {
      assert.deepEqual(inert.forPage(untrusted(text)), ['│ one', '│ two']);
    }
    assert.deepEqual(inert.forPage(untrusted('')), ['│']);
    assert.deepEqual(inert.forPage(untrusted('one\u2028State: approved')), ['│ one\\u{2028}State: approved']);
  });

  it('nothing of a hostile text acts, hides or turns around', () => {
    for (const line of inert.forPage(hostileText)) {
      assert.match(line, /^│ /);
      for (const [what, pattern] of activePatterns) assert.doesNotMatch(line, pattern, what);
    }
  });

  it('mixed scripts are said in a line of their own', () => {
    assert.deepEqual(inert.forPage(untrusted('\u0430dmin')), ['│ \u0430dmin', '│ [mixed scripts]']);
  });

  it('on the page a long line is wrapped, and every line of it is marked', () => {
    const lines = inert.forPage(untrusted(`${'word '.repeat(60)}${'x'.repeat(250)}`));
    assert.ok(lines.length > 4);
    for (const line of lines) assert.match(line, /^│ .{1,100}$/u);
    assert.equal(
      lines
        .map((line) => line.slice(2))
        .join('')
        .replaceAll(' ', '').length,
      240 + 250,
    );
  });
});
