import assert from 'node:assert/strict';
import * as draft from '../../../src/access/requestDraft.ts';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { hour, names, now, request } from '../../support/samples.ts';

const { parseMinutes } = draft;

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
