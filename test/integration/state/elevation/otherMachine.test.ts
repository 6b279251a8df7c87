import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Elevation } from '../../../../src/access/elevation.ts';
import { runWatchdog } from '../../../../src/state/elevation/watchdogLoop.ts';
import { connectToWatchdog, WatchdogClient } from '../../../../src/state/elevation/watchdogClient.ts';
import type { HomeRecord } from '../../../../src/state/elevation/homeRecords.ts';
import {
  processSpace,
  relationOf,
  type ProcessSpace,
} from '../../../../src/teleport/process/processSpace.ts';
import { stampOf } from '../../../../src/teleport/process/processId.ts';
import { DemoWindow, homeOf, isPidRunning } from '../../../support/state/demoElevations.ts';
import { ElevationSuite } from '../../../support/state/elevationSuite.ts';
import { watchUntilDropped } from '../../../support/state/watchdogInProcess.ts';
import { otherMachine, runInNamespaces, whyNoNamespaces } from '../../../support/processes/namespaces.ts';
import type { SecondMachineFindings, SecondMachineTask } from '../../../support/processes/secondMachine.ts';

/** Skips a suite where `unshare` is not allowed, and says so. */
function needsNamespaces(options: readonly string[]): void {
  before(function () {
    const why = whyNoNamespaces(options);
    if (why === undefined) return;
    console.log(`      skipped: ${why}`);
    this.skip();
  });
}

/** The space that `printSpace.ts` printed. */
const printedSpace = (printed: string): ProcessSpace =>
  (JSON.parse(printed) as { space: ProcessSpace }).space;

