import assert from 'node:assert/strict';
import { rawText } from '../../../../src/access/untrusted/untrusted.ts';
import { parseManifest, type Manifest } from '../../../../src/roles/manifest/parseManifest.ts';
import { valueAt } from '../../../../src/roles/role/value.ts';
import { checkManifest } from '../../../../src/roles/checks/checks.ts';
import { mostProblems } from '../../../../src/roles/manifest/problem.ts';
import { hostileManifests } from '../../../support/roles/hostileManifests.ts';
import { readFixture } from '../../../support/fixtures.ts';

const good = `kind: role
version: v7
metadata: {name: dev-team}
spec:
  options: {max_session_ttl: 12h}
  allow:
    logins: [dev]
    node_labels: {env: dev}
    request: {roles: [kube-admin]}
`;

const namesIn = ({ documents }: Manifest): string[] => documents.map(({ name }) => rawText(name));
const codes = ({ problems }: Manifest): string[] => problems.map(({ code }) => code);

/** The manifest with these lines in place of the logins. */
const withAllow = (lines: string): string => good.replace('    logins: [dev]\n', lines);

const withLabels = (labels: string): string => good.replace('{env: dev}', labels);
const withOption = (option: string): string => good.replace('max_session_ttl: 12h', option);

/** The text after the first fix of its first problem. */
function fixed(text: string): string {
  const [edit] = parseManifest(text).problems[0]?.fixes[0]?.edits ?? [];
  assert.ok(edit);
  return text.slice(0, edit.span.start) + edit.text + text.slice(edit.span.end);
}

