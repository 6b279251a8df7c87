import assert from 'node:assert/strict';
import fc from 'fast-check';
import { countdown, elevationCountdown, warningPeriod, milestone } from '../../../src/access/deadlines.ts';
import { endOf, runningElevations } from '../../../src/access/elevation.ts';
import { timeLeft } from '../../../src/text/time.ts';
import { statusItem } from '../../../src/views/statusItem.ts';
import { elevation, hour, minute, now, profile, second, snapshot } from '../../support/samples.ts';
import { assertProperty } from '../../support/property.ts';

/** An elevation of one hour that ends at 03:50. Each test passes the time itself. */
const elevations = [elevation({ since: now - 10 * minute })];
const end = now + 50 * minute;
const shown = (at: number): string => statusItem(snapshot({ elevations }), at).text;

describe('what is shown of the time left', () => {
  it('is right at once after sleep, also after sleep over the end', () => {
    assert.equal(shown(now), '$(unlock) kube-admin 50 min');
    assert.equal(shown(now + 46 * minute), '$(unlock) kube-admin 4:00');
    assert.equal(shown(now + 9 * hour), '$(shield)');
  });

  it('after a clock was set an hour forward, and back again', () => {
    assert.equal(shown(now + hour), '$(shield)', 'by that clock it is over');
    assert.equal(shown(now), '$(unlock) kube-admin 50 min');
  });

  it('after a clock was set an hour back, and forward again', () => {
    assert.equal(shown(now - hour), '$(unlock) kube-admin 1 h 50 min');
    assert.equal(shown(now + 45 * minute), '$(unlock) kube-admin 5:00');
  });

  it('is the same after a reload: nothing of it is counted, all of it is read', () => {
    const stored = JSON.parse(JSON.stringify(elevations)) as typeof elevations;
    const item = statusItem(snapshot({ elevations: stored }), now + 41 * minute);
    assert.deepEqual(item, statusItem(snapshot({ elevations }), now + 41 * minute));
  });

  for (const off of [5 * minute, -5 * minute, 90 * second, -90 * second]) {
    const which = off > 0 ? 'ahead of' : 'behind';
    it(`with a clock ${Math.abs(off) / second} s ${which} the cluster’s: off by that, right once it is set`, () => {
      // `since` comes from the wrong clock, the end from the cluster.
      const assumed = [elevation({ since: now + off, certificateEnds: now + hour })];
      const words = (at: number): string => timeLeft(elevationCountdown(assumed[0] ?? assert.fail(), at));
      const shownByWrongClock = countdown(now + off, now + hour, 10 * minute);
      assert.equal(words(now + off), timeLeft(shownByWrongClock));
      assert.equal(words(now + 30 * minute), '30 min');
      assert.equal(elevationCountdown(assumed[0] ?? assert.fail(), now + 51 * minute).urgency, 'soon');
      assert.deepEqual(runningElevations(assumed, now + hour - 1), assumed);
      assert.deepEqual(runningElevations(assumed, now + hour), []);
    });
  }

  it('never goes below zero, is never "0 min", and always says when it changes', () => {
    const span = fc.integer({ min: -2 * hour, max: 14 * 24 * hour });
    assertProperty(
      fc.property(span, fc.integer({ min: 1, max: 24 * hour }), (left, lifetime) => {
        const current = elevation({ since: end - lifetime, certificateEnds: end, grantEnds: end });
        const count = elevationCountdown(current, end - left);
        const words = timeLeft(count);
        assert.doesNotMatch(words, /-|^0 min/);
        assert.equal(words === '0:00', left <= 0);
        assert.equal(count.nextChange === Infinity, left <= 0);
        if (left > 0) assert.ok(count.nextChange > end - left && count.nextChange <= end);
      }),
      500,
    );
  });

  it('counts seconds in the last third of a life that the grant cuts short', () => {
    const shortened = elevation({ since: now, certificateEnds: now + hour, grantEnds: now + 6 * minute });
    assert.equal(warningPeriod(shortened), 2 * minute);
    assert.equal(elevationCountdown(shortened, now + 3 * minute).urgency, 'calm');
  });
});

