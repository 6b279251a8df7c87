import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Draft } from '../../../src/access/requestDraft.ts';
import {
  existingFor,
  alternatives,
  subjectKey,
  type AccessFacts,
  type Alternative,
} from '../../../src/access/alternatives.ts';
import type { AccessRequest, Resource } from '../../../src/access/request.ts';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { day, elevation, hour, id, minute, names, now, request } from '../../support/samples.ts';
import { assertProperty } from '../../support/property.ts';

const accessFacts = (changes: Partial<AccessFacts> = {}): AccessFacts => ({
  me: untrusted('alice'),
  requests: [],
  elevations: [],
  hidden: [],
  loginEnds: now + 10 * hour,
  unfinished: [],
  pastRequests: [],
  ...changes,
});
const draft = (changes: Partial<Draft> = {}): Draft => ({
  roles: names('kube-admin'),
  reason: 'INC-1 typed',
  minutes: 60,
  reviewers: [],
  ...changes,
});
const server: Resource = { cluster: untrusted('c'), kind: untrusted('node'), name: untrusted('n1') };

const kinds = (changes: Partial<AccessFacts>): string[] =>
  alternatives(accessFacts(changes), now).map(({ kind }) => kind);
const onlyAlternative = (changes: Partial<AccessFacts>): Alternative => {
  const [alternative, ...others] = alternatives(accessFacts(changes), now);
  assert.deepEqual(others, []);
  return alternative ?? assert.fail('no plan');
};
/** A denied request: it can be neither used nor waited for. */
const deniedRequest = (n: number, role: string, changes: Partial<AccessRequest> = {}): AccessRequest =>
  request({ id: id(n), state: 'denied', roles: names(role), created: now - n * minute, ...changes });

describe('the plan', () => {
  it('is empty where nothing exists: the form comes at once', () => {
    assert.deepEqual(kinds({}), []);
    assert.deepEqual(kinds({ requests: [request({ user: untrusted('bob'), state: 'approved' })] }), []);
  });

  it('begins with what can be used, then what waits, starts later, is in use, was begun, was asked once', () => {
    const requests = [
      deniedRequest(9, 'old'),
      request({ id: id(2), roles: names('b') }),
      request({ id: id(3), roles: names('c'), state: 'approved', startsAt: now + minute }),
      request({ id: id(4), roles: names('d'), state: 'approved' }),
      request({ id: id(1), state: 'approved' }),
    ];
    const all = { requests, elevations: [elevation()], unfinished: [draft({ roles: names('e') })] };
    assert.deepEqual(kinds(all), ['use', 'waits', 'starts', 'continue', 'resume', 'again']);
  });

  it('says how long what can be used lasts: to the end of the grant, or of the login', () => {
    const requests = [request({ state: 'approved' })];
    const alternative = onlyAlternative({ requests });
    assert.deepEqual(alternative, {
      kind: 'use',
      request: requests[0],
      until: now + 50 * minute,
      of: 'grant',
    });
    const limitedByLogin = onlyAlternative({ requests, loginEnds: now + 5 * minute });
    assert.deepEqual(limitedByLogin, {
      kind: 'use',
      request: requests[0],
      until: now + 5 * minute,
      of: 'login',
    });
  });

  it('offers of several requests for the same the one that lasts longest', () => {
    const requests = [
      request({ id: id(1), state: 'approved', grantEnds: now + minute }),
      request({ id: id(2), state: 'approved', grantEnds: now + hour }),
    ];
    assert.deepEqual(
      alternatives(accessFacts({ requests }), now).map(
        (alternative) => 'request' in alternative && alternative.request.id,
      ),
      [id(2)],
    );
  });

  it('offers nothing that is over at this very moment', () => {
    assert.deepEqual(kinds({ requests: [request({ state: 'approved', grantEnds: now })] }), ['again']);
    assert.deepEqual(kinds({ requests: [request({ decideBy: now })] }), ['again']);
    assert.deepEqual(kinds({ elevations: [elevation({ certificateEnds: now })] }), []);
  });

  it('a request that was hidden does not wait; once approved it can be used', () => {
    assert.deepEqual(kinds({ requests: [request()], hidden: [id(1)] }), ['again']);
    assert.deepEqual(kinds({ requests: [request({ state: 'approved' })], hidden: [id(1)] }), ['use']);
  });

  it('what is in use is continued, not used or asked for again', () => {
    const facts = { requests: [request({ state: 'approved' })], elevations: [elevation()] };
    assert.deepEqual(kinds(facts), ['continue']);
  });

  it('an unfinished request is offered with everything typed, beside what was asked once', () => {
    const unfinished = [draft()];
    assert.deepEqual(kinds({ unfinished, requests: [deniedRequest(1, 'kube-admin')] }), ['resume', 'again']);
    assert.deepEqual(onlyAlternative({ unfinished }), { kind: 'resume', draft: unfinished[0] });
  });

  it('the last three requests are offered again, newest first, each thing once', () => {
    const requests = [
      deniedRequest(1, 'a'),
      deniedRequest(2, 'b'),
      deniedRequest(3, 'a'),
      deniedRequest(4, 'c'),
      deniedRequest(5, 'd'),
    ];
    assert.deepEqual(
      alternatives(accessFacts({ requests }), now).flatMap((alternative) =>
        alternative.kind === 'again' ? alternative.draft.roles : [],
      ),
      names('a', 'b', 'c'),
    );
  });

  it('as it was sent, with the words the cluster still has; without them where it forgot', () => {
    const settings = { at: now - 2 * day, roles: names('kube-admin'), minutes: 30, reviewers: names('rita') };
    const withoutWords = onlyAlternative({ pastRequests: [settings] });
    const { at, ...rest } = settings;
    assert.deepEqual(withoutWords, { kind: 'again', at, draft: { ...rest, reason: '' } });
    const alternative = onlyAlternative({
      pastRequests: [settings],
      requests: [deniedRequest(1, 'kube-admin')],
    });
    assert.deepEqual(alternative, {
      kind: 'again',
      at: now - minute,
      draft: { ...rest, reason: 'debugging production' },
    });
  });

  it('what cannot be told is not offered again', () => {
    assert.deepEqual(kinds({ requests: [deniedRequest(1, 'a', { roles: [] })] }), []);
  });
});

