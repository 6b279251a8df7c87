import { lstat, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Instant } from '../../access/untrusted/untrusted.ts';
import { afterAwake, alarm } from '../alarm.ts';
import type { Clock } from '../clock.ts';
import type { Elevations } from './elevations.ts';
import type { ElevationDrops } from './drops.ts';
import { sweeping, type WatchdogDrop, type HomeRecord, type HomeRecords } from './homeRecords.ts';
import { connectToWatchdog, type WatchdogTask } from './watchdogClient.ts';

/** After the end of the certificate, a running window has this long, in ms, to drop the elevation itself. */
const dropGraceOfWindow = 5_000;

/** The timers of a watchdog. The returned functions cancel them. */
export interface WatchdogTimers {
  /** Runs the task after `ms` in which this process could run. */
  readonly after: (ms: number, task: () => void) => () => void;
  /** Runs the task at an instant of the clock. */
  readonly at: (instant: Instant, task: () => void) => () => void;
}

const realTimers = (clock: Clock): WatchdogTimers => ({
  after: afterAwake,
  at: (instant, task) => alarm(() => clock.now(), instant, task),
});

/** The parts that `watchdog.ts` passes. Tests pass `onReady` and their own timers. */
export interface WatchdogLoopParts {
  readonly records: HomeRecords;
  readonly elevations: Elevations;
  readonly drops: ElevationDrops;
  readonly clock: Clock;
  /** Called when windows can connect. */
  readonly onReady?: () => void;
  /** Drops at once when aborted, because the machine shuts down. */
  readonly stop?: AbortSignal;
  /** The timers; real ones when left out. */
  readonly timers?: WatchdogTimers;
}

/**
 * Watches one private home until it is removed. It drops the elevation when no window was connected for
 * `grace` ms, or when the certificate has ended and no window has dropped it. So reload, crash, kill and quit
 * are handled alike.
 */
export async function runWatchdog(
  task: Pick<WatchdogTask, 'home' | 'socket' | 'grace'>,
  parts: WatchdogLoopParts,
): Promise<void> {
  const { records, elevations, drops, stop } = parts;
  const record = await records.read(task.home);
  if (!record) return;
  elevations.owners.watch(task.home);
  // A window may have dropped it before this watchdog ran.
  const why = (await elevations.isRemoved(task.home)) ? undefined : await waitForReason(task, record, parts);
  // Without a reason the home is either removed or watched by another watchdog.
  if (!why && !(await elevations.isRemoved(task.home))) return;
  // Also after a window has dropped it: only what is known as removed is swept.
  await elevations.load();
  if (why) await dropElevation(elevations.record(task.home) ?? record, why, records, drops);
  for (let sweep = 0; sweep < sweeping.times && !stop?.aborted; sweep += 1) {
    await elevations.sweep(task.home);
    await pause(sweeping.every, undefined, { signal: stop }).catch(() => undefined);
  }
}

/**
 * Waits until the elevation must be dropped.
 * @returns the reason, undefined when it is dropped already or another watchdog watches the home
 */
async function waitForReason(
  { home, socket, grace }: Pick<WatchdogTask, 'home' | 'socket' | 'grace'>,
  initial: HomeRecord,
  { records, elevations, clock, onReady, stop, timers = realTimers(clock) }: WatchdogLoopParts,
): Promise<WatchdogDrop['why'] | undefined> {
  const noTimer = (): void => undefined;
  let [windowCount, isOver, cancelGrace, cancelEnd] = [0, false, noTimer, noTimer];
  const server = createServer();
  let ownInode: number | undefined;
  try {
    // Two windows may each have started a watchdog. The one that listens already has the first window.
    const other = await connectToWatchdog(socket);
    other?.destroy();
    if (other) return undefined;
    const why = await new Promise<WatchdogDrop['why'] | undefined>((resolve, reject) => {
      const startGrace = (): void => {
        cancelGrace();
        cancelGrace = timers.after(grace, () => {
          // A window that connected while this process waited for the processor is accepted before that.
          const decision = setImmediate(() => resolve('abandoned'));
          cancelGrace = () => clearImmediate(decision);
        });
      };
      /** Ends the wait when the record says removed. If the home is still there, it is dropped, not believed. */
      const checkRemoved = async (): Promise<boolean> => {
        if ((await records.read(home))?.state !== 'removed') return false;
        resolve((await elevations.isRemoved(home)) ? undefined : 'abandoned');
        return true;
      };
      const checkEnd = async (): Promise<void> => {
        if (await checkRemoved()) return;
        // The elevation may have been renewed in the meantime and have a later end.
        const { certificateEnds } = (await records.read(home)) ?? initial;
        if (certificateEnds + dropGraceOfWindow <= clock.now()) resolve('ended');
        else scheduleEnd(certificateEnds);
      };
      const scheduleEnd = (end: number): void => {
        cancelEnd = timers.at(end + dropGraceOfWindow, () => void checkEnd());
      };
      server.on('connection', (window) => {
        windowCount += 1;
        cancelGrace();
        window.on('error', () => undefined);
        window.resume();
        // An open connection must not keep this process running after its work is done.
        window.unref();
        window.once('close', () => {
          windowCount -= 1;
          if (windowCount > 0 || isOver) return;
          startGrace();
          void checkRemoved();
        });
      });
      server.once('error', reject);
      stop?.addEventListener('abort', () => resolve('shutdown'), { once: true });
      void listen(server, socket).then((inode) => {
        ownInode = inode;
        if (windowCount === 0) startGrace();
        scheduleEnd(initial.certificateEnds);
        onReady?.();
      }, reject);
    });
    // Two watchdogs may also have begun to listen at once. The windows are then connected to the other one.
    return why !== 'ended' && (await isOtherWatchdog(socket, ownInode)) ? undefined : why;
  } finally {
    isOver = true;
    cancelGrace();
    cancelEnd();
    server.close().unref();
    if (process.platform !== 'win32' && !(await isOtherWatchdog(socket, ownInode)))
      await rm(socket, { force: true });
  }
}

/** Listens on the socket. A socket file at the path is stale, because no watchdog has answered there. */
async function listen(server: ReturnType<typeof createServer>, socket: string): Promise<number | undefined> {
  if (process.platform !== 'win32') await rm(socket, { force: true });
  server.listen(socket);
  await once(server, 'listening');
  return inodeOf(socket);
}

const inodeOf = async (socket: string): Promise<number | undefined> =>
  (await lstat(socket).catch(() => undefined))?.ino;

/** Whether another watchdog listens on the socket by now. On Windows a pipe has a single owner. */
async function isOtherWatchdog(socket: string, ownInode: number | undefined): Promise<boolean> {
  const inode = process.platform === 'win32' ? undefined : await inodeOf(socket);
  return inode !== undefined && inode !== ownInode;
}

async function dropElevation(
  record: HomeRecord,
  why: WatchdogDrop['why'],
  records: HomeRecords,
  drops: ElevationDrops,
): Promise<void> {
  const result = await drops.dropAbandoned(record);
  // A home that was never filled was never in use, so the user gets no message about it.
  if (!result || record.state !== 'ready') return;
  const { dropFailure, ...facts } = result;
  // Only the kind of a failure is stored, without text of others.
  const failure = dropFailure ? { dropFailure: { kind: dropFailure.kind } } : {};
  await records.saveWatchdogDrop(record.name, { why, result: { ...facts, ...failure } });
}
