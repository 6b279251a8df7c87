import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { checkManifest } from '../../../../src/roles/checks/checks.ts';
import { parseManifest } from '../../../../src/roles/manifest/parseManifest.ts';
import { problemFixWords, problemWords } from '../../../../src/text/roles/problems.ts';
import { hour } from '../../../support/samples.ts';

const problemTexts = (text: string): string[] => {
  const manifest = parseManifest(text);
  const context = { sessionLimit: 6 * hour, siblings: [], edition: 'community' } as const;
  return [...manifest.problems, ...checkManifest(manifest, context)].map(problemWords);
};

const role = (lines: string, name = 'kube-admin'): string =>
  `kind: role\nversion: v7\nmetadata: {name: ${name}}\nspec:\n${lines}`;

describe('what is wrong in a manifest, in words', () => {
  it('says what it is and what to do', () => {
    assert.deepEqual(problemTexts(role('  allow:\n    login: [a]\n')), [
      'Teleport knows no field login here and would drop it without a word. Did you mean logins?',
    ]);
    assert.deepEqual(problemTexts(role('  allow: {logins: a}\n')), [
      'logins takes a list. Write each item on a line of its own that begins with "- ".',
    ]);
    assert.deepEqual(
      problemTexts(
        role(
          '  allow: {request: {roles: ["kube-*"], thresholds: [{approve: 2}], reason: {mode: required}}}\n',
        ),
      ),
      ['thresholds needs Teleport Enterprise; Community refuses the role kube-admin with it.'],
    );
  });

  it('of every kind is words, and ends like a sentence', () => {
    const texts = [
      'kind: user\n',
      '- a\n',
      '{"kind":"role"}{"kind":"role"}',
      'a: b: c',
      role('  allow: {logins: [*x]}\n'),
      role('  allow: {logins: !x [a], node_labels: {a: yes}}\n'),
      role('  allow: {Logins: [a], request: {roles: [a, "*"]}, rules: [{resources: ["*"], verbs: ["*"]}]}\n'),
      role('  options: {request_access: reason, lock: x, max_session_ttl: x, max_sessions: a}\n', '""'),
      '%YAML 1.1\n---\na: b',
      '# nothing',
    ];
    const words = texts.flatMap(problemTexts);
    assert.ok(words.length > 14);
    for (const text of words) assert.match(text, /^[^{}]*[.)]$/);
  });

  it('quotes names that are no plain ones, and folds what would break out of a line', () => {
    const evil = '[x](command:evil) $(bell)\nNothing is wrong here.';
    const [words = ''] = problemTexts(role(`  ${JSON.stringify(evil)}: {}\n`));
    assert.match(words, /Nothing is wrong here\.”/);
    assert.doesNotMatch(words, /\n|\]\(|\$\(/);
    const fix = { code: 'remove', names: [untrusted(evil)], edits: [] } as const;
    assert.match(
      problemFixWords(fix),
      /^Remove “\[x\] \(command: evil\) \$ \(bell\) Nothing is wrong here\.”$/,
    );
  });
});