describe('somebody who asks for what is there already', () => {
  const existingKinds = (wanted: Draft, changes: Partial<AccessFacts>): string[] =>
    existingFor(accessFacts(changes), wanted, now).map(({ kind }) => kind);

  it('is told of what can be used, what waits and what is in use', () => {
    assert.deepEqual(existingKinds(draft(), { requests: [request({ state: 'approved' })] }), ['use']);
    assert.deepEqual(existingKinds(draft(), { requests: [request()] }), ['waits']);
    assert.deepEqual(existingKinds(draft(), { elevations: [elevation()] }), ['continue']);
    const later = request({ state: 'approved', startsAt: now + hour });
    assert.deepEqual(existingKinds(draft(), { requests: [later] }), ['starts']);
  });

  it('is not told of others’ requests, other roles, or more roles than these', () => {
    assert.deepEqual(existingKinds(draft(), { requests: [request({ user: untrusted('bob') })] }), []);
    assert.deepEqual(existingKinds(draft({ roles: names('prod-dba') }), { requests: [request()] }), []);
    assert.deepEqual(
      existingKinds(draft(), { requests: [request({ roles: names('kube-admin', 'prod-dba') })] }),
      [],
    );
  });

  it('is told of nothing while nothing is chosen', () => {
    assert.deepEqual(existingKinds(draft({ roles: [] }), { elevations: [elevation({ roles: [] })] }), []);
  });

  it('compares resources by what they are, whatever roles the cluster chose for them', () => {
    const requests = [request({ resources: [server], roles: names('node-access') })];
    const wanted = draft({ roles: [], resources: [{ ...server, label: untrusted('web') }] });
    assert.deepEqual(existingKinds(wanted, { requests }), ['waits']);
    assert.deepEqual(existingKinds(draft({ roles: names('node-access') }), { requests }), []);
    assert.deepEqual(existingKinds(wanted, { requests, elevations: [elevation()] }), ['continue']);
  });

  it('the order in which roles are named makes no difference, nor a name given twice', () => {
    const roleLists = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 });
    assertProperty(
      fc.property(roleLists, fc.nat(), (roles, seed) => {
        const rotated = [...roles.slice(seed % roles.length), ...roles];
        assert.equal(
          subjectKey(draft({ roles: names(...rotated) })),
          subjectKey(draft({ roles: names(...roles) })),
        );
      }),
      200,
    );
  });

  it('two different things are never taken for the same', () => {
    const roleLists = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 });
    assertProperty(
      fc.property(roleLists, roleLists, (one, other) => {
        const same = JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());
        const key = (roles: string[]): string => subjectKey(draft({ roles: names(...roles) }));
        assert.equal(key(one) === key(other), same);
      }),
      200,
    );
  });
});
