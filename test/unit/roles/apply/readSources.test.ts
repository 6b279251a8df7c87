import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import {
  firstChangedSource,
  readSources,
  type ApplyRefusal,
} from '../../../../src/roles/apply/readSources.ts';
import type { StoredResource } from '../../../../src/teleport/output/adminSchema.ts';
import { manifest, sourcesOf } from '../../../support/roles/memoryCluster.ts';

function refusalOf(stored: readonly StoredResource[], ...texts: readonly string[]): ApplyRefusal {
  const wanted = readSources(sourcesOf(...texts), stored);
  return 'kind' in wanted ? wanted : assert.fail('was read');
}

describe('Apply refuses everything', () => {
  it('where one file has an error, and names its line', () => {
    const refusal = refusalOf([], manifest('a'), manifest('b').replace('allow', 'Allow'));
    assert.ok(refusal.kind === 'problem');
    assert.deepEqual([refusal.problem.code, refusal.line], ['wrongCase', 6]);
    assert.equal(refusal.source.file, 'file:///1.yaml');
  });

  it('where a role stands in two files', () => {
    const refusal = refusalOf([], manifest('a'), manifest('b'), manifest('a'));
    assert.ok(refusal.kind === 'twice');
    assert.equal(refusal.source.file, 'file:///2.yaml');
  });

  it('where a file holds other kinds too', () => {
    for (const kind of ['user', 'token', 'lock']) {
      const text = `${manifest('a')}---\nkind: ${kind}\nversion: v2\nmetadata: {name: x}\nspec: {}\n`;
      const refusal = refusalOf([], text);
      assert.ok(refusal.kind === 'problem');
      assert.deepEqual([refusal.problem.code, refusal.line], ['otherKind', 8]);
    }
  });

  it('where a field is unknown, unless the server’s role has that very field', () => {
    const text = manifest('dev', 'logins: [dev], bogus_field: 3');
    const refusal = refusalOf([], text);
    assert.ok(refusal.kind === 'problem' && refusal.problem.code === 'unknownField');
    const storedRole = (name: string, allow: Record<string, number>): StoredResource => ({
      name: untrusted(name),
      revision: 'r',
      document: { kind: 'role', version: 'v7', metadata: { name }, spec: { allow } },
    });
    assert.equal(refusalOf([storedRole('ops', { bogus_field: 3 })], text).kind, 'problem');
    assert.equal(refusalOf([storedRole('dev', { other_field: 3 })], text).kind, 'problem');
    assert.ok(!('kind' in readSources(sourcesOf(text), [storedRole('dev', { bogus_field: 2 })])));
    assert.ok(!('kind' in readSources(sourcesOf(text), undefined)), 'before the server was read');
  });

  it('where a text is longer than a difference shows', () => {
    const text = (length: number): string => manifest('dev', `host_sudoers: ["${'x'.repeat(length)}, ALL"]`);
    assert.equal(refusalOf([], text(5_000)).kind, 'longText');
    assert.ok(!('kind' in readSources(sourcesOf(text(4_000)), [])));
  });

  it('where a file is empty', () => {
    assert.match(refusalOf([], '').kind, /empty|problem/);
  });

  for (const [what, text] of [
    ['a merge', 'x: &a {b: 1}\n<<: *a\n'],
    ['a JSON stream', '{"kind":"role"}{"kind":"user"}'],
    ['a key that stands twice', manifest('a').replace('version: v7', 'version: v7\nversion: v6')],
    ['a list of five megabytes', `- ${'x'.repeat(5_000_000)}`],
  ] as const)
    it(`where there is ${what}`, () => assert.equal(refusalOf([], text).kind, 'problem'));
});

describe('a file that changes between question and Apply', () => {
  it('is found, also when it is gone', () => {
    const before = sourcesOf('a', 'b');
    assert.equal(firstChangedSource(before, sourcesOf('a', 'b')), undefined);
    assert.equal(firstChangedSource(before, sourcesOf('a', 'c'))?.file, 'file:///1.yaml');
    assert.equal(firstChangedSource(before, sourcesOf('a'))?.file, 'file:///1.yaml');
  });
});
