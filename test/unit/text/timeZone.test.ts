import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clockWords } from '../../../src/text/clockSkew.ts';
import { atTime, fullDateTime } from '../../../src/text/time.ts';
import { readTimeZone } from '../../../src/text/timeZone.ts';
import { day, hour, minute, now, second } from '../../support/samples.ts';
import { assertProperty } from '../../support/property.ts';

/** The machine is in this zone from now on. */
function travelTo(zone: string): void {
  process.env['TZ'] = zone;
  readTimeZone();
}

/** Words for an instant at another, both in UTC. */
const said = (instant: string, at: string): string => atTime(Date.parse(instant), Date.parse(at));

describe('times where the machine is', () => {
  afterEach(() => travelTo('UTC'));

  it('right after a change of the time zone, with formats that were made before', () => {
    const end = now + 50 * minute;
    const before = [atTime(end, now), atTime(now + 13 * hour, now), fullDateTime(end)];
    assert.match(before.join(), /^03:50,Sun,? 16:00,.*03:50:00.*UTC$/);
    travelTo('Asia/Tokyo');
    const there = [atTime(end, now), atTime(now + 13 * hour, now), fullDateTime(end)];
    assert.match(there.join(), /^12:50,Mon,? 01:00,.*12:50:00.*GMT\+9$/);
    travelTo('UTC');
    assert.deepEqual([atTime(end, now), atTime(now + 13 * hour, now), fullDateTime(end)], before);
  });

  it('a variable that was set is left as it is', () => {
    const env = { TZ: 'Europe/Berlin', HOME: '/home/me' };
    readTimeZone(env);
    assert.deepEqual(env, { TZ: 'Europe/Berlin', HOME: '/home/me' });
  });

  it('over midnight: the time alone while it can only be the next one, then with its day', () => {
    travelTo('Europe/Berlin');
    assert.equal(said('2026-11-22T23:20:00Z', '2026-11-22T22:50:00Z'), '00:20');
    assert.equal(said('2026-11-22T22:50:00Z', '2026-11-22T23:20:00Z'), '23:50');
    assert.match(said('2026-11-23T11:00:00Z', '2026-11-22T22:50:00Z'), /^Mon,? 12:00$/);
  });

  it('where clocks are set back between now and then, the time says its zone', () => {
    travelTo('Europe/Berlin');
    // 03:00 summer time on 25 October 2026 becomes 02:00.
    assert.equal(said('2026-10-25T01:30:00Z', '2026-10-25T00:45:00Z'), '02:30 GMT+1');
    assert.equal(said('2026-10-25T03:10:00Z', '2026-10-25T00:45:00Z'), '04:10 GMT+1');
    assert.equal(said('2026-10-25T00:30:00Z', '2026-10-25T02:00:00Z'), '02:30 GMT+2', 'given back before');
  });

  it('a time that comes twice says which one, also where clocks go as they do now', () => {
    travelTo('Europe/Berlin');
    assert.equal(said('2026-10-25T00:30:00Z', '2026-10-24T23:50:00Z'), '02:30 GMT+2');
    assert.equal(said('2026-10-25T01:30:00Z', '2026-10-25T02:10:00Z'), '02:30 GMT+1');
    assert.equal(said('2026-10-24T23:55:00Z', '2026-10-24T23:50:00Z'), '01:55', 'comes once');
    assert.equal(said('2026-10-25T02:30:00Z', '2026-10-25T02:10:00Z'), '03:30', 'comes once');
  });

  it('where clocks are set forward between now and then, too', () => {
    travelTo('Europe/Berlin');
    // 02:00 on 29 March 2026 becomes 03:00.
    assert.equal(said('2026-03-29T01:20:00Z', '2026-03-29T00:40:00Z'), '03:20 GMT+2');
    assert.equal(said('2026-03-29T00:55:00Z', '2026-03-29T00:40:00Z'), '01:55');
    assert.equal(said('2026-03-29T02:00:00Z', '2026-03-29T01:10:00Z'), '04:00');
  });

  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Antarctica/Troll', 'UTC'];
  for (const zone of zones) {
    it(`two minutes that are not the same never read the same, in ${zone}`, () => {
      travelTo(zone);
      const year = Date.parse('2026-01-01T00:00:00Z');
      const minutes = fc.integer({ min: -12 * 60 + 1, max: 12 * 60 - 1 });
      // Every hour of the year, and more often around the changes of March, April, October and November.
      const moment = fc.oneof(
        fc.integer({ min: 0, max: 365 * 24 }),
        ...[66, 86, 93, 276, 297, 304].map((d) => fc.integer({ min: d * 24, max: (d + 3) * 24 })),
      );
      assertProperty(
        fc.property(moment, minutes, minutes, (hours, one, other) => {
          const at = year + hours * hour;
          const words = (away: number): string => atTime(at + away * minute, at);
          assert.equal(words(one) === words(other), one === other, new Date(at).toISOString());
        }),
        1_000,
      );
    });
  }
});

describe('a clock that differs from the cluster’s', () => {
  const sent = (created: number, took = 2 * second): string | undefined =>
    clockWords(now, created, now + took);

  it('by less than a minute is not worth a word', () => {
    for (const created of [now - 59 * second, now, now + second, now + 61 * second])
      assert.equal(sent(created), undefined, String(created - now));
  });

  it('by more is said, with what that does to the times shown', () => {
    assert.equal(
      sent(now - 5 * minute),
      "This machine's clock is 5 min ahead of the cluster's; times left are shown too short.",
    );
    assert.equal(
      sent(now + hour + 2 * second),
      "This machine's clock is 1 h behind the cluster's; times left are shown too long.",
    );
  });

  it('is not blamed for a request that took long to send, or was found at the next start', () => {
    assert.equal(sent(now + second, 5 * minute), undefined);
    assert.equal(sent(now + 4 * minute, 5 * minute), undefined);
    assert.equal(sent(now + second, day), undefined);
  });
});
