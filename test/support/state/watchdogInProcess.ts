// The watchdog of a private home, run in this process with the parts of a window.
import type { Elevation } from '../../../src/access/elevation.ts';
import { runWatchdog } from '../../../src/state/elevation/watchdogLoop.ts';
import { until } from '../temporaryFolder.ts';
import { homeOf, type DemoWindow } from './demoElevations.ts';

/** Runs the watchdog of an elevation without any window until it has recorded its drop. */
export async function watchUntilDropped(
  { records, elevations, elevationDrops: drops, clock }: DemoWindow,
  elevation: Elevation,
  socket: string,
): Promise<void> {
  const stop = new AbortController();
  const watchdog = runWatchdog(
    { home: homeOf(elevation), socket, grace: 0 },
    { records, elevations, drops, clock, stop: stop.signal },
  );
  await until(async () => (await records.watchdogDrop(homeOf(elevation))) !== undefined);
  stop.abort();
  await watchdog;
}
