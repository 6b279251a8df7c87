import assert from 'node:assert/strict';
import { checkReason, onlyWarns, ticketIn } from '../../../src/access/reason.ts';
import { compilePattern } from '../../../src/access/untrusted/linearPattern.ts';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';

const rules = { minimum: 10 };
const goodReason = 'debugging production for client XYZ';

describe('a reason', () => {
  it('that says enough is fine', () => assert.equal(checkReason(goodReason, rules), undefined));

  it('of white space only is empty', () => {
    for (const text of ['', '  ', '\n\t ']) assert.deepEqual(checkReason(text, rules), { kind: 'empty' });
  });

  it('that is too short says how many characters are missing; an emoji is one', () => {
    assert.deepEqual(checkReason('  abc  ', rules), { kind: 'tooShort', missing: 7 });
    assert.deepEqual(checkReason('😀😀', rules), { kind: 'tooShort', missing: 8 });
  });

  it('is measured as the cluster does: 4,096 bytes, not characters', () => {
    assert.equal(checkReason('x'.repeat(4096), rules), undefined);
    assert.deepEqual(checkReason('x'.repeat(5000), rules), { kind: 'tooLong', over: 904 });
    assert.deepEqual(checkReason('ä'.repeat(2049), rules), { kind: 'tooLong', over: 2 });
    assert.equal(checkReason(` ${'x'.repeat(4096)} `, rules), undefined, 'white space around it is not sent');
  });

  it('with a slot of the skeleton left open is not ready', () => {
    const skeleton = 'Ticket <ticket>: <what is broken>';
    const withSkeleton = { ...rules, skeleton };
    assert.deepEqual(checkReason(skeleton, withSkeleton), { kind: 'openSlot', slot: '<ticket>' });
    assert.deepEqual(checkReason('Ticket INC-1: <what is broken>', withSkeleton), {
      kind: 'openSlot',
      slot: '<what is broken>',
    });
    assert.equal(checkReason('Ticket INC-1: a < b and c > d', withSkeleton), undefined);
    assert.equal(checkReason('a tag <ticket> of our own', rules), undefined);
  });

  it('must hold a ticket key where the team wants one', () => {
    const ticket = compilePattern('INC-\\d+')!;
    assert.deepEqual(checkReason(goodReason, { ...rules, ticket }), { kind: 'noTicket' });
    assert.equal(checkReason(`${goodReason} INC-42`, { ...rules, ticket }), undefined);
    assert.equal(
      checkReason(`${goodReason} INC-42`, { ...rules, ticket }),
      undefined,
      'a second look says the same',
    );
  });

  it('that holds something like a secret is warned about, and can be sent', () => {
    const secrets = [
      'key -----BEGIN OPENSSH PRIVATE KEY-----',
      'use AKIAIOSFODNN7EXAMPLE for it',
      'token is ghp_abcdefghijklmnopqrstuvwx',
      'password: hunter2hunter',
      'postgres://admin:hunter2@db/prod',
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0',
    ];
    for (const text of secrets) {
      const finding = checkReason(text, rules);
      assert.deepEqual(finding, { kind: 'looksSecret' }, text);
      assert.ok(onlyWarns(finding));
    }
    assert.equal(checkReason('reset the password of the database user', rules), undefined);
  });

  it('that must not be sent is said before a warning', () => {
    const finding = checkReason('password=hunter2', { minimum: 100 });
    assert.equal(finding?.kind, 'tooShort');
    assert.ok(!onlyWarns(finding));
    assert.ok(onlyWarns(undefined));
  });
});

describe('what is proposed', () => {
  it('the ticket key of a branch, only where it looks like one', () => {
    const ticket = compilePattern('INC-\\S+')!;
    assert.equal(ticketIn(untrusted('fix/INC-42'), ticket), 'INC-42');
    assert.equal(ticketIn(untrusted('main'), ticket), undefined);
    assert.equal(ticketIn(untrusted('INC-$(reboot)'), ticket), undefined);
    assert.equal(ticketIn(untrusted(`INC-${'x'.repeat(60)}`), ticket), undefined);
  });
});

describe('the ticket pattern of the settings', () => {
  it('a pattern that is none, or that looks around or back, is no rule', () => {
    for (const pattern of ['([', '(?<=a)INC', '(?=INC)', '(a)\\1', '(?!x)y', 'x{5000}'])
      assert.equal(compilePattern(pattern), undefined, pattern);
  });

  it('is found as RE2 and JavaScript both find it', () => {
    for (const [pattern, text, key] of [
      ['INC-\\d+', 'see INC-42, INC-43', 'INC-42'],
      ['\\b[A-Z]{2,5}-\\d{1,6}\\b', 'fix/OPS-7-x', 'OPS-7'],
      ['(?:JIRA|GH)[-#](\\d+)', 'gh#1 GH#12', 'GH#12'],
      ['#\\d+$', 'closes #9', '#9'],
      ['\\p{L}+-\\d+', 'Störung-12', 'Störung-12'],
    ] as const) {
      assert.equal(compilePattern(pattern)?.find(text), key);
      assert.equal(new RegExp(pattern, 'u').exec(text)?.[0], key);
    }
  });

  it('patterns that would take JavaScript for ever find nothing in a long reason, and end', () => {
    // With JavaScript's own engine this test does not end.
    const reason = `${'a'.repeat(4_094)}?`;
    for (const pattern of [
      '^(\\w+-?)+#\\d+$',
      '(x+x+)+y',
      '(a|aa)+$b',
      '(a*)*c',
      '([a-z]+)*\\d',
      '(.*a){20}!',
    ])
      assert.equal(compilePattern(pattern)?.find(reason), undefined, pattern);
  });
});
