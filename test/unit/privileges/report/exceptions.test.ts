import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import {
  endOfDay,
  applyExceptions,
  readExceptions,
  addException,
  type Exception,
} from '../../../../src/privileges/report/exceptions.ts';
import { day, hostileText, hour, now } from '../../../support/samples.ts';
import { analyseCensus, user } from '../../../support/roles/censusSamples.ts';

const id = 'a1'.repeat(10);
const fields = { id, what: 'editor', owner: 'rita', reason: 'sealed account', until: '2026-12-31' };
const entry = (more: Readonly<Record<string, string>> = {}): string =>
  `- ${Object.entries({ ...fields, ...more })
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n  ')}\n`;
const file = (...entries: readonly string[]): string => `exceptions:\n${entries.join('')}`;
const added = { ...fields, what: untrusted('editor'), owner: untrusted('rita'), reason: untrusted('why') };

describe('the file of accepted exceptions', () => {
  it('says who answers for what, why and until when', () => {
    const read = readExceptions(`# Ours\n${file(entry())}`);
    assert.deepEqual(read, {
      kind: 'read',
      list: [{ ...fields, ends: Date.parse('2027-01-01T00:00:00Z') }],
    });
    for (const empty of ['', '# nothing yet\n', 'exceptions:\n', 'exceptions: []\n'])
      assert.deepEqual(readExceptions(empty), { kind: 'read', list: [] }, empty);
  });

  it('that is not as it must be accepts nothing, and says where', () => {
    for (const [text, line, problem] of [
      [file(entry(), entry({ until: 'some day' })), 11, { kind: 'day' }],
      [file(entry({ until: '2026-02-30' })), 6, { kind: 'day' }],
      [file(entry({ id: 'A1' })), 2, { kind: 'id' }],
      [file(entry({ owner: '""' })), 4, { kind: 'text', field: 'owner' }],
      [file(entry().replace(/ {2}owner.*\n/, '')), 2, { kind: 'missing', field: 'owner' }],
      [file(entry({ because: 'x' })), 7],
      [`exceptions:\n  - id: ${id}\n`, 2],
      // The wrong word, not what misses because of it.
      [
        file(entry().replace('until:', 'unti:')),
        6,
        { kind: 'unknownField', field: 'unti', suggestion: 'until' },
      ],
      ['exceptions: all\n', 1, { kind: 'shape' }],
      ['exceptions: [a]\n', 1, { kind: 'shape' }],
      ['exceptions: [[]]\n', 1, { kind: 'shape' }],
      ['accepted: []\n', 1],
      ['- a\n', 1, { kind: 'shape' }],
      ['exceptions:\n  - {\n', 3],
      ['exceptions:\n\t- a\n', 2, { kind: 'notYaml', parserMessage: 'Tabs are not allowed as indentation' }],
      [`${file(entry())}exceptions: []\n`, 7],
      ['a: &x 1\nexceptions: *x\n', 1],
      ['--- {}\n--- {}\n', 2],
      ['exceptions: !!js/function x\n', 1],
    ] as const) {
      const read = readExceptions(text);
      assert.ok(read.kind === 'broken', text);
      assert.equal(read.line, line, text);
      if (problem) assert.deepEqual(read.problem, problem, text);
    }
  });

  it('that is a bomb, or far too long, is broken at once', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map(
        (name, n) =>
          `${name}: &${name} [${Array(9)
            .fill(`*${'abcdefgh'[n] ?? ''}`)
            .join(',')}]`,
      ),
    ];
    const startedAt = performance.now();
    assert.equal(readExceptions(bomb.join('\n')).kind, 'broken');
    assert.equal(readExceptions(`# ${'x'.repeat(5_000_000)}`).kind, 'broken');
    assert.ok(performance.now() - startedAt < 2_000);
  });

  it('with more than a parser reads at once is too big, and a key that stands twice is found among many', () => {
    const keys = (count: number): string =>
      Array.from({ length: count }, (_, index) => `k${index}: 1\n`).join('');
    assert.deepEqual(readExceptions(keys(100_000)), { kind: 'broken', line: 1, problem: { kind: 'tooBig' } });
    const twice = readExceptions(`${keys(1_000)}k7: 2\n`);
    assert.deepEqual([twice.kind, twice.kind === 'broken' && twice.line], ['broken', 1_001]);
    const nested = readExceptions(`exceptions:\n  - id: x\n    what: a\n    what: b\n`);
    assert.deepEqual([nested.kind, nested.kind === 'broken' && nested.line], ['broken', 4]);
  });

  it('keeps comments and order when an entry is added, and reads as what was typed', () => {
    const before = `# Kept by rita\nexceptions:\n  # break glass\n  - id: ${id} # since 2025\n    what: x\n    owner: rita\n    reason: y\n    until: 2026-12-31\n`;
    const text = addException(before, { ...added, id: 'b2'.repeat(10), reason: hostileText }) ?? '';
    assert.ok(text.startsWith(before), text);
    const read = readExceptions(text);
    assert.equal(read.kind === 'read' && read.list[1]?.reason, hostileText);
    for (const empty of ['', 'exceptions: []\n', '# mine\n']) {
      const written = addException(empty, added) ?? '';
      const parsed = readExceptions(written);
      assert.equal(parsed.kind === 'read' && parsed.list.length, 1, written);
      assert.ok(written.includes(empty.split('\n')[0] === '# mine' ? '# mine' : ''));
    }
  });

  it('an id of digits only is still a text', () => {
    const digits = '1'.repeat(20);
    const read = readExceptions(addException('', { ...added, id: digits }) ?? '');
    assert.equal(read.kind === 'read' && read.list[0]?.id, digits);
  });

  it('that is broken is not written to', () =>
    assert.equal(addException('exceptions: all\n', added), undefined));
});

describe('accepted findings', () => {
  const exception = (more: Partial<Exception>): Exception => ({ ...added, ends: now + day, ...more });

  it('do not count until their day is over, and then count again', async () => {
    const { findings } = await analyseCensus({ users: [user('eve', ['editor'])] });
    const [finding] = findings;
    assert.ok(finding);
    for (const [ends, state, open] of [
      [now + 1, 'accepted', 0],
      [now, 'expired', 1],
      [now + 367 * day, 'tooFar', 1],
    ] as const) {
      const judged = applyExceptions(findings, [exception({ id: finding.id, ends })], now);
      assert.deepEqual([judged.open.length, judged[state].length], [open, 1], state);
    }
    const other = applyExceptions(findings, [exception({ id: 'c3'.repeat(10) })], now);
    assert.deepEqual([other.open.length, other.unused.length], [1, 1]);
  });

  it('are accepted for those who hold it: somebody new makes it a finding again', async () => {
    const before = (await analyseCensus({ users: [user('eve', ['editor'])] })).findings;
    const after = (await analyseCensus({ users: [user('eve', ['editor']), user('mallory', ['editor'])] }))
      .findings;
    const exceptions = before.map(({ id: findingId }) => exception({ id: findingId }));
    assert.equal(applyExceptions(before, exceptions, now).open.length, 0);
    assert.equal(applyExceptions(after, exceptions, now).open.length, 1);
  });

  it('a day is written as days are, and ends when it is over everywhere in UTC', () => {
    assert.equal(endOfDay('2026-11-21'), Date.parse('2026-11-22T00:00:00Z'));
    for (const text of ['2026-13-01', '2026-11-31', '22.11.2026', 'tomorrow', '2026-11-21T00:00'])
      assert.equal(endOfDay(text), undefined, text);
    assert.ok((endOfDay('2026-11-22') ?? 0) - now > 20 * hour);
  });
});