describe('two machines on one storage folder', () => {
  const suite = new ElevationSuite();
  const { folder } = suite;

  const recordOf = async (elevation: Elevation): Promise<HomeRecord> =>
    (await suite.window.records.read(homeOf(elevation))) ?? assert.fail('no record');

  /** Asserts that the elevation is as it was: elevated, with its shell, its record and its files. */
  async function isUntouched(elevation: Elevation, shell: number): Promise<void> {
    assert.ok(await isPidRunning(shell));
    assert.deepEqual((await suite.window.loginOf(elevation)).assumed, [elevation.requestId]);
    assert.equal((await recordOf(elevation)).state, 'ready');
    await suite.window.elevations.load();
    assert.equal(suite.window.store.snapshot.elevations.length, 1);
    assert.equal(suite.window.store.snapshot.elevations[0]?.here, true);
  }

  describe('the other one with its own mounts and process ids', () => {
    needsNamespaces(otherMachine);

    /** Runs a window on the other machine. `before` prepares it. */
    async function openThere(before: readonly string[], runtime: string): Promise<SecondMachineFindings> {
      const task: SecondMachineTask = {
        ...{ cluster: suite.demo.cluster, folder: folder.path, runtime },
        mainLogin: suite.window.mainLogin.folder,
      };
      const script = await runInNamespaces(otherMachine, before, 'secondMachine.ts', JSON.stringify(task));
      return JSON.parse(script) as SecondMachineFindings;
    }

    it('what one has is shown on the other and left alone: not given back, not swept, not counted as its own', async () => {
      const elevation = await suite.window.elevate();
      const { shell } = await suite.window.startShell(elevation, folder);
      await mkdir(folder.at('run-b'), { mode: 0o700 });
      const there = await openThere(
        [`mount -t tmpfs -o mode=0700 none ${folder.at('run')}`, 'mount -t tmpfs none /var/tmp'],
        folder.at('run-b'),
      );
      assert.deepEqual(there, {
        ...{ elevated: 0, homes: [], dropped: 0 },
        elsewhere: [{ at: 'otherMachine', host: hostname() }],
      });
      await isUntouched(elevation, shell);
    });

    it('also when they share the runtime folder too, as containers share /tmp', async () => {
      const elevation = await suite.window.elevate();
      const { shell } = await suite.window.startShell(elevation, folder);
      const there = await openThere(['mount -t tmpfs none /var/tmp'], folder.at('run'));
      assert.equal(there.dropped, 0);
      assert.equal(there.elsewhere.length, 1);
      await isUntouched(elevation, shell);
    });

    it('two containers of one image are two machines; one that is started again is the same, without its processes', async () => {
      const [first, second] = [folder.at('tmp-a'), folder.at('tmp-b')];
      await Promise.all([mkdir(first), mkdir(second)]);
      const spaceIn = async (tmp: string): Promise<ProcessSpace> =>
        printedSpace(await runInNamespaces(otherMachine, [`mount --bind ${tmp} /var/tmp`], 'printSpace.ts'));
      const [a, b, again] = [await spaceIn(first), await spaceIn(second), await spaceIn(first)];
      assert.equal(relationOf(a, b), 'otherMachine');
      assert.equal(again.machine, a.machine);
      assert.notEqual(a.machine, (await processSpace({})).machine);
    });
  });

  /** Opens a window that seems to run in another space. */
  const openIn = (changes: Partial<ProcessSpace>, watchdogs?: WatchdogClient): Promise<DemoWindow> =>
    DemoWindow.openWith(suite.demo, folder, {
      mainLogin: suite.window.mainLogin.folder,
      space: async () => ({ ...(await processSpace({})), ...changes }),
      ...(watchdogs ? { watchdogs } : {}),
    });

  /** Changes the record of an elevation on the disk, as another process does. */
  const rewrite = async (elevation: Elevation, changes: Partial<HomeRecord>): Promise<void> =>
    suite.window.records.save({ ...(await recordOf(elevation)), ...changes });

  /** The window of a record that has ended. No process has this number. */
  const endedWindow = { pid: 2 ** 30, stamp: '1' };

  it('another account of this machine is as another machine', async () => {
    const elevation = await suite.window.elevate();
    await rewrite(elevation, { window: endedWindow });
    const other = await openIn({ user: 'other' });
    assert.deepEqual(other.elevations.records, []);
    assert.equal(other.store.snapshot.elsewhere[0]?.at, 'otherUser');
    await other.elevations.sweep();
    assert.ok(existsSync(suite.window.folderOf(elevation)));
  });

  it('a container that was started again gives back what it left; while a watchdog answers it is left alone', async () => {
    const elevation = await suite.window.elevate();
    await rewrite(elevation, { window: endedWindow });
    const socket = folder.at('w');
    const client = (): WatchdogClient =>
      new WatchdogClient({
        socketOf: () => Promise.resolve(socket),
        start: () => Promise.resolve(),
        reportFailure: () => undefined,
      });
    const { records, elevations, elevationDrops: drops, clock } = suite.window;
    const stop = new AbortController();
    let ready = (): void => undefined;
    const listening = new Promise<void>((resolve) => (ready = resolve));
    const timers = { after: () => () => undefined, at: () => () => undefined };
    const watchdog = runWatchdog(
      { home: homeOf(elevation), socket, grace: 0 },
      { records, elevations, drops, clock, onReady: ready, stop: stop.signal, timers },
    );
    await listening;
    const beside = await openIn({ pids: 'other' }, client());
    assert.equal(beside.store.snapshot.elsewhere.length, 1);
    assert.deepEqual(beside.elevations.records, []);
    await rm(socket);
    assert.equal(await connectToWatchdog(socket), undefined);
    const again = await openIn({ pids: 'other' }, client());
    const [record] = again.elevations.records;
    assert.ok(record);
    assert.equal(await again.elevations.owners.ownerOf(record), 'gone');
    assert.equal(await again.elevations.owners.isOfThisBoot(record), false);
    assert.ok(await again.elevationDrops.dropAbandoned(record));
    assert.ok(!existsSync(suite.window.folderOf(elevation)));
    stop.abort();
    await watchdog;
  });

  it('after the machine was started again its homes are given back, also when the name of the machine changed', async () => {
    const elevation = await suite.window.elevate();
    const later = await openIn({ boot: 'later', pids: 'other', host: 'other.example' });
    const [record] = later.elevations.records;
    assert.ok(record);
    // The window of the record is this very process, which wins. Another process does not.
    assert.equal(await later.elevations.owners.ownerOf(record), 'here');
    await rewrite(elevation, { window: endedWindow });
    await later.elevations.load();
    assert.equal(await later.elevations.owners.ownerOf(later.elevations.record(record.name)!), 'gone');
  });

  it('the own process wins over everything else that its record says', async () => {
    const elevation = await suite.window.elevate();
    const space = { machine: 'x', boot: 'x', pids: 'x', user: 'x', host: 'x' };
    await rewrite(elevation, { space, boot: 'x x' });
    await suite.window.elevations.load();
    assert.deepEqual(
      suite.window.store.snapshot.elevations.map(({ here }) => here),
      [true],
    );
    assert.deepEqual(suite.window.store.snapshot.elsewhere, []);
  });

  it('a request that another machine sends is not taken for cut off; one of an ended window here is', async () => {
    const { owners } = suite.window.elevations;
    const space = await processSpace({});
    const hasEnded = (changes: Partial<ProcessSpace>, window = endedWindow) =>
      owners.hasEnded({ window, space: { ...space, ...changes } });
    assert.equal(await hasEnded({}), true);
    assert.equal(await hasEnded({ boot: 'earlier' }), true);
    assert.equal(await owners.hasEnded({ window: endedWindow }), true, 'of an older version');
    assert.equal(await hasEnded({}, await owners.thisProcess()), false);
    for (const changes of [{ machine: 'other' }, { user: 'other' }, { pids: 'other' }])
      assert.equal(await hasEnded(changes), false, Object.keys(changes)[0]);
  });

  describe('the name of the machine and its clock are no identity', () => {
    needsNamespaces(['-u', '-m']);

    const spaceWith = async (options: readonly string[], ...before: string[]): Promise<ProcessSpace> =>
      printedSpace(await runInNamespaces(options, before, 'printSpace.ts'));

    it('a changed name, as by DHCP or a VPN', async () => {
      const space = await spaceWith(['-u'], 'hostname anas-laptop.office.example');
      assert.equal(space.host, 'anas-laptop.office.example');
      assert.equal(relationOf(space, await processSpace({})), 'same');
    });

    it('a clock that steps over the half minute, also where the system has no id of the boot', async function () {
      const shifted = ['-m', '-T', '-f', '--boottime', '86445'];
      const why = whyNoNamespaces(shifted);
      if (why !== undefined) {
        console.log(`      skipped: ${why}`);
        this.skip();
      }
      const hidden = 'mount --bind /dev/null /proc/sys/kernel/random/boot_id';
      assert.equal(relationOf(await spaceWith(shifted), await processSpace({})), 'same');
      const [before, after] = [await spaceWith(['-m'], hidden), await spaceWith(shifted, hidden)];
      assert.equal(relationOf(before, after), 'same');
    });
  });

  describe('records of older versions, with the name and the boot in one text', () => {
    const oldRecord = async (elevation: Elevation, boot: string, changes: Partial<HomeRecord> = {}) => {
      const record: HomeRecord = { ...(await recordOf(elevation)), boot, ...changes };
      delete record.space;
      await suite.window.records.save(record);
    };
    const bootOf = async (): Promise<string> => (await processSpace({})).boot;
    /** Who owns the home for a window that is opened now, or where it is. */
    const ownerNow = async (): Promise<string> => {
      const { elevations, store } = await openIn({});
      const [record] = elevations.records;
      return record ? elevations.owners.ownerOf(record) : (store.snapshot.elsewhere[0]?.at ?? 'unknown');
    };
    const running = async () => ({ pid: process.ppid, stamp: (await stampOf(process.ppid)) ?? '' });

    it('of this machine and boot go on, also when the name of the machine changed', async () => {
      const elevation = await suite.window.elevate();
      for (const host of [hostname(), 'former.example']) {
        await oldRecord(elevation, `${host} ${await bootOf()}`, { window: await running() });
        assert.equal(await ownerNow(), 'elsewhere', host);
      }
      await oldRecord(elevation, `${hostname()} ${await bootOf()}`, { window: endedWindow });
      assert.equal(await ownerNow(), 'gone');
    });

    it('of a boot before are given back where their home lies here', async () => {
      const elevation = await suite.window.elevate();
      await oldRecord(elevation, `${hostname()} former-boot`, { window: endedWindow });
      assert.equal(await ownerNow(), 'gone');
    });

    it('of another machine are left alone, also when that has the same name', async () => {
      const elevation = await suite.window.elevate();
      for (const boot of [
        'devbox other-boot',
        `${hostname()} other-boot`,
        `devbox ${await bootOf()}`,
        'odd',
      ]) {
        await oldRecord(elevation, boot, { window: endedWindow, root: folder.at('on-the-other-machine') });
        assert.equal(await ownerNow(), 'otherMachine', boot);
      }
    });

    it('off Linux, where a boot has no id, they are of the machine on which their home lies', async () => {
      const elevation = await suite.window.elevate();
      const ownerThere = async (root?: string): Promise<string | undefined> => {
        await oldRecord(elevation, 'former.example 29000000', {
          window: { pid: endedWindow.pid, stamp: '' },
          ...(root === undefined ? {} : { root }),
        });
        const { elevations, store } = await openIn({ boot: '', pids: '' });
        const [record] = elevations.records;
        return record ? elevations.owners.ownerOf(record) : store.snapshot.elsewhere[0]?.at;
      };
      assert.equal(await ownerThere(), 'gone');
      assert.equal(await ownerThere(folder.at('on-the-other-machine')), 'otherMachine');
    });

    it('an adopted one is of the new kind from then on, and older windows read it still', async () => {
      const elevation = await suite.window.elevate();
      await oldRecord(elevation, `${hostname()} ${await bootOf()}`, { window: endedWindow });
      const next = await openIn({});
      await next.elevations.adopt(homeOf(elevation));
      const { space, boot } = await recordOf(elevation);
      assert.deepEqual(space, await processSpace({}));
      assert.equal(boot, `${hostname()} ${await bootOf()}`);
    });
  });

  it('a record that says removed while its home is still there is not believed: it is given back', async () => {
    const elevation = await suite.window.elevate();
    const { shell, program } = await suite.window.startShell(elevation, folder);
    // An older version on another machine took it for a left-over.
    await suite.window.files.claim(`dropped-${homeOf(elevation)}`);
    await rewrite(elevation, { state: 'removed', shells: [] });
    for (const window of [suite.window, await suite.openWindow()]) {
      await window.elevations.load();
      assert.equal(window.store.snapshot.elevations.length, 1, 'it is still elevated, and shown');
      assert.equal(window.elevations.disbelieved.length, 1);
    }
    await suite.window.elevations.sweep();
    assert.ok(existsSync(suite.window.folderOf(elevation)), 'it is dropped, not only removed');
    const [record] = suite.window.elevations.disbelieved;
    assert.ok(record && (await suite.window.elevationDrops.dropAbandoned(record)), 'and that is said');
    assert.ok(!(await isPidRunning(shell)) && !(await isPidRunning(program)));
    assert.equal(suite.window.tsh.drops, 1, 'the cluster is told');
    assert.ok(!existsSync(suite.window.folderOf(elevation)));
    await suite.window.elevations.load();
    assert.deepEqual(suite.window.elevations.disbelieved, []);
    // What a tool creates there again is no login: the record is believed, and it is swept.
    const again = join(suite.window.folderOf(elevation), 'current');
    await mkdir(again, { recursive: true });
    await writeFile(join(again, 'key'), 'fresh login');
    await suite.window.elevations.load();
    assert.deepEqual(suite.window.elevations.disbelieved, []);
    await suite.window.elevations.sweep();
    assert.ok(!existsSync(suite.window.folderOf(elevation)));
  });

  it('the watchdog does not believe it either, when no window is there', async () => {
    const elevation = await suite.window.elevate();
    await rewrite(elevation, { state: 'removed', shells: [] });
    await watchUntilDropped(await suite.openWindow(), elevation, folder.at('w'));
    assert.ok(!existsSync(suite.window.folderOf(elevation)));
  });
});
