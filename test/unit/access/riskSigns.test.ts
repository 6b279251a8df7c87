import assert from 'node:assert/strict';
import type { AccessRequest } from '../../../src/access/request.ts';
import { riskSigns } from '../../../src/access/riskSigns.ts';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { id, minute, now, request, review } from '../../support/samples.ts';

/** A request of a user for a role, for some minutes, made some minutes ago. */
const asked = (
  user: string,
  role: string,
  minutes: number,
  ago: number,
  others: Partial<AccessRequest> = {},
): AccessRequest => {
  const created = now - ago * minute;
  return request({
    id: id(Math.round(ago) + 1),
    user: untrusted(user),
    roles: [untrusted(role)],
    created,
    grantEnds: created + minutes * minute,
    reviews: [],
    ...others,
  });
};
const approved = { state: 'approved', reviews: [review('rita')] } as const;
const kindsOf = (one: AccessRequest, history: readonly AccessRequest[]): string[] =>
  riskSigns(one, [...history, one]).map(({ kind }) => kind);

describe('marks that a reviewer sees', () => {
  const usual = Array.from({ length: 10 }, (_, index) =>
    asked('bob', 'kube-admin', 30, 100 + index, approved),
  );
  const real = asked('mallory', 'kube-admin', 600, 1);

  it('say that it is long and the first time', () =>
    assert.deepEqual(kindsOf(real, usual), ['long', 'firstTime']));

  it('go only by what others approved', () => {
    const before = asked('mallory', 'kube-admin', 30, 50, approved);
    assert.deepEqual(kindsOf(real, [...usual, before]), ['long']);
    const long = Array.from({ length: 10 }, (_, index) =>
      asked('bob', 'kube-admin', 600, 20 + index, approved),
    );
    assert.deepEqual(kindsOf(real, [...usual, ...long, before]), []);
  });

  for (const [what, decoy] of [
    ['pending', {}],
    ['denied', { state: 'denied', reviews: [review('rita', 'denied')] }],
    ['denied after one approval', { state: 'denied', reviews: [review('omar'), review('rita', 'denied')] }],
    ['pending with one approval of two', { reviews: [review('rita')] }],
    ['approved by nobody who is known', { state: 'approved' }],
    ['approved by herself', { state: 'approved', reviews: [review('mallory')] }],
    ['approved with tctl by herself', { state: 'approved', claimedDecider: untrusted('mallory') }],
    ['in a state of a newer server', { state: 'other', reviews: [review('rita')] }],
  ] as const)
    it(`stay, whatever the one who asks did before: requests that are ${what}`, () => {
      const decoys = Array.from({ length: 20 }, (_, index) =>
        asked('mallory', index % 2 ? 'kube-admin' : 'read-only', 20_000, 10 + index, decoy),
      );
      assert.deepEqual(kindsOf(real, [...usual, ...decoys]), ['long', 'firstTime']);
    });

  it('say that it is the first time for other resources, also of a role that others approved', () => {
    const node = (name: string): AccessRequest['resources'][number] => ({
      ...{ cluster: untrusted('main'), kind: untrusted('node'), name: untrusted(name) },
    });
    const onTest = asked('mallory', 'kube-admin', 30, 50, { ...approved, resources: [node('test-1')] });
    const first = (resources: AccessRequest['resources'], before: AccessRequest): boolean =>
      kindsOf(asked('mallory', 'kube-admin', 30, 1, { resources }), [before]).includes('firstTime');
    assert.equal(first([node('test-1')], onTest), false);
    assert.equal(first([node('test-1'), node('prod-db')], onTest), true);
    assert.equal(first([], onTest), true, 'the whole role is more than one machine');
    const whole = asked('mallory', 'kube-admin', 30, 50, approved);
    assert.equal(first([node('test-1')], whole), false);
  });

  it('know the first fifty reviewers that somebody names, so that a request cannot hold up the window', () => {
    const before = asked('bob', 'kube-admin', 30, 50, {
      suggestedReviewers: Array.from({ length: 10_000 }, (_, n) => untrusted(`reviewer${String(n)}`)),
    });
    const marks = (user: string): string[] => kindsOf(asked(user, 'kube-admin', 30, 1), [before]);
    assert.deepEqual(marks('rеviewer2'), ['mixedScripts', 'lookAlike', 'firstTime']);
    assert.deepEqual(marks('rеviewer999'), ['mixedScripts', 'firstTime']);
  });

  it('on Community a decision of somebody else with tctl counts', () => {
    const decided = { state: 'approved', claimedDecider: untrusted('rita') } as const;
    assert.deepEqual(kindsOf(real, [...usual, asked('mallory', 'kube-admin', 30, 50, decided)]), ['long']);
  });
});

describe('names that look like others', () => {
  const known = [asked('bob', 'oca', 30, 100, approved), asked('bob', 'prod-dba', 30, 90, approved)];
  const signsOf = (name: string, history: readonly AccessRequest[] = known): string[] =>
    kindsOf(asked('bob', name, 30, 1), history).filter((kind) => kind !== 'firstTime');

  it('are marked where they look like a known name as a whole', () => {
    assert.deepEqual(signsOf('\u043e\u0441\u0430'), ['lookAlike'], 'Cyrillic');
    assert.deepEqual(signsOf('prod\u2013dba'), ['lookAlike'], 'another dash');
    assert.deepEqual(signsOf('prod\u2010dba'), ['mixedScripts', 'lookAlike'], 'another hyphen');
    assert.deepEqual(signsOf('\u0251dmin'), ['mixedScripts', 'lookAlike'], 'a phonetic letter');
    assert.deepEqual(signsOf('\uff52\uff4f\uff4f\uff54'), ['lookAlike'], 'full width');
    assert.deepEqual(signsOf('prod-dba\u3164'), ['lookAlike'], 'with something invisible');
    assert.deepEqual(signsOf('prod-dba '), ['lookAlike'], 'with a space that no row shows');
    assert.deepEqual(signsOf('adrnin', []), ['lookAlike'], 'a name with power in most clusters');
    assert.deepEqual(signsOf('0ca'), []);
    assert.deepEqual(signsOf('prod-dbaI', [asked('bob', 'prod-dbal', 30, 9, approved)]), ['lookAlike']);
  });

  it('of the one who asks, and beside names that are only asked for, are marked too', () => {
    const pending = [asked('oca', 'kube-admin', 30, 9)];
    assert.ok(kindsOf(asked('\u043e\u0441\u0430', 'kube-admin', 30, 1), pending).includes('lookAlike'));
    assert.ok(
      !kindsOf(asked('oca', 'kube-admin', 30, 1), [asked('\u043e\u0441\u0430', 'x', 30, 9)]).includes(
        'lookAlike',
      ),
    );
  });

  it('are no danger where they are honest', () => {
    for (const name of ['\u0412\u0435\u0440\u0430', 'дежурный', '当番', 'Yıldız', 'naïve', 'prod-dbb', 'oca'])
      assert.deepEqual(signsOf(name), [], name);
    const both = ['db1', 'dbl'].map((name, index) => asked('bob', name, 30, 50 + index, approved));
    for (const name of ['db1', 'dbl']) assert.deepEqual(signsOf(name, both), [], name);
  });
});
