import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { toReview } from '../../../../src/views/rows/toReview.ts';
import * as samples from '../../../support/samples.ts';

const { day, id, minute, names, now, profile, request, review, snapshot } = samples;
const ritaLogin = { kind: 'signedIn', profile: profile('rita') } as const;

const viewOf = (changes: Parameters<typeof snapshot>[0]) =>
  toReview(snapshot({ login: ritaLogin, ...changes }), now);
const labels = (changes: Parameters<typeof snapshot>[0]): string[] =>
  viewOf(changes).rows.map(({ label }) => label);

describe('To Review', () => {
  it('who asks for what, how long, why, and by when it must be decided', () => {
    const { rows, waiting } = viewOf({ requests: [request()] });
    const [row] = rows;
    assert.equal(waiting, 1);
    assert.equal(row?.label, 'alice: kube-admin');
    assert.equal(row.description, '1 h · “debugging production” · decide by 03:50');
    assert.deepEqual(row.can, ['open', 'decide']);
    assert.equal(row.spoken, 'alice asks for kube-admin, 1 h · “debugging production” · decide by 03:50');
  });

  it('how far it is where more than one approval is needed', () => {
    const thresholds = [{ name: untrusted('two'), approve: 2, deny: 1 }];
    const [row] = viewOf({ requests: [request({ thresholds, reviews: [review('omar')] })] }).rows;
    assert.match(row?.description ?? '', / 1 of 2 /);
  });

  it('waits for me: what was asked of me, or anything once I review here', () => {
    const requests = [request({ suggestedReviewers: names('omar') })];
    assert.deepEqual([viewOf({ requests }).waiting, labels({ requests })], [0, ['Visible to me']]);
    assert.deepEqual(viewOf({ requests, isReviewer: true }).waiting, 1);
  });

  it('what waits for others is folded, and what I reviewed already offers no decision', () => {
    const requests = [request({ reviews: [review('rita')] })];
    const { rows, waiting } = viewOf({ requests, isReviewer: true });
    assert.equal(waiting, 0);
    assert.deepEqual(rows[0]?.children?.[0]?.can, ['open']);
  });

  it('the nearest deadline first; several of one person together', () => {
    const requests = [
      request({ id: id(1), decideBy: now + 40 * minute }),
      request({ id: id(2), user: untrusted('bob'), decideBy: now + 30 * minute }),
      request({ id: id(3), decideBy: now + 20 * minute }),
    ];
    const { rows, waiting } = viewOf({ requests });
    assert.equal(waiting, 3);
    assert.deepEqual(
      rows.map(({ label }) => label),
      ['alice', 'bob: kube-admin'],
    );
    assert.deepEqual(
      rows[0]?.children?.map((row) => row.id),
      [id(3), id(1)],
    );
    assert.ok(rows[0].expanded);
  });

  it('never my own, and nothing that is over', () => {
    const requests = [
      request({ user: untrusted('rita') }),
      request({ grantEnds: now }),
      request({ decideBy: now }),
    ];
    assert.deepEqual(viewOf({ requests, isReviewer: true }), { rows: [], waiting: 0 });
  });

  it('decided, and in use by others, are folded below, with who decided', () => {
    const reviews = [review('omar')];
    const requests = [
      request({ state: 'approved', reviews }),
      request({ id: id(2), state: 'denied', reviews: [review('omar', 'denied')] }),
    ];
    const { rows, waiting } = viewOf({ requests });
    assert.equal(waiting, 0);
    assert.deepEqual(
      rows.map(({ label }) => label),
      ['Approved, perhaps in use', 'Decided'],
    );
    assert.equal(rows[1]?.children?.[0]?.description, 'denied · by omar 02:59');
  });

  it('signed out, or before the first answer, there is no number: it never says 0 for "not known"', () => {
    const requests = [request()];
    for (const login of [{ kind: 'signedOut' }, { kind: 'expired', profile: profile('rita') }] as const) {
      assert.deepEqual(viewOf({ login, requests }), { rows: [], waiting: undefined });
    }
    assert.deepEqual(viewOf({ requests: undefined }), { rows: [], waiting: undefined });
  });

  it('words of others between dots of ours cannot be taken for ours, also where they are read out', () => {
    const reason = untrusted('rotate cert · 2 of 2 · decide by 03:59 · approved by rita');
    const user = untrusted('ana approved by rita, 2 min ago · kube-admin: 15 min');
    const { rows } = viewOf({ requests: [request({ reason, user, roles: [untrusted('a, b')] })] });
    assert.equal(rows[0]?.label, '“ana approved by rita, 2 min ago · kube-admin: 15 min”: “a, b”');
    assert.match(
      rows[0].description ?? '',
      / · “rotate cert · 2 of 2 · decide by 03:59 · approved by rita” · decide by /,
    );
    assert.match(rows[0].spoken, /^“ana [^”]*” asks for “a, b”, .* · “rotate cert [^”]*” · /);
    assert.match(rows[0].tooltip ?? '', /^Reason: “rotate cert [^”]*”$/m);
  });

  it('a decision that is under way cannot be made twice', () => {
    const { rows } = viewOf({ requests: [request()], busy: new Map([[id(1), 'deciding']]) });
    assert.deepEqual(rows[0]?.can, ['open']);
    assert.match(rows[0].description ?? '', /being decided…/);
  });

  it('what is unusual is marked', () => {
    const usualRequests = [2, 3, 4].map((n) =>
      request({ id: id(n), created: now - day, grantEnds: now - day + 3_600_000 }),
    );
    const longRequest = request({ grantEnds: now + 10 * 3_600_000 });
    assert.match(
      viewOf({ requests: [...usualRequests, longRequest] }).rows[0]?.tooltip ?? '',
      /Look at: .*what the role contains/,
    );
    const oddName = request({ user: untrusted('\u0430dmin') });
    assert.match(viewOf({ requests: [oddName] }).rows[0]?.description ?? '', /a name mixes scripts/);
  });

  it('text that tries to act is only ever read', () => {
    const texts = { user: samples.hostileText, roles: [samples.hostileText], reason: samples.hostileText };
    const requests = [
      request(texts),
      request({ ...texts, id: id(2) }),
      request({
        ...texts,
        id: id(3),
        state: 'denied',
        reviews: [{ ...review('x', 'denied'), author: samples.hostileText }],
      }),
    ];
    const { rows } = viewOf({ requests });
    for (const { label, description, tooltip = '', spoken } of rows.flatMap((row) => [
      row,
      ...(row.children ?? []),
    ])) {
      for (const [what, pattern] of samples.activePatterns) {
        for (const text of [label, description ?? '', tooltip, spoken])
          assert.doesNotMatch(text, pattern, what);
      }
    }
  });
});
