import assert from 'node:assert/strict';
import {
  countdown,
  elevationCountdown,
  endWarningDue,
  warningPeriod,
  earliestAfter,
} from '../../../src/access/deadlines.ts';
import { endOf, isInUse, runningElevations } from '../../../src/access/elevation.ts';
import { timeLeft } from '../../../src/text/time.ts';
import { elevation, hour, id, minute, now, request, second, without } from '../../support/samples.ts';

const tenMinutes = 10 * minute;
/** The time left `left` ms before the end, for an elevation that shows seconds in its last ten minutes. */
const shown = (left: number): string => timeLeft(countdown(now, now + left, tenMinutes));

describe('the end of an elevation', () => {
  it('is the end of the certificate or of the grant, whichever comes first', () => {
    assert.deepEqual(endOf(elevation()), { at: now + 50 * minute, of: 'certificate' });
    assert.deepEqual(endOf(elevation({ grantEnds: now + minute })), { at: now + minute, of: 'grant' });
  });

  it('is the end of the certificate while the grant is not known', () => {
    assert.equal(endOf(without(elevation(), 'grantEnds')).of, 'certificate');
  });

  it('has passed for what is no longer shown; the next one to end stands first', () => {
    const late = elevation({ requestId: id(2), certificateEnds: now + 2 * hour });
    const ended = elevation({ requestId: id(3), certificateEnds: now });
    assert.deepEqual(
      runningElevations([late, ended, elevation()], now).map((running) => running.requestId),
      [id(1), id(2)],
    );
  });

  it('a request in use is known as such', () => {
    assert.ok(isInUse(request(), [elevation()]));
    assert.ok(!isInUse(request({ id: id(2) }), [elevation()]));
  });
});

describe('the countdown', () => {
  it('shows minutes, then minutes and seconds in the last part, then the same in the last minute', () => {
    assert.equal(shown(42 * minute), '42 min');
    assert.equal(shown(41 * minute + 1), '42 min');
    assert.equal(shown(90 * minute), '1 h 30 min');
    assert.equal(shown(tenMinutes + 1), '11 min');
    assert.equal(shown(tenMinutes), '10:00');
    assert.equal(shown(5 * minute - second), '4:59');
    assert.equal(shown(59 * second), '0:59');
    assert.equal(shown(1), '0:01');
    assert.equal(shown(0), '0:00');
  });

  it('grows louder: calm, warning in the last part, alarm in the last minute', () => {
    const urgency = (left: number): string => countdown(now, now + left, tenMinutes).urgency;
    assert.deepEqual([tenMinutes + 1, tenMinutes, minute + 1, minute, 0].map(urgency), [
      'calm',
      'soon',
      'soon',
      'last',
      'last',
    ]);
  });

  it('the last part is ten minutes, or a third of a short certificate', () => {
    assert.equal(warningPeriod(elevation()), tenMinutes);
    assert.equal(warningPeriod(elevation({ since: now, certificateEnds: now + 15 * minute })), 5 * minute);
    assert.equal(warningPeriod(without(elevation(), 'since')), tenMinutes);
  });

  it('is never negative, and nothing is waited for after the end', () => {
    const passed = countdown(now, now - hour, tenMinutes);
    assert.deepEqual([passed.minutes, passed.seconds, passed.nextChange], [0, 0, Infinity]);
  });

  for (const last of [tenMinutes, 100 * second]) {
    it(`wakes up exactly when the words change, and not before (seconds in the last ${last / second} s)`, () => {
      const words = (at: number): string => timeLeft(countdown(at, now, last));
      for (let left = 12 * minute; left > 0;) {
        const { nextChange } = countdown(now - left, now, last);
        assert.ok(nextChange > now - left && nextChange <= now, `at ${String(left)}`);
        assert.equal(words(nextChange - 1), words(now - left), `changed before ${String(left)}`);
        assert.notEqual(words(nextChange), words(now - left), `at ${String(left)}`);
        left = now - nextChange;
      }
    });
  }

  it('also when it starts between two seconds', () => {
    const { nextChange } = countdown(now - 30_400, now, tenMinutes);
    assert.equal(nextChange, now - 30_000);
    assert.equal(countdown(now - 11.5 * minute, now, tenMinutes).nextChange, now - 11 * minute);
  });

  it('is right at once after sleep, and after the clock was set back', () => {
    assert.equal(timeLeft(elevationCountdown(elevation(), now + 49 * minute)), '1:00');
    assert.equal(timeLeft(elevationCountdown(elevation(), now - 2 * hour)), '2 h 50 min');
  });

  it('still warns before the end when the clock was wrong while the request was assumed', () => {
    const assumedLater = elevation({ since: now + 2 * hour });
    assert.equal(elevationCountdown(assumedLater, now + 45 * minute).urgency, 'soon');
  });
});

describe('the next deadline', () => {
  it('is the nearest that lies ahead; Infinity where there is none', () => {
    assert.equal(earliestAfter(now, [now - 1, now, now + 5, now + 3]), now + 3);
    assert.equal(earliestAfter(now, [now]), Infinity);
    assert.equal(earliestAfter(now, []), Infinity);
  });
});

describe('before the end', () => {
  const end = now + 50 * minute;
  const noticeAt = (left: number, subject = elevation()): string | undefined =>
    endWarningDue(subject, end - left);

  it('is spoken of ten minutes before, and a minute before; never earlier, never after', () => {
    assert.deepEqual(
      [11 * minute, 10 * minute, minute + second, minute, second, 0, -hour].map((left) => noticeAt(left)),
      [undefined, 'soon', 'soon', 'last', 'last', undefined, undefined],
    );
  });

  it('of a short one after two thirds of it', () => {
    const short = elevation({ since: end - 15 * minute });
    assert.equal(noticeAt(6 * minute, short), undefined);
    assert.equal(noticeAt(5 * minute, short), 'soon');
  });

  it('the end is the one that comes first', () => {
    const granted = elevation({ certificateEnds: end + hour, grantEnds: end });
    assert.equal(noticeAt(10 * minute, granted), 'soon');
  });

  it('after a continuation there is another end, so nothing is near', () => {
    assert.equal(
      noticeAt(5 * minute, elevation({ certificateEnds: end + hour, since: end - 5 * minute })),
      undefined,
    );
  });
});