describe('a manifest', () => {
  for (const name of ['community', 'enterprise'])
    it(`of several roles is read: ${name}`, () => {
      const text = readFixture(`${name}-roles.yaml`);
      const manifest = parseManifest(text);
      assert.deepEqual(manifest.problems, []);
      assert.ok(manifest.documents.length >= 5);
      assert.deepEqual(namesIn(manifest).slice(0, 3), ['dev-team', 'prod-team', 'kube-admin']);
    });

  it('with tabs as indentation gets spaces by a fix; of a key that stands there twice the later one goes', () => {
    assert.equal(fixed(good.replace('  options', '\toptions')), good);
    const withDuplicate = (later: string): string =>
      good.replace('    node_labels', `${later}    node_labels`);
    for (const later of [
      '    logins: [root] # old\n',
      '    logins:\n      - root\n      - admin\n',
      '    logins:\n',
    ])
      assert.equal(fixed(withDuplicate(later)), good, later);
    assert.equal(fixed(`${good}kind: role`), good);
    const flow = parseManifest(withLabels('{env: dev, env: prod}')).problems[0];
    assert.deepEqual([flow?.code, flow?.fixes], ['duplicateKey', []]);
  });

  it('tells where a value stands, and where it would', () => {
    const [role] = parseManifest(good).documents;
    const textAt = (...path: (string | number)[]): string => {
      const { start, end } = role?.spanAt(path) ?? { start: 0, end: 0 };
      return good.slice(start, end);
    };
    assert.equal(textAt('spec', 'allow', 'request', 'roles', 0), 'kube-admin');
    assert.equal(textAt('spec', 'options', 'max_session_ttl'), '12h');
    assert.equal(textAt('spec', 'allow', 'request', 'reason', 'mode'), '{roles: [kube-admin]}');
    assert.equal(textAt(), good.trimEnd());
  });

  it('may be JSON, with CRLF, a byte order mark, comments and empty documents', () => {
    for (const text of [
      JSON.stringify({ kind: 'role', version: 'v4', metadata: { name: 'x' }, spec: {} }),
      good.replaceAll('\n', '\r\n'),
      `\ufeff${good}`,
      `# ours\n---\n---\n${good}...\n---\n# end\n`,
    ]) {
      const manifest = parseManifest(text);
      assert.deepEqual(codes(manifest), [], text);
      assert.equal(manifest.documents.length, 1);
    }
  });

  it('may name a role by anything: a name is data', () => {
    for (const name of ['a/b', '-rf', '@/etc/hostname', 'CON', '../../x', '__proto__', 'a\nb', 'ü 😀']) {
      const [role] = parseManifest(good.replace('dev-team', JSON.stringify(name))).documents;
      assert.equal(role && rawText(role.name), name);
    }
  });

  it('with the key of a prototype gives no object another prototype', () => {
    const [role] = parseManifest(withLabels('{__proto__: a, constructor: b}')).documents;
    assert.deepEqual(valueAt(role?.value, ['spec', 'allow', 'node_labels', '__proto__']), 'a');
    assert.equal(({} as Record<string, unknown>)['a'], undefined);
    const [other] = parseManifest(`${good}__proto__: {kind: user}\n`).problems;
    assert.equal(other?.code, 'unknownField');
  });

  const bad: Record<string, readonly [code: string, text: string]> = {
    'a user beside the role': ['otherKind', `${good}---\nkind: user\nversion: v2\nmetadata: {name: eve}\n`],
    'a token beside the role': ['otherKind', `kind: token\nmetadata: {name: x}\n---\n${good}`],
    'a lock beside the role': ['otherKind', `${good}---\nkind: lock\nversion: v2\n`],
    'a kind in other letters': ['otherKind', good.replace('kind: role', 'kind: Role')],
    'no kind': ['otherKind', good.replace('kind: role\n', '')],
    'a kind that is two': ['duplicateKey', `${good}kind: user\n`],
    'a list': ['otherKind', '- kind: role\n'],
    'a text': ['otherKind', 'hello'],
    'JSON one after the other': ['jsonStream', '{"kind":"role"}{"kind":"user"}'],
    'JSON on lines': ['jsonStream', '{"kind":"role"}\n{"kind":"token"}\n'],
    'not YAML': ['notYaml', 'kind: role: x'],
    'a broken quote': ['notYaml', `${good}x: "`],
    'a tab as indentation': ['tab', good.replace('  options', '\toptions')],
    'an alias': ['alias', withAllow('    logins: *x\n')],
    'an anchor': ['anchor', withAllow('    logins: &x [dev]\n')],
    'an anchor on a key': ['anchor', withAllow('    &x logins: [dev]\n')],
    'an alias as a key': ['alias', withAllow('    *x : [dev]\n')],
    'a merge': ['merge', withAllow('    <<: {logins: [root]}\n')],
    'a tag': ['tag', withAllow('    logins: !!seq [dev]\n')],
    'a tag of its own': ['tag', withAllow('    logins: [!x dev]\n')],
    'a tag on a key': ['tag', withAllow('    !!str logins: [dev]\n')],
    'a version of YAML': ['directive', `%YAML 1.1\n---\n${good}`],
    'a name for tags': ['directive', `%TAG ! tag:x,2000:\n---\n${good}`],
    'a key twice': ['duplicateKey', withAllow('    logins: [dev]\n    logins: [root]\n')],
    'a key in two ways': ['duplicateKey', withAllow('    logins: [dev]\n    "logins": [root]\n')],
    'a key in other letters': ['wrongCase', good.replace('allow:', 'Allow:')],
    'a key beside itself in other letters': [
      'wrongCase',
      withAllow('    logins: [dev]\n    LOGINS: [root]\n'),
    ],
    'an unknown field': ['unknownField', withAllow('    bogus_field: 3\n')],
    'a typing mistake': ['unknownField', withAllow('    login: [dev]\n')],
    'a key that is no text': ['keyNotText', withLabels('{1: dev}')],
    'a key that is a list': ['keyNotText', withAllow('    ? [a]\n    : b\n')],
    'a text where a list belongs': ['wrongType', withAllow('    logins: dev\n')],
    'a list where a map belongs': ['wrongType', withLabels('[env]')],
    'a map where a text belongs': ['wrongType', withAllow('    logins: [{a: b}]\n')],
    'a number where a text belongs': ['wrongType', withAllow('    logins: [1000]\n')],
    'nothing where a text belongs': ['wrongType', withAllow('    logins: [dev, ]\n    db_users:\n    -\n')],
    'a label that is a flag': ['wrongType', withLabels('{env: true}')],
    'a fraction where a count belongs': ['wrongType', withOption('max_sessions: 1.5')],
    'no number': ['wrongType', withOption('max_sessions: .nan')],
    'a number too big': ['wrongType', withOption('max_sessions: 99999999999999999999')],
    'yes for a flag': ['wrongType', withOption('forward_agent: yes')],
    'a word for a duration': ['notADuration', good.replace('12h', 'long')],
    'a number for a duration': ['notADuration', good.replace('12h', '3600')],
    'a value that Teleport does not know': [
      'unknownValue',
      withAllow('').replace('[kube-admin]', '[a], reason: {mode: requird}'),
    ],
    'no name': ['noName', good.replace('metadata: {name: dev-team}\n', '')],
    'an empty name': ['noName', good.replace('dev-team', '""')],
    'two roles of one name': ['sameName', `${good}---\n${good}`],
    'no version': ['unknownVersion', good.replace('version: v7\n', '')],
    'a version that gives what is left out': ['oldVersion', good.replace('v7', 'v3')],
    'a version to come': ['unknownVersion', good.replace('v7', 'v99')],
    'nothing at all': ['noRole', '# nothing\n'],
    'half a character': ['wrongType', withAllow('    logins: ["\\ud800"]\n')],
  };
  it('is warned of in v3 only, and not where all labels are named', () => {
    const labels = ['app', 'kubernetes', 'db'].map((kind) => `    ${kind}_labels: {env: dev}\n`).join('');
    const labelled = withAllow(`    logins: [dev]\n${labels}`);
    assert.deepEqual(codes(parseManifest(labelled.replace('v7', 'v3'))), []);
    assert.deepEqual(codes(parseManifest(good.replace('v7', 'v4'))), []);
    assert.deepEqual(
      parseManifest(good.replace('v7', 'v3')).problems.map(({ severity }) => severity),
      ['warning'],
    );
  });
  for (const [name, [code, text]] of Object.entries(bad))
    it(`is refused, or warned of: ${name}`, () => {
      const manifest = parseManifest(text);
      assert.ok(codes(manifest).includes(code), String(codes(manifest)));
      const { span } = manifest.problems.find((problem) => problem.code === code) ?? {};
      assert.ok(span && span.start < span.end && span.end <= Math.max(1, text.length), JSON.stringify(span));
    });

  it('that two readers of YAML understand differently is warned of, and the fix makes it one', () => {
    for (const [source, result] of [
      ['yes', '"yes"'],
      ['on', '"on"'],
      ['1_000', '"1_000"'],
      ['12:30:00', '"12:30:00"'],
      ['2020-01-01', '"2020-01-01"'],
    ] as const) {
      const text = withLabels(`{env: ${source}}`);
      assert.deepEqual(codes(parseManifest(text)), ['readDifferently']);
      assert.equal(fixed(text), withLabels(`{env: ${result}}`));
      const key = withLabels(`{${source}: dev}`);
      assert.equal(fixed(key), withLabels(`{${result}: dev}`));
    }
    const octal = withOption('max_sessions: 017');
    assert.equal(parseManifest(octal).problems[0]?.severity, 'warning');
    assert.match(fixed(octal), /max_sessions: 17/);
  });

  it('with a typing mistake offers the name that was meant, unless it is there', () => {
    assert.equal(fixed(withAllow('    login: [dev]\n')), good);
    assert.equal(fixed(good.replace('allow:', 'Allow:')), good);
    assert.equal(fixed(good.replace('{name: dev-team}', '{nam: dev-team}')), good);
    const both = parseManifest(withAllow('    login: [dev]\n    logins: [dev]\n'));
    assert.equal(both.problems.length, 1);
    assert.deepEqual(both.problems[0]?.fixes, []);
  });

  it('with a number or a flag for a text offers quotation marks', () => {
    assert.match(fixed(withAllow('    logins: [1000]\n')), /logins: \["1000"\]/);
    assert.match(fixed(withLabels('{env: true}')), /\{env: "true"\}/);
    assert.match(fixed(withOption('forward_agent: yes')), /forward_agent: true/);
  });

  it('with an unknown field says in which role and where, so that Apply can ask the server', () => {
    const [problem] = parseManifest(
      withAllow('    request: {reason: {mood: x}}\n').replace('    request: {roles: [kube-admin]}\n', ''),
    ).problems;
    assert.equal(problem?.role && rawText(problem.role), 'dev-team');
    assert.deepEqual(problem?.path, ['spec', 'allow', 'request', 'reason', 'mood']);
  });

  it('keeps the roles that are good beside one that is not', () => {
    const manifest = parseManifest(`${good}---\nkind: user\n---\n${good.replace('dev-team', 'b')}`);
    assert.deepEqual(namesIn(manifest), ['dev-team', 'b']);
    assert.deepEqual(codes(manifest), ['otherKind']);
  });

  it('too big or too deep is refused before it costs anything', () => {
    const bombs: Record<string, readonly [string, string]> = {
      'five megabytes': ['tooBig', good + '#'.repeat(5_000_000)],
      'a megabyte of commas': ['tooBig', `${good}x: [${','.repeat(900_000)}]`],
      'a megabyte of lines': ['tooBig', good + '\n'.repeat(900_000)],
      brackets: ['tooDeep', `${good}x: ${'['.repeat(50_000)}`],
      'closed brackets': ['tooDeep', `${good}x: ${'['.repeat(150)}${']'.repeat(150)}`],
      dashes: ['tooDeep', `${good}x: \n ${'- '.repeat(3_000)}`],
      blocks: [
        'tooDeep',
        good + Array.from({ length: 300 }, (_, index) => `${' '.repeat(index)}a:`).join('\n'),
      ],
    };
    for (const [name, [code, text]] of Object.entries(bombs))
      assert.ok(codes(parseManifest(text)).includes(code), name);
  });

  for (const [name, text] of Object.entries(hostileManifests))
    it(`made to keep us busy has at most 200 problems, and the last one says where reading ended: ${name}`, () => {
      const { problems, documents } = parseManifest(text);
      assert.ok(problems.length <= mostProblems);
      // What was not read to its end is never without an error, so that it is never sent.
      const isCut = problems.length === mostProblems;
      if (isCut) assert.ok(problems.some(({ severity }) => severity === 'error'));
      const context = { siblings: [], sessionLimit: 3_600_000 };
      assert.ok(checkManifest(parseManifest(text), context).length <= mostProblems);
      if (documents.length > 0) assert.ok(text.length < 520_000);
    });

  it('with warnings only, but more than are shown, is refused: nobody read the rest', () => {
    const labels = Array.from({ length: 210 }, (_, index) => `k${index}: yes`).join(', ');
    const { problems } = parseManifest(withLabels(`{${labels}}`));
    assert.deepEqual(
      [problems.length, problems.at(-1)?.code, problems.at(-1)?.severity],
      [200, 'tooManyProblems', 'error'],
    );
  });

  it('with a thousand aliases to aliases is refused without following one', () => {
    const aliasLines = Array.from(
      { length: 30 },
      (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`,
    );
    const manifest = parseManifest(`${good}a0: &a0 [x]\n${aliasLines.join('\n')}\n`);
    assert.ok(codes(manifest).includes('alias'));
    assert.ok(codes(manifest).includes('anchor'));
  });
});
