import assert from 'node:assert/strict';
import { IdleTimer } from '../../../../src/state/elevation/idleTimer.ts';
import { minute } from '../../../support/samples.ts';
import { HandClock } from '../../../support/state/handClock.ts';

describe('a window at which nobody is', () => {
  let clock: HandClock;
  let idleCount: number;
  let minutes: number;
  let idleTimer: IdleTimer;
  beforeEach(() => {
    [clock, idleCount, minutes] = [new HandClock(), 0, 30];
    idleTimer = new IdleTimer(
      clock.later,
      () => minutes,
      () => (idleCount += 1),
    );
  });

  it('is idle after the minutes that were set, once', async () => {
    idleTimer.setActive(false);
    await clock.advance(30 * minute - 1);
    assert.equal(idleCount, 0);
    await clock.advance(1);
    assert.equal(idleCount, 1);
    await clock.advance(90 * minute);
    assert.equal(idleCount, 1);
  });

  it('is not while somebody comes back in time, and counts anew when they leave again', async () => {
    idleTimer.setActive(false);
    await clock.advance(29 * minute);
    idleTimer.setActive(true);
    await clock.advance(60 * minute);
    assert.equal(idleCount, 0);
    idleTimer.setActive(false);
    await clock.advance(30 * minute);
    assert.equal(idleCount, 1);
  });

  it('is never idle where nothing is set, and not after it was closed', async () => {
    minutes = 0;
    idleTimer.setActive(false);
    assert.equal(clock.secondsToNext, undefined);
    minutes = 5;
    idleTimer.setActive(false);
    idleTimer.dispose();
    await clock.advance(10 * minute);
    assert.equal(idleCount, 0);
  });
});
