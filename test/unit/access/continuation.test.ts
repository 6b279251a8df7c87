import assert from 'node:assert/strict';
import { continuation, successorDraft } from '../../../src/access/continuation.ts';
import type { Elevation } from '../../../src/access/elevation.ts';
import { rawText, untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { elevation, hour, id, minute, now, request } from '../../support/samples.ts';

const loginEnds = now + 10 * hour;
const approved = request({ state: 'approved', grantEnds: now + 3 * hour });

describe('continuing an elevation', () => {
  const kindOf = (
    changes: Partial<Elevation>,
    current = approved,
    others = [current],
    ends = loginEnds,
  ): string => continuation(elevation(changes), current, others, ends, now).kind;

  it('needs nobody while the grant outlives the certificate', () => {
    assert.deepEqual(continuation(elevation(), approved, [approved], loginEnds, now), {
      kind: 'renew',
      grantEnds: now + 3 * hour,
    });
  });

  it('needs another request when the grant ends with the certificate, for as long as the first', () => {
    const short = request({ state: 'approved', grantEnds: now + 50 * minute });
    const next = continuation(elevation({ grantEnds: short.grantEnds }), short, [short], loginEnds, now);
    assert.deepEqual(next, { kind: 'successor', minutes: 60 });
  });

  it('asks for no second one while one waits, and lets an approved one take over', () => {
    const next = request({ id: id(2) });
    assert.equal(kindOf({ successor: id(2) }, approved, [approved, next]), 'waiting');
    assert.equal(
      kindOf({ successor: id(2) }, approved, [approved, { ...next, state: 'approved' }]),
      'takeOver',
    );
    assert.equal(kindOf({ successor: id(2) }, approved, [approved, { ...next, state: 'denied' }]), 'renew');
    const lapsed = { ...next, decideBy: now };
    assert.equal(kindOf({ successor: id(2) }, approved, [approved, lapsed]), 'renew');
  });

  it('needs a new login when the login ends no later', () => {
    assert.equal(kindOf({}, approved, [approved], now + 50 * minute), 'login');
    assert.equal(kindOf({}, approved, [approved], now + 51.5 * minute), 'renew');
  });

  it('is over when the approval was taken back', () => {
    assert.equal(kindOf({ withdrawn: 'denied' }), 'withdrawn');
    assert.equal(kindOf({ withdrawn: 'deleted', grantEnds: now + 50 * minute }), 'withdrawn');
  });

  it('the request that continues asks for the same, in the same words, and says what it continues', () => {
    const draft = successorDraft(approved);
    assert.deepEqual(draft.roles, approved.roles);
    assert.deepEqual(draft.reviewers, approved.suggestedReviewers);
    assert.equal(draft.reason, `debugging production (continues ${approved.id})`);
    const secondDraft = successorDraft({ ...approved, id: id(3), reason: untrusted(draft.reason) });
    assert.equal(secondDraft.reason, `debugging production (continues ${id(3)})`, 'no chain of ids');
  });

  it('a reason of any length stays within what the cluster takes, and no character is halved', () => {
    const draft = successorDraft({ ...approved, reason: untrusted('ключ🔑'.repeat(600)) });
    assert.ok(Buffer.byteLength(draft.reason) <= 4096);
    assert.ok(draft.reason.endsWith(`(continues ${approved.id})`));
    assert.ok(!draft.reason.includes('\ufffd') && draft.reason.isWellFormed());
    assert.equal(
      rawText(untrusted(successorDraft({ ...approved, reason: untrusted('') }).reason)).trim().length > 0,
      true,
    );
  });

  it('resources are asked for by name again, whatever roles the cluster made of them', () => {
    const resource = { cluster: untrusted('c'), kind: untrusted('node'), name: untrusted('n') };
    const draft = successorDraft({ ...approved, resources: [resource] });
    assert.deepEqual([draft.roles, draft.resources], [[], [resource]]);
  });
});
