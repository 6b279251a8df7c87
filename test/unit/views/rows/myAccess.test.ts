import assert from 'node:assert/strict';
import type { Row } from '../../../../src/views/rows/row.ts';
import { myAccess } from '../../../../src/views/rows/myAccess.ts';
import { emptyViewState } from '../../../../src/views/rows/stateRow.ts';
import { emptySnapshot } from '../../../../src/state/store.ts';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import type { Elevation } from '../../../../src/access/elevation.ts';
import type { AccessRequest } from '../../../../src/access/request.ts';
import * as samples from '../../../support/samples.ts';

const { elevation, hour, id, minute, names, now, profile, request, snapshot } = samples;
const approved = request({ state: 'approved' });

const rowsOf = (changes: Parameters<typeof snapshot>[0]): Row[] => myAccess(snapshot(changes), now);
const onlyRow = (changes: Parameters<typeof snapshot>[0]): Row => {
  const [row, ...others] = rowsOf(changes);
  assert.deepEqual(others, []);
  return row ?? assert.fail('no row');
};
const summary = ({ label, description, can }: Row): unknown => [label, description, can];

describe('My Access', () => {
  it('a request that waits: how far it is, by when, and what can be done meanwhile', () => {
    const row = onlyRow({ requests: [request()] });
    assert.deepEqual(summary(row), ['kube-admin', '0 of 1, waits until 03:50', ['open', 'nudge', 'cancel']]);
    assert.equal(row.spoken, 'kube-admin, 0 of 1, waits until 03:50');
    assert.equal(row.id, id(1));
  });

  it('one that is approved can be used; one that starts later cannot yet', () => {
    assert.deepEqual(summary(onlyRow({ requests: [approved] })), [
      'kube-admin',
      'ready until 03:50',
      ['open', 'use'],
    ]);
    const scheduled = request({ state: 'approved', startsAt: now + 20 * minute });
    assert.deepEqual(summary(onlyRow({ requests: [scheduled] })), ['kube-admin', 'starts 03:20', ['open']]);
  });

  it('one that lasts longer than the login ends with it', () => {
    const login = { kind: 'signedIn', profile: profile('alice', { validUntil: now + minute }) } as const;
    assert.equal(
      onlyRow({ login, requests: [approved] }).description,
      'ready until 03:01, when your login ends',
    );
  });

  it('what ends with the login says so; after a new sign-in that is over', () => {
    const ends = now + 50 * minute;
    const signedIn = (validUntil: number) =>
      ({ kind: 'signedIn', profile: profile('alice', { validUntil }) }) as const;
    const elevations = [elevation({ loginEnds: ends })];
    const row = onlyRow({ login: signedIn(ends), elevations });
    assert.equal(row.description, 'in use until 03:50, when your login ends');
    assert.match(row.tooltip ?? '', /^Login ends .*03:50:00.*$/m);
    assert.match(row.tooltip ?? '', /^It ends with your login; to go on after that, sign in first\.$/m);
    const afterSignIn = onlyRow({ login: signedIn(now + 12 * hour), elevations });
    assert.equal(afterSignIn.description, 'in use, certificate until 03:50');
    assert.match(afterSignIn.tooltip ?? '', /^The certificate ends first\.$/m);
  });

  it('to the one who asked nothing is an order; a login that ends before the decision is named first', () => {
    const row = onlyRow({ requests: [request()] });
    assert.match(row.tooltip ?? '', /^Waits until .*03:50:00/m);
    assert.doesNotMatch(JSON.stringify(row), /decide by/i);
    const login = { kind: 'signedIn', profile: profile('alice', { validUntil: now + minute }) } as const;
    const { description } = onlyRow({ login, requests: [request()] });
    assert.equal(description, '0 of 1, login ends 03:01, waits until 03:50');
  });

  it('nothing can be pressed twice', () => {
    const row = onlyRow({ requests: [approved], busy: new Map([[id(1), 'assuming']]) });
    assert.deepEqual(summary(row), ['kube-admin', 'being assumed…', ['open']]);
    const busyRow = onlyRow({ elevations: [elevation()], busy: new Map([[id(1), 'dropping']]) });
    assert.deepEqual(summary(busyRow), ['kube-admin', 'being given back…', ['open']]);
  });

  it('kubectl that goes elsewhere is said in the row, with a way to put it right', () => {
    const otherCluster = { kube: untrusted('prod-eu'), mismatch: untrusted('$(x) staging') };
    const row = onlyRow({
      elevations: [elevation({ ...otherCluster, where: { kind: 'private', home: 'h' } })],
    });
    assert.match(row.description ?? '', /^kubectl at “\$ \(x\) staging”, not prod-eu · /);
    assert.match(row.tooltip ?? '', /^kubectl at .* not prod-eu$/m);
    assert.equal(row.icon, 'warning');
    assert.ok(row.can.includes('kubeCluster'));
    assert.match(row.spoken, /not prod-eu/);
    const elsewhere = onlyRow({
      elevations: [elevation({ ...otherCluster, where: { kind: 'private', home: 'h' }, here: false })],
    });
    assert.ok(!elsewhere.can.includes('mismatch'), 'another window’s is not ours to change');
  });

  it('what is in use: where, and the end that comes first', () => {
    const summaryOf = (changes: Parameters<typeof elevation>[0]): unknown =>
      summary(onlyRow({ requests: [approved], elevations: [elevation(changes)] }));
    const terminal = ['open', 'drop', 'terminal', 'continue'];
    assert.deepEqual(summaryOf({}), ['kube-admin', 'in use, certificate until 03:50', terminal]);
    assert.deepEqual(summaryOf({ grantEnds: now + 30 * minute }), [
      'kube-admin',
      'in use, grant until 03:30',
      terminal,
    ]);
    assert.deepEqual(summaryOf({ grantEnds: now + 50 * minute }), [
      'kube-admin',
      'in use until 03:50',
      terminal,
    ]);
    const mainLogin = { where: { kind: 'mainLogin' } } as const;
    assert.deepEqual(summaryOf(mainLogin), [
      'kube-admin',
      'main login until 03:50',
      ['open', 'drop', 'continue'],
    ]);
    const cut = { ...mainLogin, grantEnds: now + minute };
    assert.deepEqual(summaryOf(cut), [
      'kube-admin',
      'main login, grant until 03:01',
      ['open', 'drop', 'continue'],
    ]);
    const elsewhere = 'in use in another window until 03:50';
    assert.deepEqual(summaryOf({ here: false }), ['kube-admin', elsewhere, ['open', 'drop']]);
    const abandoned = 'window gone, given back soon; ends 03:50';
    assert.deepEqual(summaryOf({ here: false, windowGone: true }), [
      'kube-admin',
      abandoned,
      ['open', 'drop'],
    ]);
  });

  it('what continues it is said with it: how far the successor is, what became of it, that there can be none', () => {
    const descriptionOf = (changes: Partial<Elevation>, successor?: AccessRequest): string =>
      rowsOf({
        requests: [approved, ...(successor ? [successor] : [])],
        elevations: [elevation(changes)],
      })[0]?.description ?? '';
    const next = request({ id: id(7) });
    const withSuccessor = { successor: id(7) };
    assert.match(descriptionOf(withSuccessor, next), / · successor 0 of 1$/);
    assert.match(descriptionOf(withSuccessor, { ...next, state: 'approved' }), / · successor approved$/);
    assert.match(descriptionOf(withSuccessor, { ...next, state: 'denied' }), / · successor denied$/);
    assert.equal(descriptionOf(withSuccessor), descriptionOf({}), 'not known yet: nothing is claimed');
    assert.match(descriptionOf({ withdrawn: 'denied' }), /^withdrawn · in use.* · cannot be continued$/);
    assert.match(descriptionOf({ withdrawn: 'deleted' }), /^deleted on the cluster · in use/);
  });

  it('what another machine or account has is said plainly, can be acted on nowhere here, and keeps nothing from use', () => {
    const away = { elevation: elevation({ here: false }), host: untrusted('dev·box') };
    const rows = rowsOf({ requests: [approved], elsewhere: [{ ...away, at: 'otherMachine' }] });
    assert.deepEqual(rows.map(summary), [
      ['kube-admin', 'ready until 03:50', ['open', 'use']],
      ['kube-admin', 'in use on another machine (“dev·box”) until 03:50', []],
    ]);
    assert.match(rows[1]?.tooltip ?? '', /^It can be given back there only\. It is left alone here\.$/m);
    assert.equal(
      onlyRow({ elsewhere: [{ ...away, at: 'otherUser' }] }).description,
      'in use by another account of this machine until 03:50',
    );
    const over = { ...away, elevation: elevation({ certificateEnds: now }), at: 'otherMachine' } as const;
    assert.deepEqual(rowsOf({ elsewhere: [over] }), []);
    const hostile = { ...away, host: samples.hostileText, at: 'otherMachine' } as const;
    for (const [what, pattern] of samples.activePatterns)
      assert.doesNotMatch(onlyRow({ elsewhere: [hostile] }).description ?? '', pattern, what);
  });

  it('what is elevated is shown also when nobody is signed in any more', () => {
    const rows = rowsOf({ login: { kind: 'signedOut' }, elevations: [elevation()] });
    assert.deepEqual(
      rows.map(({ label }) => label),
      ['Signed out', 'kube-admin'],
    );
    assert.equal(rows[0]?.command, 'jitAccess.signIn');
  });

  it('in use stands above ready, ready above scheduled, that above what waits; nearest first', () => {
    const requests = [
      request({ id: id(2) }),
      request({ id: id(3), decideBy: now + minute }),
      request({ id: id(4), state: 'approved', startsAt: now + minute }),
      request({ id: id(5), state: 'approved' }),
    ];
    const rows = rowsOf({ requests, elevations: [elevation()] });
    assert.deepEqual(
      rows.map(({ target }) => target?.id),
      [id(1), id(5), id(4), id(3), id(2)],
    );
  });

  it('nothing of others, nothing that is over, nothing that was hidden while it waits', () => {
    const requests = [
      request({ user: untrusted('bob') }),
      request({ id: id(2), decideBy: now }),
      request({ id: id(3), state: 'denied' }),
      request({ id: id(4), state: 'approved', grantEnds: now }),
      request({ id: id(5) }),
    ];
    assert.deepEqual(rowsOf({ requests, hidden: [id(5)] }), []);
  });

  it('a hidden request comes back when it is approved after all', () => {
    assert.equal(onlyRow({ requests: [approved], hidden: [id(1)] }).label, 'kube-admin');
  });

  it('what ended is folded below, with who and why', () => {
    const entry = { at: now - hour, id: id(7), roles: names('kube-admin') };
    const ended = [
      { ...entry, kind: 'denied', by: untrusted('rita'), words: untrusted('use the replica') },
      { ...entry, id: id(8), kind: 'dropped' },
      { ...entry, id: id(9), kind: 'lapsed' },
    ] as const;
    const row = onlyRow({ ended });
    assert.deepEqual([row.label, row.can], ['Ended', []]);
    assert.deepEqual(
      row.children?.map(({ description }) => description),
      ['denied by rita 02:00 · “use the replica”', 'given back 02:00', 'expired 02:00'],
    );
    for (const child of row.children ?? []) assert.ok(child.can.includes('askAgain'));
  });

  it('text that tries to act is only ever read', () => {
    const texts = { user: untrusted('alice'), roles: [samples.hostileText], reason: samples.hostileText };
    const rows = [
      ...rowsOf({ requests: [request({ ...texts, resolveReason: samples.hostileText })] }),
      ...rowsOf({ elevations: [elevation({ roles: [samples.hostileText] })] }),
      ...(onlyRow({
        ended: [
          {
            at: now,
            kind: 'denied',
            id: id(1),
            roles: [samples.hostileText],
            by: samples.hostileText,
            words: samples.hostileText,
          },
        ],
      }).children ?? []),
    ];
    for (const { label, description, tooltip = '', spoken } of rows) {
      for (const [what, pattern] of samples.activePatterns) {
        for (const text of [label, description ?? '', tooltip, spoken])
          assert.doesNotMatch(text, pattern, what);
      }
    }
  });
});

describe('an empty view', () => {
  it('says why it is empty', () => {
    const stale = (kind: 'unreachable' | 'timedOut' | 'unreadable') => snapshot({ stale: { kind } });
    assert.equal(emptyViewState(emptySnapshot), 'starting');
    assert.equal(emptyViewState({ ...emptySnapshot, stale: { kind: 'unreadable' } }), 'failing');
    assert.equal(emptyViewState(snapshot({ requests: undefined })), 'starting');
    assert.equal(emptyViewState(snapshot()), 'nothing');
    assert.equal(emptyViewState(stale('unreachable')), 'offline');
    assert.equal(emptyViewState(stale('timedOut')), 'offline');
    assert.equal(emptyViewState(stale('unreadable')), 'failing');
    for (const kind of ['tshMissing', 'signedOut'] as const) {
      assert.equal(emptyViewState(snapshot({ login: { kind } })), kind);
    }
  });

  it('rows that may be old say so, and lead on', () => {
    const rows = rowsOf({ requests: [request()], stale: { kind: 'unreachable' }, asOf: now - 9 * minute });
    const { label, description, command } = rows[0] ?? assert.fail();
    assert.deepEqual([label, description, command], ['Offline', 'as of 02:51', 'jitAccess.refresh']);
  });
});
