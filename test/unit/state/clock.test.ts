import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { offsetClock, type Clock } from '../../../src/state/clock.ts';

const hour = 3_600_000;

/** Waits until the clock is about `ms` off this machine's time; the test's own time limit ends it otherwise. */
async function isOff(clock: Clock, ms: number): Promise<void> {
  while (Math.abs(clock.now() - Date.now() - ms) > 50) await wait(5);
}

describe('a clock with an offset file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clock-'));
    file = join(folder, 'clock');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is this machine’s time while there is no file', () => isOff(offsetClock(file), 0));

  it('follows the file as it appears, changes and goes', async () => {
    const clock = offsetClock(file);
    await isOff(clock, 0);
    await writeFile(file, String(hour));
    await isOff(clock, hour);
    await writeFile(file, String(-hour));
    await utimes(file, 1, 1);
    await isOff(clock, -hour);
    await rm(file);
    await isOff(clock, 0);
  });

  it('takes what is no number for nothing', async () => {
    await writeFile(file, 'tomorrow');
    await isOff(offsetClock(file), 0);
  });
});
