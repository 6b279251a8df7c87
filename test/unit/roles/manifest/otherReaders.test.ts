import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CORE_SCHEMA, loadAll, YAML11_SCHEMA } from 'js-yaml';
import { parseAllDocuments } from 'yaml';
import { parseManifest } from '../../../../src/roles/manifest/parseManifest.ts';
import { assertProperty } from '../../../support/property.ts';

/** What other programs read in the same text: by another parser, by YAML 1.1, and by one that knows more line ends. */
const readers: Readonly<Record<string, (text: string) => readonly unknown[]>> = {
  'js-yaml, YAML 1.2': (text) => loadAll(text, { schema: CORE_SCHEMA }),
  'js-yaml, YAML 1.1': (text) => loadAll(text, { schema: YAML11_SCHEMA }),
  'yaml, YAML 1.1': (text) =>
    parseAllDocuments(text, { version: '1.1', schema: 'yaml-1.1', logLevel: 'silent' }).map(
      (document): unknown => {
        if (document.errors[0]) throw document.errors[0];
        return document.toJS() as unknown;
      },
    ),
  'YAML 1.1, where NEL, LS and PS end a line': (text) =>
    loadAll(text.replace(/\r(?!\n)|[\u0085\u2028\u2029]/g, '\n'), { schema: YAML11_SCHEMA }),
};

/** A value in plain JSON. Maps of other parsers may lack a prototype. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

const manifest = `# The team on call
kind: role
version: v7
metadata:
  name: dev
  description: "on call"
  labels: {team: a, 'size': "2"}
spec:
  options:
    max_session_ttl: 1h
    forward_agent: false
  allow:
    logins: [dev, 'ops'] # both
    node_labels:
      env: [prod, "stage"]
      '*': x
    # kubernetes_groups: [system:masters]
    rules:
    - resources: [session]
      verbs: [list, read]
      where: "x"
    request:
      roles:
      - kube-admin
      thresholds:
      - {approve: 2, deny: 1, name: two}
`;

/** Pieces that readers of YAML are known to disagree about, and such that make one of another. */
const pieces = [
  ...[
    '\r',
    '\u0085',
    '\u2028',
    '\u2029',
    '\0',
    '\u000b',
    '\u000c',
    '\ufeff',
    '\u00a0',
    '\u200b',
    '\u007f',
    '\ud800',
    '\u3000',
  ],
  ...[
    '\n',
    '\r\n',
    '\t',
    ' ',
    '  ',
    '    ',
    '\n\n',
    '\n    ',
    '\n  ',
    ' #',
    '#',
    '# x\n',
    '\\',
    '\\\n',
    '\n---\n',
    '\n...\n',
    '--- ',
  ],
  ...[
    ':',
    ': ',
    ' : ',
    ',',
    ', ',
    '-',
    '- ',
    '? ',
    '?',
    '[',
    ']',
    '{',
    '}',
    '[]',
    '{}',
    '|',
    '>',
    '|-\n      ',
    '>+\n      ',
    '|2\n      ',
  ],
  ...[
    '"',
    "'",
    '""',
    "''",
    '&a ',
    '*a',
    '!!str ',
    '!',
    '!!binary ',
    '<<: ',
    '<<',
    '%',
    '%YAML 1.1\n',
    '@',
    '`',
    '=',
  ],
  ...[
    'yes',
    'No',
    'ON',
    'y',
    'n',
    '~',
    'null',
    'Null',
    'true',
    'TRUE',
    '.inf',
    '.NaN',
    '-.INF',
    '1',
    '01',
    '0o7',
    '0x1F',
    '0b11',
  ],
  ...[
    '1_000',
    '1e3',
    '1.0',
    '.5',
    '+1',
    '-0',
    '1:30',
    '2020-01-01',
    '2001-12-14t21:59:43.10-05:00',
    '99999999999999999999',
    '1.',
  ],
  ...[
    '"\\x41"',
    '"\\u0041"',
    '"\\N"',
    '"\\L"',
    '"\\/"',
    '"a\\\n  b"',
    "'it''s'",
    '"a\n  b"',
    'a\n      b',
    'x#y',
    'x #y',
    'a: b',
    '__proto__',
  ],
  ...[
    'kubernetes_groups: [system:masters]',
    '    kubernetes_groups: [system:masters]\n',
    'logins: [root]',
    'a',
    'é',
    '日',
    '\u{1f600}',
  ],
];

