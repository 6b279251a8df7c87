import assert from 'node:assert/strict';
import { IdleTimer } from '../../../../src/state/elevation/idleTimer.ts';
import { minute } from '../../../support/samples.ts';
import { Time } from '../../../support/state/handClock.ts';

describe('a window at which nobody is', () => {
  let time: Time;
  let told: number;
  let minutes: number;
  let idle: IdleTimer;
  beforeEach(() => {
    [time, told, minutes] = [new Time(), 0, 30];
    idle = new IdleTimer(
      time.later,
      () => minutes,
      () => (told += 1),
    );
  });

  it('is idle after the minutes that were set, once', async () => {
    idle.attend(false);
    await time.pass(30 * minute - 1);
    assert.equal(told, 0);
    await time.pass(1);
    assert.equal(told, 1);
    await time.pass(90 * minute);
    assert.equal(told, 1);
  });

  it('is not while somebody comes back in time, and counts anew when they leave again', async () => {
    idle.attend(false);
    await time.pass(29 * minute);
    idle.attend(true);
    await time.pass(60 * minute);
    assert.equal(told, 0);
    idle.attend(false);
    await time.pass(30 * minute);
    assert.equal(told, 1);
  });

  it('is never idle where nothing is set, and not after it was closed', async () => {
    minutes = 0;
    idle.attend(false);
    assert.equal(time.next, undefined);
    minutes = 5;
    idle.attend(false);
    idle.stop();
    await time.pass(10 * minute);
    assert.equal(told, 0);
  });
});
