import assert from 'node:assert/strict';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { statusItem } from '../../../src/views/statusItem.ts';
import * as samples from '../../support/samples.ts';

const { elevation, hour, id, minute, names, now, profile, request, second, snapshot } = samples;
const item = (changes: Parameters<typeof snapshot>[0], at = now) => statusItem(snapshot(changes), at);
const text = (changes: Parameters<typeof snapshot>[0]): string => item(changes).text;

describe('the status bar', () => {
  it('a quiet shield while nothing is elevated, and nothing changes by itself', () => {
    const { text, nextChange, background } = item({});
    assert.deepEqual([text, nextChange, background], ['$(shield)', Infinity, undefined]);
  });

  it('what another machine has is no elevation of this one: no countdown, said to who looks', () => {
    const elsewhere = [{ elevation: elevation(), at: 'otherMachine', host: untrusted('devbox') }] as const;
    const { text, tooltip, background, nextChange } = item({ elsewhere });
    assert.deepEqual([text, background], ['$(shield)', undefined]);
    assert.match(tooltip, /nothing is elevated on this machine; kube-admin is in use on another machine/);
    assert.equal(nextChange, now + 50 * minute);
    assert.doesNotMatch(item({ elsewhere, elevations: [elevation()] }).text, /\+1/);
  });

  it('what waits, only while I wait for it', () => {
    const requests = [request()];
    assert.equal(text({ requests, waiting: [id(1)] }), '$(clockface) kube-admin 0 of 1');
    assert.equal(text({ requests }), '$(shield)');
    assert.equal(text({ requests: [request({ user: untrusted('bob') })], waiting: [id(1)] }), '$(shield)');
  });

  it('until when it waits or is ready, and whether the login ends before that', () => {
    const login = { kind: 'signedIn', profile: profile('alice', { validUntil: now + minute }) } as const;
    const tooltip = (changes: Parameters<typeof snapshot>[0]): string =>
      item({ waiting: [id(1)], ...changes }).tooltip;
    const requests = [request()];
    assert.equal(tooltip({ requests }), 'kube-admin: 0 of 1, waits until 03:50');
    assert.equal(tooltip({ requests, login }), 'kube-admin: 0 of 1, login ends 03:01, waits until 03:50');
    const ready = [request({ state: 'approved' })];
    assert.equal(tooltip({ requests: ready }), 'kube-admin: ready until 03:50');
    assert.equal(tooltip({ requests: ready, login }), 'kube-admin: ready until 03:01, when your login ends');
  });

  it('what is ready; what was given back already is not announced again', () => {
    const requests = [request({ state: 'approved' })];
    assert.equal(text({ requests }), '$(pass) kube-admin ready');
    const ended = [{ at: now, kind: 'dropped', id: id(1), roles: names('kube-admin') }] as const;
    assert.equal(text({ requests, ended }), '$(shield)');
  });

  it('kubectl that goes elsewhere than the elevation was pointed at is a warning in words, and no alarm', () => {
    const astray = { kube: untrusted('prod-eu'), mismatch: untrusted('[x](command:y)') };
    const { text, tooltip, spoken, background } = item({ elevations: [elevation(astray)] });
    assert.match(text, /^\$\(warning\) kube-admin .* \(kubectl: \[x\] \(command: y\)\)$/);
    assert.match(tooltip, /^kubectl at “\[x\] \(command: y\)”, not prod-eu$/m);
    assert.match(spoken, /kubectl at .*, not prod-eu$/);
    assert.equal(background, undefined);
    assert.match(item({ elevations: [elevation({ kube: untrusted('prod-eu') })] }).text, /^\$\(unlock\)/);
  });

  it('the time left: minutes, then seconds with a warning, then an alarm', () => {
    const elevations = [elevation({ since: now - hour })];
    const shownAt = (left: number): unknown[] => {
      const { text, background } = item({ elevations }, now + 50 * minute - left);
      return [text, background];
    };
    assert.deepEqual(shownAt(42 * minute), ['$(unlock) kube-admin 42 min', undefined]);
    assert.deepEqual(shownAt(5 * minute - second), ['$(unlock) kube-admin 4:59', 'warning']);
    assert.deepEqual(shownAt(30 * second), ['$(unlock) kube-admin 0:30', 'error']);
    assert.deepEqual(shownAt(0), ['$(shield)', undefined]);
  });

  it('is read aloud as an end, which does not tick', () => {
    const spoken = [0, 1, 39].map((m) => item({ elevations: [elevation()] }, now + m * minute).spoken);
    const words = 'kube-admin elevated until 03:50, when this certificate ends';
    assert.deepEqual(new Set(spoken), new Set([words]));
  });

  it('of several the one that ends first, with a count', () => {
    const other = elevation({
      requestId: id(2),
      roles: names('prod-dba'),
      certificateEnds: now + 20 * minute,
    });
    const { text, tooltip } = item({ elevations: [elevation(), other] });
    assert.equal(text, '$(unlock) prod-dba 20 min +1');
    assert.match(tooltip, /prod-dba: elevated until .*\nkube-admin: elevated until /);
  });

  it('offline: as of when; an elevation goes on counting', () => {
    const offline = { stale: { kind: 'unreachable' }, asOf: now - 9 * minute } as const;
    assert.equal(text(offline), '$(debug-disconnect) offline, as of 02:51');
    const elevations = [elevation()];
    assert.equal(text({ ...offline, elevations }), '$(unlock) kube-admin 50 min · offline, as of 02:51');
    const { tooltip, spoken } = item({ ...offline, elevations });
    for (const words of [tooltip, spoken]) assert.match(words, /offline, as of 02:51/);
    assert.equal(text({ elevations }), '$(unlock) kube-admin 50 min');
  });

  it('what stands in the way', () => {
    assert.equal(text({ login: { kind: 'tshMissing' } }), '$(shield) tsh not found');
    assert.equal(text({ login: { kind: 'tooOld', version: '13' } }), '$(shield) tsh too old');
    assert.equal(text({ login: { kind: 'signedOut' } }), '$(shield) signed out');
    assert.equal(text({ login: { kind: 'expired', profile: profile() } }), '$(shield) login expired');
  });

  it('an elevation is shown whatever stands in the way', () => {
    const elevations = [elevation()];
    assert.equal(text({ login: { kind: 'signedOut' }, elevations }), '$(unlock) kube-admin 50 min');
  });

  it('text that tries to act is only ever read', () => {
    const [roles, requests] = [
      [samples.hostileText],
      [request({ roles: [samples.hostileText], state: 'approved' })],
    ];
    const pending = [request({ roles })];
    for (const each of [
      item({ elevations: [elevation({ roles })] }),
      item({ requests }),
      item({ requests: pending, waiting: [id(1)] }),
      item({ requests, busy: new Map([[id(1), 'assuming']]) }),
    ]) {
      const own = each.text.replace(/^\$\([a-z~-]+\) /, '');
      for (const [what, pattern] of samples.activePatterns) {
        for (const text of [own, each.tooltip, each.spoken]) assert.doesNotMatch(text, pattern, what);
      }
      assert.ok(each.text.length < 100);
    }
  });
});