describe('what is read aloud', () => {
  const spoken = (at: number): string => statusItem(snapshot({ elevations }), at).spoken;

  it('changes at 10, 5 and 1 minute and at the end, and never in between', () => {
    const spokenTexts: string[] = [];
    for (let at = end - 12 * minute; at <= end; at += 250)
      if (spoken(at) !== spokenTexts.at(-1)) spokenTexts.push(spoken(at));
    const until = 'kube-admin elevated until 03:50, when this certificate ends';
    assert.deepEqual(spokenTexts, [
      until,
      `${until}, at most 10 min left`,
      `${until}, at most 5 min left`,
      `${until}, at most 1 min left`,
      'JIT Access: nothing is elevated',
    ]);
  });

  it('is drawn anew at the very moment it changes', () => {
    assertProperty(
      fc.property(
        fc.integer({ min: 1, max: 2 * hour }),
        fc.integer({ min: 1, max: 5 * hour }),
        (left, lifetime) => {
          const current = snapshot({ elevations: [elevation({ since: end - lifetime })] });
          const { nextChange, spoken: before, text } = statusItem(current, end - left);
          const late = statusItem(current, nextChange - 1);
          assert.deepEqual([late.spoken, late.text], [before, text]);
        },
      ),
      500,
    );
  });

  it('tells for ten minutes that the time was over', () => {
    const ended = [{ at: end, kind: 'ended', id: elevation().requestId, roles: elevation().roles }] as const;
    const item = (at: number) => statusItem(snapshot({ ended }), at);
    const words = 'JIT Access: nothing is elevated; the time of kube-admin was over 03:50';
    assert.deepEqual([item(end).spoken, item(end).nextChange], [words, end + 10 * minute]);
    assert.equal(item(end + 10 * minute - 1).spoken, words);
    assert.equal(item(end + 10 * minute).spoken, 'JIT Access: nothing is elevated');
    assert.equal(item(end - hour).spoken, 'JIT Access: nothing is elevated', 'the clock was set back');
  });

  it('milestones are passed once, in order', () => {
    const passed = [11, 10, 9, 5, 4, 1, 0].map((m) => milestone(end - m * minute, end));
    assert.deepEqual(passed, [undefined, 10, 10, 5, 5, 1, 1]);
  });
});

describe('the end that bites first', () => {
  const at = now + 50 * minute;

  it('is the login’s, where the certificate ends with the login it was made from', () => {
    for (const loginEnds of [at, at + 59 * second, at - second])
      assert.deepEqual(endOf(elevation({ loginEnds })), { at, of: 'login' });
    assert.equal(endOf(elevation({ loginEnds: at + minute })).of, 'certificate');
    assert.equal(endOf(elevation({ loginEnds: at, grantEnds: at })).of, 'login', 'all three together');
    assert.equal(endOf(elevation({ loginEnds: at, grantEnds: now + minute })).of, 'grant');
  });

  it('no more once somebody has signed in anew: going on then needs no sign-in', () => {
    const renewed = elevation({ loginEnds: at });
    assert.equal(endOf(renewed, at).of, 'login');
    assert.equal(endOf(renewed, now + 12 * hour).of, 'certificate');
    assert.equal(endOf(renewed, now + 12 * hour).at, at, 'its end stays');
  });

  it('is neither, where grant and certificate end together', () => {
    assert.equal(endOf(elevation({ grantEnds: at + 59 * second })).of, 'both');
    assert.equal(endOf(elevation({ grantEnds: at - 59 * second })).at, at - 59 * second);
  });

  it('is named in the status bar’s tooltip and to a listener', () => {
    const login = { kind: 'signedIn', profile: profile('alice', { validUntil: at }) } as const;
    const cutByLogin = [elevation({ loginEnds: at })];
    const { tooltip, spoken, text } = statusItem(snapshot({ login, elevations: cutByLogin }), now);
    assert.match(tooltip, /^kube-admin: elevated until .*03:50:00.*, when your login ends$/m);
    assert.equal(spoken, 'kube-admin elevated until 03:50, when your login ends');
    assert.equal(text, '$(unlock) kube-admin 50 min');
    const granted = [elevation({ grantEnds: now + 30 * minute })];
    assert.match(
      statusItem(snapshot({ elevations: granted }), now).tooltip,
      /03:30:00.*, when the grant ends$/m,
    );
  });

  it('of the one that ends first is said, with how many more there are', () => {
    const other = elevation({ certificateEnds: now + 20 * minute });
    const { spoken } = statusItem(snapshot({ elevations: [elevation(), other] }), now);
    assert.equal(spoken, 'kube-admin elevated until 03:20, when this certificate ends, +1');
  });
});
