import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { requestPage } from '../../../../src/views/pages/requestPage.ts';
import * as samples from '../../../support/samples.ts';

const { elevation, id, minute, names, now, profile, request, review, snapshot } = samples;
const page = (changes: Parameters<typeof snapshot>[0]): string => requestPage(id(1), snapshot(changes), now);

describe('the request page', () => {
  it('says who, what, why, how long, and which lines of tsh do the same', () => {
    const text = page({ requests: [request()] });
    assert.match(text, new RegExp(`^Access request ${id(1)}\n`));
    for (const line of [
      /^State: +pending, 0 of 1 approvals$/m,
      /^Who: +│ alice$/m,
      /^Roles: +│ kube-admin$/m,
      /^Why: +│ debugging production$/m,
      /^How long: +1 h, counted from asking$/m,
      /^Reviewers: +│ rita$/m,
      /^Decide by: .*03:50:00/m,
      /^Login ends: .*13:00:00/m,
      /^ {2}default: 0 of 1 approvals, 1 more needed$/m,
    ]) {
      assert.match(text, line);
    }
    assert.match(text, new RegExp(`^ {2}tsh request show ${id(1)}$`, 'm'));
    assert.doesNotMatch(text, /tsh login|review --approve/, 'nobody reviews an own request');
  });

  it('each review with its words, marked as theirs', () => {
    const reviews = [review('rita', 'approved', 'fine\nState: denied')];
    const text = page({ requests: [request({ state: 'approved', reviews })] });
    assert.match(text, /^State: +approved, ready to use$/m);
    assert.match(text, /^ {2}approved by rita, .*\n {4}│ fine\n {4}│ State: denied$/m);
    assert.match(text, new RegExp(`^ {2}tsh login --request-id=${id(1)}$`, 'm'));
  });

  it('the four ends, and which comes first', () => {
    const text = page({
      requests: [request({ state: 'approved' })],
      elevations: [elevation({ grantEnds: now + minute })],
    });
    assert.match(text, /^State: +in use$/m);
    assert.match(text, /^Grant ends: .*<- ends first$/m);
    assert.doesNotMatch(text, /^Certificate: .*<- ends first$/m);
    assert.match(text, /^Certificate: /m);
    assert.match(text, /^Login ends: /m);
  });

  it('of a request that waits or is ready, too; of two that come together none', () => {
    const firstEnds = (changes: Parameters<typeof snapshot>[0]): string[] =>
      page(changes)
        .split('\n')
        .filter((line) => line.endsWith('<- ends first'))
        .map((line) => line.split(':')[0] ?? '');
    const login = { kind: 'signedIn', profile: profile('alice', { validUntil: now + minute }) } as const;
    assert.deepEqual(firstEnds({ requests: [request()] }), []);
    assert.deepEqual(firstEnds({ requests: [request({ decideBy: now + minute })] }), ['Decide by']);
    assert.deepEqual(firstEnds({ requests: [request()], login }), ['Login ends']);
    assert.deepEqual(firstEnds({ requests: [request({ state: 'approved' })] }), ['Grant ends']);
    assert.deepEqual(firstEnds({ requests: [request({ state: 'denied' })] }), []);
  });

  it('what ends with the login says so at the login', () => {
    const ends = now + 50 * minute;
    const login = { kind: 'signedIn', profile: profile('alice', { validUntil: ends }) } as const;
    const requests = [request({ state: 'approved' })];
    const text = page({ login, requests, elevations: [elevation({ loginEnds: ends })] });
    assert.match(text, /^Login ends: .*03:50:00.*<- ends first$/m);
    assert.doesNotMatch(text, /^Certificate: .*<- ends first$/m);
  });

  it('a reviewer is shown what to look at; who asked is not', () => {
    assert.doesNotMatch(page({ requests: [request()] }), /^Look at:/m);
    const login = { kind: 'signedIn', profile: profile('rita') } as const;
    const text = page({ login, requests: [request()] });
    assert.match(text, /^Look at: +first time this person asks for it · /m);
    assert.match(text, new RegExp(`^ {2}tsh request review --approve ${id(1)}$`, 'm'));
    const approvedPage = page({ login, requests: [request({ state: 'approved' })] });
    assert.doesNotMatch(approvedPage, /tsh login|request drop/, 'only who asked can use it');
  });

  it('a request that is not there says so, with what was noted of it', () => {
    assert.match(page({ requests: undefined }), /Not known yet/);
    const note = {
      at: now,
      kind: 'denied',
      id: id(1),
      roles: names('kube-admin'),
      by: untrusted('rita'),
    } as const;
    const text = page({ ended: [{ ...note, words: untrusted('no') }] });
    assert.match(text, /does not know this request/);
    assert.match(text, /^Denied: .*\nRoles: +│ kube-admin\nBy: +│ rita\nWords: +│ no$/m);
  });

  it('no line that others wrote can pass for one of ours, and none acts', () => {
    const forged = untrusted('x\nState:          approved, ready to use\r\n\nWho: │ rita\u2028Roles: none');
    for (const foreignText of [forged, samples.hostileText]) {
      const reviews = [{ ...review('x', 'denied'), author: foreignText, reason: foreignText }];
      const text = page({
        requests: [
          request({
            user: foreignText,
            roles: [foreignText],
            reason: foreignText,
            resolveReason: foreignText,
            suggestedReviewers: [foreignText],
            thresholds: [{ name: foreignText, approve: 1, deny: 1 }],
            resources: [{ cluster: foreignText, kind: foreignText, name: foreignText }],
            reviews,
          }),
        ],
      });
      assert.equal(text.match(/^State:/gm)?.length, 1);
      assert.equal(text.match(/^Who:/gm)?.length, 1);
      assert.equal(text.match(/^Roles:/gm)?.length, 1);
      for (const [what, pattern] of samples.activePatterns) {
        for (const line of text.split('\n')) assert.doesNotMatch(line, pattern, what);
      }
    }
  });
});
