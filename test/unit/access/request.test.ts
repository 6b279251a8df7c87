import assert from 'node:assert/strict';
import { decisions } from '../../../src/access/requestChanges.ts';
import { endedLately, type JournalEntry } from '../../../src/access/journalEntry.ts';
import * as access from '../../../src/access/request.ts';
import { untrusted, isRequestId } from '../../../src/access/untrusted/untrusted.ts';
import { day, hour, id, minute, names, now, request, review, without } from '../../support/samples.ts';

const { sameForReviewer } = access;

describe('an access request', () => {
  it('is in the phase that its state and its times say', () => {
    const approved = request({ state: 'approved' });
    const later = request({ state: 'approved', startsAt: now + minute });
    const phases: readonly (readonly [access.AccessRequest, number, access.RequestPhase])[] = [
      [request(), now, 'pending'],
      [request({ decideBy: now }), now, 'expired'],
      [request({ grantEnds: now }), now, 'expired'],
      [approved, now, 'ready'],
      [{ ...approved, grantEnds: now }, now, 'expired'],
      [later, now, 'scheduled'],
      [later, now + minute, 'ready'],
      [request({ state: 'denied' }), now, 'denied'],
      [request({ state: 'promoted' }), now, 'promoted'],
      [request({ state: 'other' }), now, 'other'],
    ];
    for (const [subject, at, phase] of phases) assert.equal(access.phaseOf(subject, at), phase);
  });

  it('is named by its roles, by its resources only where there are none', () => {
    const resource = { cluster: untrusted('c'), kind: untrusted('node'), name: untrusted('n1') };
    assert.deepEqual(access.subjects(request({ resources: [resource] })), names('kube-admin'));
    assert.deepEqual(access.subjects(request({ roles: [], resources: [resource] })), names('node n1'));
  });

  it('says its resources in few words: what is known of them, else their kind and the begin of a UUID', () => {
    const resource = { cluster: untrusted('c'), kind: untrusted('node'), name: untrusted('n1') };
    const server = { ...resource, name: untrusted('6241445a-8e88-4954-83a0-bf09de3d716b') };
    const pod = { ...resource, kind: untrusted('pod'), sub: untrusted('payments/api') };
    assert.deepEqual(
      [resource, server, pod, { ...server, label: untrusted('web-1') }].map(access.resourceName),
      names('node n1', 'node 6241445a', 'pod n1 payments/api', 'web-1'),
    );
  });

  it('was decided by the last review that agrees with its state', () => {
    const reviews = [review('rita'), review('omar'), review('eve', 'denied')];
    assert.equal(access.decidingReview(request({ state: 'approved', reviews }))?.author, 'omar');
    assert.equal(access.decidingReview(request({ state: 'approved' })), undefined);
  });

  it('an id that could be a path, an option or a link is none', () => {
    assert.ok(isRequestId(id(1)));
    for (const text of ['', '../x', '-x', `${id(1)}\n`, id(1).toUpperCase(), `x${id(1)}`, `${id(1)}/..`]) {
      assert.ok(!isRequestId(text), JSON.stringify(text));
    }
  });
});

describe('what a reviewer decides about', () => {
  it('is the same although somebody else has reviewed it meanwhile', () => {
    assert.ok(sameForReviewer(request(), request({ revision: 'r2', reviews: [review('omar')] })));
  });

  it('is another thing once who, what, why or how long has changed', () => {
    const resource = { cluster: untrusted('c'), kind: untrusted('node'), name: untrusted('n1') };
    const changed = [
      request({ id: id(2) }),
      request({ user: untrusted('bob') }),
      request({ roles: names('kube-admin', 'root') }),
      request({ roles: names() }),
      request({ resources: [resource] }),
      request({ reason: untrusted('another') }),
      without(request(), 'reason'),
      request({ grantEnds: now + day }),
      request({ startsAt: now + hour }),
    ];
    for (const [index, changedRequest] of changed.entries())
      assert.ok(!sameForReviewer(request(), changedRequest), String(index));
  });
});

describe('what a waiting person is told', () => {
  const decisionKinds = (changes: Parameters<typeof request>[0]): unknown =>
    decisions([id(1)], [request(changes)], new Set(), now).map(({ kind }) => kind);

  it('a decision; nothing while there is none', () => {
    assert.deepEqual(decisionKinds({}), []);
    assert.deepEqual(decisionKinds({ state: 'approved' }), ['approved']);
    assert.deepEqual(decisionKinds({ state: 'denied' }), ['denied']);
    assert.deepEqual(decisionKinds({ state: 'promoted' }), ['promoted']);
  });

  it('that nobody decided in time', () => {
    assert.deepEqual(decisionKinds({ decideBy: now }), ['lapsed']);
    assert.deepEqual(decisions([id(1)], [], new Set([id(1)]), now), [
      { kind: 'lapsed', id: id(1), request: undefined },
    ]);
  });

  it('nothing about a request that is not known yet, or in a state this version does not know', () => {
    assert.deepEqual(decisions([id(1)], [], new Set(), now), []);
    assert.deepEqual(decisionKinds({ state: 'other' }), []);
  });

  it('nothing about requests nobody waits for', () => {
    assert.deepEqual(decisions([], [request({ state: 'approved' })], new Set([id(1)]), now), []);
  });
});

describe('what ended lately', () => {
  const entry = (kind: JournalEntry['kind'], at: number, n = 1): JournalEntry => ({
    at,
    kind,
    id: id(n),
    roles: names('kube-admin'),
  });
  const endedKinds = (...entries: JournalEntry[]): string[] =>
    endedLately(entries, now).map((ended) => `${ended.kind} ${ended.id.slice(-1)}`);

  it('is the last word on each request of the last 24 hours, newest first', () => {
    assert.deepEqual(
      endedKinds(
        entry('requested', now - 3 * hour),
        entry('denied', now - 2 * hour),
        entry('dropped', now - hour, 2),
        entry('lapsed', now - day, 3),
      ),
      ['dropped 2', 'denied 1'],
    );
  });

  it('does not hold what is in use again', () => {
    assert.deepEqual(endedKinds(entry('dropped', now - hour), entry('assumed', now)), []);
  });

  it('does not hold what the person reviewed for others', () => {
    assert.deepEqual(endedKinds(entry('reviewed', now)), []);
    assert.deepEqual(endedKinds(entry('denied', now - 1), entry('reviewed', now)), ['denied 1']);
  });
});