const hostile = fc
  .array(
    fc.record({
      at: fc.nat(manifest.length),
      cut: fc.integer({ min: 0, max: 12 }),
      piece: fc.constantFrom(...pieces),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((edits) =>
    edits.reduce((text, { at, cut, piece }) => text.slice(0, at) + piece + text.slice(at + cut), manifest),
  );

/** Compares a text with what other readers find in it. @returns whether there was something to compare */
function agrees(text: string): boolean {
  const { documents, problems } = parseManifest(text);
  if (problems.length > 0) return false;
  const ours = documents.map(({ value }) => plain(value));
  for (const [name, read] of Object.entries(readers)) {
    const theirs = read(text).filter((value) => value !== null && value !== undefined);
    assert.deepEqual(theirs.map(plain), ours, name);
  }
  return true;
}

describe('a manifest without a problem', () => {
  it('is the same to every other reader of YAML, whatever is put into it', () => {
    assert.ok(agrees(manifest));
    let compared = 0;
    assertProperty(
      fc.property(hostile, (text) => {
        compared += Number(agrees(text));
      }),
      2_500,
    );
    assert.ok(compared > 100, `only ${compared} texts had no problem`);
  });

  it('with any one of the pieces at any place is the same to every other reader', () => {
    for (const piece of pieces)
      for (let at = 0; at <= manifest.length; at += 7)
        agrees(manifest.slice(0, at) + piece + manifest.slice(at));
  });
});

describe('characters that end a line for some readers only', () => {
  const comment = manifest.replace('    # kubernetes_groups', '    # on call#    kubernetes_groups');
  for (const [name, character] of Object.entries({ CR: '\r', NEL: '\u0085', LS: '\u2028', PS: '\u2029' })) {
    it(`${name} after a comment is refused at its place, and a fix keeps it a comment`, () => {
      const text = comment.replace('call#', `call${character}`);
      const { problems } = parseManifest(text);
      const [problem] = problems;
      assert.deepEqual([problems.length, problem?.code, problem?.severity], [1, 'control', 'error']);
      assert.equal(text.slice(problem!.span.start, problem!.span.end), character);
      const [edit] = problem!.fixes[0]!.edits;
      const fixed = text.slice(0, edit!.span.start) + edit!.text + text.slice(edit!.span.end);
      assert.ok(agrees(fixed));
      assert.deepEqual(parseManifest(fixed).documents[0]?.value, parseManifest(manifest).documents[0]?.value);
    });
    it(`${name} as an escape in quotation marks is fine`, () => {
      const code = character.charCodeAt(0).toString(16).padStart(4, '0');
      assert.ok(agrees(manifest.replace('"on call"', `"on\\u${code}call"`)));
    });
  }

  it('and other controls, half characters and a byte order mark inside are refused everywhere', () => {
    for (const character of [
      '\0',
      '\u0001',
      '\b',
      '\u000b',
      '\u000c',
      '\u001b',
      '\u007f',
      '\u0080',
      '\u009f',
      '\ufeff',
      '\uffff',
      '\ud800',
    ])
      for (const at of [
        manifest.indexOf('on call'),
        manifest.indexOf('The team'),
        manifest.indexOf('ops'),
        manifest.length,
      ]) {
        const { problems } = parseManifest(manifest.slice(0, at) + character + manifest.slice(at));
        const found = problems.find(({ code }) => code === 'control');
        assert.deepEqual(
          [found?.span, found?.severity],
          [{ start: at, end: at + 1 }, 'error'],
          JSON.stringify(character),
        );
      }
  });

  it('but not a byte order mark at the start, line ends of Windows and tabs after text', () => {
    assert.ok(agrees(`\ufeff${manifest}`));
    assert.ok(agrees(manifest.replaceAll('\n', '\r\n')));
    assert.ok(agrees(manifest.replace(' # both', '\t# both')));
  });
});
