import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clockWords } from '../../../src/text/clockSkew.ts';
import { atTime, fullDateTime } from '../../../src/text/time.ts';
import { readTimeZone } from '../../../src/text/timeZone.ts';
import { day, hour, minute, now, second } from '../../support/samples.ts';
import { assertProperty } from '../../support/property.ts';

/** Sets the time zone of the machine. */
function setZone(zone: string): void {
  process.env['TZ'] = zone;
  readTimeZone();
}

/** The words for an instant when they are shown at another instant. Both are given in UTC. */
const timeAt = (instant: string, at: string): string => atTime(Date.parse(instant), Date.parse(at));

describe('times where the machine is', () => {
  afterEach(() => setZone('UTC'));

  it('right after a change of the time zone, with formats that were made before', () => {
    const end = now + 50 * minute;
    const before = [atTime(end, now), atTime(now + 13 * hour, now), fullDateTime(end)];
    assert.match(before.join(), /^03:50,Sun,? 16:00,.*03:50:00.*UTC$/);
    setZone('Asia/Tokyo');
    const tokyo = [atTime(end, now), atTime(now + 13 * hour, now), fullDateTime(end)];
    assert.match(tokyo.join(), /^12:50,Mon,? 01:00,.*12:50:00.*GMT\+9$/);
    setZone('UTC');
    assert.deepEqual([atTime(end, now), atTime(now + 13 * hour, now), fullDateTime(end)], before);
  });

  it('a variable that was set is left as it is', () => {
    const env = { TZ: 'Europe/Berlin', HOME: '/home/me' };
    readTimeZone(env);
    assert.deepEqual(env, { TZ: 'Europe/Berlin', HOME: '/home/me' });
  });

  it('over midnight: the time alone while it can only be the next one, then with its day', () => {
    setZone('Europe/Berlin');
    assert.equal(timeAt('2026-11-22T23:20:00Z', '2026-11-22T22:50:00Z'), '00:20');
    assert.equal(timeAt('2026-11-22T22:50:00Z', '2026-11-22T23:20:00Z'), '23:50');
    assert.match(timeAt('2026-11-23T11:00:00Z', '2026-11-22T22:50:00Z'), /^Mon,? 12:00$/);
  });

  it('where clocks are set back between now and then, the time says its zone', () => {
    setZone('Europe/Berlin');
    // On 25 October 2026 clocks go from 03:00 summer time back to 02:00.
    assert.equal(timeAt('2026-10-25T01:30:00Z', '2026-10-25T00:45:00Z'), '02:30 GMT+1');
    assert.equal(timeAt('2026-10-25T03:10:00Z', '2026-10-25T00:45:00Z'), '04:10 GMT+1');
    assert.equal(timeAt('2026-10-25T00:30:00Z', '2026-10-25T02:00:00Z'), '02:30 GMT+2', 'given back before');
  });

  it('a time that comes twice says which one, also where clocks go as they do now', () => {
    setZone('Europe/Berlin');
    assert.equal(timeAt('2026-10-25T00:30:00Z', '2026-10-24T23:50:00Z'), '02:30 GMT+2');
    assert.equal(timeAt('2026-10-25T01:30:00Z', '2026-10-25T02:10:00Z'), '02:30 GMT+1');
    assert.equal(timeAt('2026-10-24T23:55:00Z', '2026-10-24T23:50:00Z'), '01:55', 'comes once');
    assert.equal(timeAt('2026-10-25T02:30:00Z', '2026-10-25T02:10:00Z'), '03:30', 'comes once');
  });

  it('where clocks are set forward between now and then, too', () => {
    setZone('Europe/Berlin');
    // On 29 March 2026 clocks go from 02:00 forward to 03:00.
    assert.equal(timeAt('2026-03-29T01:20:00Z', '2026-03-29T00:40:00Z'), '03:20 GMT+2');
    assert.equal(timeAt('2026-03-29T00:55:00Z', '2026-03-29T00:40:00Z'), '01:55');
    assert.equal(timeAt('2026-03-29T02:00:00Z', '2026-03-29T01:10:00Z'), '04:00');
  });

  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Antarctica/Troll', 'UTC'];
  for (const zone of zones) {
    it(`two minutes that are not the same never read the same, in ${zone}`, () => {
      setZone(zone);
      const year = Date.parse('2026-01-01T00:00:00Z');
      const minutes = fc.integer({ min: -12 * 60 + 1, max: 12 * 60 - 1 });
      // Every hour of the year, and more often the clock changes in March, April, October and November.
      const moment = fc.oneof(
        fc.integer({ min: 0, max: 365 * 24 }),
        ...[66, 86, 93, 276, 297, 304].map((d) => fc.integer({ min: d * 24, max: (d + 3) * 24 })),
      );
      assertProperty(
        fc.property(moment, minutes, minutes, (hours, one, other) => {
          const at = year + hours * hour;
          const words = (offset: number): string => atTime(at + offset * minute, at);
          assert.equal(words(one) === words(other), one === other, new Date(at).toISOString());
        }),
        1_000,
      );
    });
  }
});

describe('a clock that differs from the cluster’s', () => {
  const clockWarning = (created: number, took = 2 * second): string | undefined =>
    clockWords(now, created, now + took);

  it('by less than a minute is not worth a word', () => {
    for (const created of [now - 59 * second, now, now + second, now + 61 * second])
      assert.equal(clockWarning(created), undefined, String(created - now));
  });

  it('by more is said, with what that does to the times shown', () => {
    assert.equal(
      clockWarning(now - 5 * minute),
      "This machine's clock is 5 min ahead of the cluster's; times left are shown too short.",
    );
    assert.equal(
      clockWarning(now + hour + 2 * second),
      "This machine's clock is 1 h behind the cluster's; times left are shown too long.",
    );
  });

  it('is not blamed for a request that took long to send, or was found at the next start', () => {
    assert.equal(clockWarning(now + second, 5 * minute), undefined);
    assert.equal(clockWarning(now + 4 * minute, 5 * minute), undefined);
    assert.equal(clockWarning(now + second, day), undefined);
  });
});
