import assert from 'node:assert/strict';
import { afterAwake } from '../../../src/state/alarm.ts';
import { HandClock } from '../../support/state/handClock.ts';
import { minute, second } from '../../support/samples.ts';

describe('a task after some time in which the process could run', () => {
  let clock: HandClock;
  let runs: number;
  let cancel: () => void;
  beforeEach(() => {
    clock = new HandClock();
    runs = 0;
    cancel = afterAwake(30 * second, () => (runs += 1), { now: () => clock.now(), later: clock.later });
  });

  it('runs once, in time', async () => {
    await clock.advance(29 * second);
    assert.equal(runs, 0);
    await clock.advance(second);
    assert.equal(runs, 1);
    await clock.advance(minute);
    assert.equal(runs, 1);
  });

  it('waits longer by what the machine slept, or was too busy to run the process', async () => {
    await clock.advance(10 * second);
    clock.jump(60 * minute);
    await clock.advance(18 * second);
    assert.equal(runs, 0);
    await clock.advance(2 * second);
    assert.equal(runs, 1);
  });

  it('does not run when it is cancelled, also in between', async () => {
    await clock.advance(10 * second);
    cancel();
    await clock.advance(minute);
    assert.equal(runs, 0);
  });
});
