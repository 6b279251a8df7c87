import { rm, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { offsetClock, type Clock } from '../../../src/state/clock.ts';
import { useTemporaryFolder } from '../../support/temporaryFolder.ts';

const hour = 3_600_000;

/** Waits until the clock differs from this machine's time by about `ms`. The test's time limit ends the wait. */
async function untilOffset(clock: Clock, ms: number): Promise<void> {
  while (Math.abs(clock.now() - Date.now() - ms) > 50) await wait(5);
}

describe('a clock with an offset file', () => {
  const folder = useTemporaryFolder();
  let file: string;
  beforeEach(() => {
    file = folder.at('clock');
  });

  it('is this machine’s time while there is no file', () => untilOffset(offsetClock(file), 0));

  it('follows the file as it appears, changes and goes', async () => {
    const clock = offsetClock(file);
    await untilOffset(clock, 0);
    await writeFile(file, String(hour));
    await untilOffset(clock, hour);
    await writeFile(file, String(-hour));
    await utimes(file, 1, 1);
    await untilOffset(clock, -hour);
    await rm(file);
    await untilOffset(clock, 0);
  });

  it('takes what is no number for nothing', async () => {
    await writeFile(file, 'tomorrow');
    await untilOffset(offsetClock(file), 0);
  });
});
