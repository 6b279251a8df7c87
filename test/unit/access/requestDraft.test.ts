import assert from 'node:assert/strict';
import * as draft from '../../../src/access/requestDraft.ts';
import { untrusted } from '../../../src/access/text/untrusted.ts';
import { hour, names, now, request } from '../../support/samples.ts';

const { checkReason, parseMinutes } = draft;
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
    const ticket = draft.readPattern('INC-\\d+')!;
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
      assert.ok(draft.onlyWarns(finding));
    }
    assert.equal(checkReason('reset the password of the database user', rules), undefined);
  });

  it('that must not be sent is said before a warning', () => {
    const finding = checkReason('password=hunter2', { minimum: 100 });
    assert.equal(finding?.kind, 'tooShort');
    assert.ok(!draft.onlyWarns(finding));
    assert.ok(draft.onlyWarns(undefined));
  });
});

describe('a duration typed', () => {
  it('is read as minutes, hours, days or several of them', () => {
    const expected = {
      90: '90',
      30: '30m',
      45: ' 45 min ',
      15: '15 minutes',
      60: '1 hour',
      120: '2 h',
      150: '2h30m',
      61: '1h 1',
      1440: '1d',
      1530: '1 day 1hr 30mins',
      20160: '336h',
    };
    for (const [minutes, text] of Object.entries(expected))
      assert.equal(parseMinutes(text), Number(minutes), text);
  });

  it('of nothing, of more than 14 days or of other words is none', () => {
    for (const text of [
      '',
      ' ',
      '0',
      '0h',
      '-5',
      '1.5h',
      'h',
      '15d',
      '1 dog',
      '337h',
      '20161',
      '1h m',
      '1e3',
      '99999999',
    ]) {
      assert.equal(parseMinutes(text), undefined, text);
    }
  });

  it('is sent in minutes', () => assert.equal(draft.durationArgument(90), '90m'));
});

describe('names typed', () => {
  it('are split as tsh splits them, each once', () => {
    assert.deepEqual(draft.splitNames(' a, b  c,,a\n'), names('a', 'b', 'c'));
    assert.deepEqual(draft.splitNames(' , '), []);
  });

  it('that would turn into something else cannot be sent', () => {
    for (const name of ['kube-admin', '-rf', '@/etc/hostname', 'a/b', 'rôle']) {
      assert.ok(draft.isSendableName(untrusted(name)), name);
    }
    for (const name of ['', 'a b', 'a,b', 'a\nb', 'a\u202eb', 'a\u0000', 'x'.repeat(257)]) {
      assert.ok(!draft.isSendableName(untrusted(name)), JSON.stringify(name));
    }
  });
});

describe('what is proposed', () => {
  it('the ticket key of a branch, only where it looks like one', () => {
    const ticket = /INC-\S+/;
    assert.equal(draft.ticketIn(untrusted('fix/INC-42'), ticket), 'INC-42');
    assert.equal(draft.ticketIn(untrusted('main'), ticket), undefined);
    assert.equal(draft.ticketIn(untrusted('INC-$(reboot)'), ticket), undefined);
    assert.equal(draft.ticketIn(untrusted(`INC-${'x'.repeat(60)}`), ticket), undefined);
  });

  it('a pattern that is none, or empty, is no rule', () => {
    assert.equal(draft.readPattern(''), undefined);
    assert.equal(draft.readPattern('(['), undefined);
  });

  it('asking again begins with what was asked before', () => {
    const draftAgain = draft.draftFromRequest(request({ created: now, grantEnds: now + 2 * hour }));
    const expected = {
      roles: names('kube-admin'),
      reason: 'debugging production',
      minutes: 120,
      resources: [],
    };
    assert.deepEqual(draftAgain, expected);
    const resources = [{ cluster: untrusted('c'), kind: untrusted('db'), name: untrusted('orders') }];
    const byName = draft.draftFromRequest(request({ resources }));
    assert.deepEqual(
      [byName.roles, byName.resources],
      [[], resources],
      'the roles were the cluster’s choice',
    );
  });

  it('a request is this draft where who, what and why are the same', () => {
    const resources = [{ cluster: untrusted('c'), kind: untrusted('db'), name: untrusted('orders') }];
    const [alice] = names('alice');
    assert.ok(alice);
    const asTyped = {
      roles: names('kube-admin'),
      reason: ' debugging production ',
      minutes: 5,
      reviewers: [],
    };
    assert.ok(draft.matchesDraft(request(), asTyped, alice));
    assert.ok(!draft.matchesDraft(request(), { ...asTyped, reason: 'x' }, alice));
    assert.ok(!draft.matchesDraft(request(), { ...asTyped, roles: names('kube-admin', 'prod-dba') }, alice));
    assert.ok(!draft.matchesDraft(request(), asTyped, untrusted('bob')));
    assert.ok(!draft.matchesDraft(request(), { ...asTyped, resources }, alice));
    const byName = { ...asTyped, roles: [], resources };
    assert.ok(draft.matchesDraft(request({ resources, roles: names('whatever-it-takes') }), byName, alice));
    assert.equal(draft.resourceId({ ...resources[0]!, sub: untrusted('a/b') }), '/c/db/orders/a/b');
  });
});
