import { lstat, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Instant } from '../../access/text/untrusted.ts';
import { alarm } from '../alarm.ts';
import type { Clock } from '../clock.ts';
import type { Elevations } from './elevations.ts';
import type { ElevationDrops } from './drops.ts';
import { sweeping, type Account, type HomeRecord, type HomeRecords } from './homeRecords.ts';
import type { WatchdogTask } from './watchdogClient.ts';

/** A window that lives says the end itself; it gets so many ms for it. */
const courtesy = 5_000;

/** When a watchdog is called back; the returned functions cancel. */
export interface WatchdogTimers {
  /** After so many ms. */
  readonly after: (ms: number, task: () => void) => () => void;
  /** At an instant of the clock. */
  readonly at: (instant: Instant, task: () => void) => () => void;
}

const realTimers = (clock: Clock): WatchdogTimers => ({
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  at: (instant, task) => alarm(() => clock.now(), instant, task),
});

export interface WatchdogLoopParts {
  readonly records: HomeRecords;
  readonly elevations: Elevations;
  readonly giveBack: ElevationDrops;
  readonly clock: Clock;
  /** Told once windows can connect. */
  readonly ready?: () => void;
  /** Gives back at once: this machine is going down. */
  readonly stop?: AbortSignal;
  /** The real ones where none are given. */
  readonly timers?: WatchdogTimers;
}

/**
 * Watches one private home until it is gone: gives it back when no window has been connected for the grace, or when the
 * certificate has ended and no window did. So reload, crash, kill and quit are one case.
 */
export async function runWatchdog(
  watch: Pick<WatchdogTask, 'home' | 'socket' | 'grace'>,
  parts: WatchdogLoopParts,
): Promise<void> {
  const { records, elevations, giveBack, stop } = parts;
  const first = await records.one(watch.home);
  if (!first || first.state === 'removed') return;
  const why = await untilNeeded(watch, first, parts);
  // Another watchdog has it.
  if (!why && (await records.one(watch.home))?.state !== 'removed') return;
  if (why) {
    await elevations.load();
    await giveItBack(elevations.record(watch.home) ?? first, why, records, giveBack);
  }
  for (let sweep = 0; sweep < sweeping.times && !stop?.aborted; sweep += 1) {
    await elevations.sweep(watch.home);
    await pause(sweeping.every, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** Why it has to be given back; undefined when somebody did. */
async function untilNeeded(
  { home, socket, grace }: Pick<WatchdogTask, 'home' | 'socket' | 'grace'>,
  first: HomeRecord,
  { records, clock, ready, stop, timers = realTimers(clock) }: WatchdogLoopParts,
): Promise<Account['why'] | undefined> {
  const nothing = (): void => undefined;
  let [windows, over, cancelAlone, cancelEnd] = [0, false, nothing, nothing];
  const server = createServer();
  let own: number | undefined;
  try {
    const why = await new Promise<Account['why'] | undefined>((resolve, reject) => {
      const wait = (): void => {
        cancelAlone = timers.after(grace, () => resolve('alone'));
      };
      const gone = async (): Promise<boolean> => {
        const record = await records.one(home);
        return record?.state === 'removed';
      };
      const atEnd = async (): Promise<void> => {
        // Continued meanwhile: another end.
        const { state, certificateEnds } = (await records.one(home)) ?? first;
        if (state === 'removed') resolve(undefined);
        else if (certificateEnds + courtesy <= clock.now()) resolve('ended');
        else arm(certificateEnds);
      };
      const arm = (end: number): void => {
        cancelEnd = timers.at(end + courtesy, () => void atEnd());
      };
      server.on('connection', (window) => {
        windows += 1;
        cancelAlone();
        window.on('error', () => undefined);
        window.resume();
        // What it still does needs no window.
        window.unref();
        window.once('close', () => {
          windows -= 1;
          if (windows > 0 || over) return;
          wait();
          void gone().then((removed) => removed && resolve(undefined));
        });
      });
      server.once('error', reject);
      stop?.addEventListener('abort', () => resolve('alone'), { once: true });
      void listen(server, socket).then((inode) => {
        own = inode;
        if (windows === 0) wait();
        arm(first.certificateEnds);
        ready?.();
      }, reject);
    });
    // Two windows started one each: the windows are connected to the other.
    return why === 'alone' && (await isOthers(socket, own)) ? undefined : why;
  } finally {
    over = true;
    cancelAlone();
    cancelEnd();
    server.close().unref();
    if (process.platform !== 'win32' && !(await isOthers(socket, own))) await rm(socket, { force: true });
  }
}

/** Whoever starts a watchdog has found nobody there, so what lies there is left over. */
async function listen(server: ReturnType<typeof createServer>, socket: string): Promise<number | undefined> {
  if (process.platform !== 'win32') await rm(socket, { force: true });
  server.listen(socket);
  await once(server, 'listening');
  return inodeOf(socket);
}

const inodeOf = async (socket: string): Promise<number | undefined> =>
  (await lstat(socket).catch(() => undefined))?.ino;

/** Whether another watchdog listens there by now. On Windows a name has one owner. */
async function isOthers(socket: string, own: number | undefined): Promise<boolean> {
  const there = process.platform === 'win32' ? undefined : await inodeOf(socket);
  return there !== undefined && there !== own;
}

const unsures = ['timedOut', 'unreadable'] as const;

async function giveItBack(
  record: HomeRecord,
  why: Account['why'],
  records: HomeRecords,
  giveBack: ElevationDrops,
): Promise<void> {
  const given = await giveBack.dropLeftBehind(record);
  // One that was never filled was never elevated for anybody to see.
  if (!given || record.state !== 'ready') return;
  await records.saveAccount(record.name, {
    why,
    at: given.at,
    notTold: given.notTold !== undefined,
    unsure: unsures.find((kind) => kind === given.notTold?.kind),
    openUntil: given.openUntil,
    reusableUntil: given.reusableUntil,
  });
}
