import assert from 'node:assert/strict';
import { IdleTimer } from '../../../../src/state/elevation/idleTimer.ts';
import { minute } from '../../../support/samples.ts';
import { HandClock } from '../../../support/state/handClock.ts';

describe('a window at which nobody is', () => {
  let time: HandClock;
  let told: number;
  let minutes: number;
  let idle: IdleTimer;
  beforeEach(() => {
    [time, told, minutes] = [new HandClock(), 0, 30];
    idle = new IdleTimer(
      time.later,
      () => minutes,
      () => (told += 1),
    );
  });

  it('is idle after the minutes that were set, once', async () => {
    idle.setActive(false);
    await time.advance(30 * minute - 1);
    assert.equal(told, 0);
    await time.advance(1);
    assert.equal(told, 1);
    await time.advance(90 * minute);
    assert.equal(told, 1);
  });

  it('is not while somebody comes back in time, and counts anew when they leave again', async () => {
    idle.setActive(false);
    await time.advance(29 * minute);
    idle.setActive(true);
    await time.advance(60 * minute);
    assert.equal(told, 0);
    idle.setActive(false);
    await time.advance(30 * minute);
    assert.equal(told, 1);
  });

  it('is never idle where nothing is set, and not after it was closed', async () => {
    minutes = 0;
    idle.setActive(false);
    assert.equal(time.secondsToNext, undefined);
    minutes = 5;
    idle.setActive(false);
    idle.dispose();
    await time.advance(10 * minute);
    assert.equal(told, 0);
  });
});
