import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freshFolder, removeFolder } from '../../scripts/hosts/people.ts';
import { Home } from '../../src/teleport/home/home.ts';
import { run } from '../../src/teleport/process/runProcess.ts';
import { HomeLocks } from '../../src/teleport/lock/homeLocks.ts';
import { type Figure, median, timed } from '../support/bench/figure.ts';

const rounds = 300;

/** Measures the cost of locking a home for a call, alone and when another window waits for the lock. */
export async function lock(): Promise<readonly Figure[]> {
  const folder = await freshFolder();
  try {
    const runtime = join(folder, 'run');
    await mkdir(runtime, { mode: 0o700 });
    const openHome = (): Home =>
      new Home(folder, undefined, new HomeLocks({ XDG_RUNTIME_DIR: runtime }, () => Promise.resolve(run)));
    const takeLock = (home: Home): Promise<void> =>
      home.queue.write(() => {
        // As around a call of tsh.
        home.queue.recordProcess(process.pid);
        home.queue.recordProcess(undefined);
        return Promise.resolve();
      });
    const [first, second] = [openHome(), openHome()];
    const alone: number[] = [];
    for (let i = 0; i < rounds; i++) alone.push(await timed(() => takeLock(first)));
    const contended = await timed(() =>
      Promise.all(
        [first, second].map(async (home) => {
          for (let i = 0; i < rounds; i++) await takeLock(home);
        }),
      ),
    );
    return [
      { name: 'lock taken and released', value: median(alone), unit: 'ms', note: 'nobody else wants it' },
      { name: 'lock, two windows', value: contended / (2 * rounds), unit: 'ms', note: 'both want it always' },
    ];
  } finally {
    await removeFolder(folder);
  }
}
