import assert from 'node:assert/strict';
import { mkdir, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Elevation } from '../../../../src/access/elevation.ts';
import type { AccessRequest } from '../../../../src/access/request.ts';
import { folderContents } from '../../../support/folderContents.ts';
import { minute } from '../../../support/demo/demoCluster.ts';
import { DemoWindow, homeOf } from '../../../support/state/demoElevations.ts';
import type { WindowTask } from '../../../support/processes/cutWindow.ts';
import { OtherWindow } from '../../../support/processes/otherWindow.ts';
import { ElevationSuite } from '../../../support/state/elevationSuite.ts';
import { failsWith } from '../../../support/failsWith.ts';

/** Limits files to 100 kB, so that larger writes of a window fail like on a full disk. */
const smallDisk = 'ulimit -f 200';
/** Limits files to 0 bytes, so that every write fails. */
const fullDisk = 'ulimit -f 0';

describe('where something cannot be written', () => {
  const suite = new ElevationSuite();
  const { folder } = suite;
  let request: AccessRequest;
  beforeEach(async () => {
    request = await suite.window.newApprovedRequest();
  });

  const renew = (elevation: Elevation) => suite.window.renewal.renew(homeOf(elevation), request);
  /** Adds a file above the limit of `smallDisk` to the login. It is copied after the files that fit. */
  async function addLargeFile(): Promise<Record<string, string>> {
    const [proxy = ''] = await readdir(join(suite.window.mainLogin.folder, 'keys'));
    await writeFile(join(suite.window.mainLogin.folder, 'keys', proxy, 'zzz'), 'x'.repeat(300_000));
    return folderContents(suite.window.mainLogin.folder);
  }

  const openOtherWindow = (
    what: WindowTask['what'],
    limit: string,
    elevation?: Elevation,
  ): Promise<OtherWindow> =>
    OtherWindow.open(
      {
        what,
        cluster: suite.demo.cluster,
        folder: folder.path,
        mainLogin: suite.window.mainLogin.folder,
        request: request.id,
        ...(elevation ? { home: homeOf(elevation) } : {}),
      },
      limit,
    );

  const nothingIsElevated = async (mainLogin: Record<string, string>): Promise<void> =>
    (await suite.openWindow()).nothingIsLeft(mainLogin);

  describe('a disk that is full', () => {
    it('while a home is filled: nothing of it is left, and that is what is said', async () => {
      const mainLogin = await addLargeFile();
      const otherWindow = await openOtherWindow('assume', smallDisk);
      assert.equal(await otherWindow.finish(), 'noSpace');
      assert.equal((await suite.window.records.readAll())[0]?.state, 'removed', 'it had begun');
      await nothingIsElevated(mainLogin);
    });

    it('while it is continued: what is in use goes on, and nothing of the new copy is left', async () => {
      const elevation = await suite.window.elevate(request);
      const mainLogin = await addLargeFile();
      await suite.demo.moveClock(10 * minute);
      const otherWindow = await openOtherWindow('continue', smallDisk, elevation);
      assert.equal(await otherWindow.finish(), 'noSpace');
      assert.deepEqual(await suite.window.entriesOf(elevation), ['current', 'gen-1', 'kubeconfig']);
      assert.equal((await suite.window.loginOf(elevation)).validUntil, elevation.certificateEnds);
      await suite.window.elevationDrops.drop(elevation);
      await nothingIsElevated(mainLogin);
    });

    it('while it is given back: every file goes all the same, and the next start forgets it', async () => {
      const elevation = await suite.window.elevate(request);
      const mainLogin = await suite.window.mainLoginFiles();
      const otherWindow = await openOtherWindow('drop', fullDisk, elevation);
      assert.equal(await otherWindow.finish(), 'done');
      assert.deepEqual(await suite.window.homes(), []);
      const nextWindow = await suite.openWindow();
      const [record] = nextWindow.elevations.inUse;
      assert.ok(record, 'its end could not be noted');
      await nextWindow.elevationDrops.dropAbandoned(record);
      await nothingIsElevated(mainLogin);
    });
  });

  describe('storage of ours that is read-only', () => {
    it('from the start: nothing is elevated, since nobody could give it back after a crash', async () => {
      await writeFile(folder.at('file'), '');
      const mainLogin = suite.window.mainLogin.folder;
      const before = await folderContents(mainLogin);
      suite.window = await DemoWindow.openWith(suite.demo, folder, {
        mainLogin,
        storage: folder.at('file', 'storage'),
      });
      await failsWith(suite.window.elevate(request), 'cannotWrite');
      assert.equal(suite.window.elevations.inUse.length, 0);
      await nothingIsElevated(before);
    });

    it('all of a sudden: it can be continued, and given back, and nothing stays', async () => {
      const elevation = await suite.window.elevate(request);
      const mainLogin = await suite.window.mainLoginFiles();
      await rm(folder.at('storage'), { recursive: true });
      await writeFile(folder.at('storage'), '');
      await suite.demo.moveClock(10 * minute);
      const renewal = await renew(elevation);
      assert.ok(renewal);
      const dropResult = await suite.window.elevationDrops.drop(renewal.elevation);
      assert.equal(dropResult?.openUntil, renewal.elevation.certificateEnds);
      assert.equal(await suite.window.elevationDrops.drop(renewal.elevation), undefined);
      assert.deepEqual(suite.window.store.snapshot.elevations, []);
      await nothingIsElevated(mainLogin);
    });
  });

  describe('no runtime folder', () => {
    const { TMPDIR } = process.env;
    beforeEach(async () => {
      await mkdir(folder.at('tmp'));
      process.env['TMPDIR'] = folder.at('tmp');
    });
    afterEach(() => {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
    });

    for (const [how, name] of [
      ['none is named', undefined],
      ['the one that is named is not there', 'missing'],
    ] as const) {
      it(`${how}: private homes lie in the temporary folder, and go as ever`, async () => {
        const mainLogin = suite.window.mainLogin.folder;
        const before = await folderContents(mainLogin);
        const runtime = name === undefined ? undefined : folder.at(name);
        suite.window = await DemoWindow.openWith(suite.demo, folder, { mainLogin, runtime });
        const elevation = await suite.window.elevate(request);
        assert.ok(suite.window.folderOf(elevation).startsWith(folder.at('tmp', 'jit-access-')));
        assert.deepEqual(await suite.window.entriesOf(elevation), ['current', 'gen-1', 'kubeconfig']);
        assert.ok(await suite.window.elevationDrops.drop(elevation));
        await nothingIsElevated(before);
        assert.deepEqual(await suite.window.homes(), []);
      });
    }

    it('what is named can hold no folder: nothing is elevated, and it is said', async () => {
      await writeFile(folder.at('file'), '');
      const mainLogin = suite.window.mainLogin.folder;
      const before = await folderContents(mainLogin);
      suite.window = await DemoWindow.openWith(suite.demo, folder, { mainLogin, runtime: folder.at('file') });
      await failsWith(suite.window.elevate(request), 'cannotWrite');
      await nothingIsElevated(before);
    });
  });

  describe('something planted where it is continued', () => {
    const obstacles: Record<string, (path: string) => Promise<unknown>> = {
      'a link to the login': (path) => symlink(suite.window.mainLogin.folder, path),
      'a link to nowhere': (path) => symlink('nowhere', path),
      'a folder': (path) => mkdir(join(path, 'inside'), { recursive: true }),
      'a file': (path) => writeFile(path, ''),
    };

    for (const place of ['gen-2', 'next']) {
      for (const [what, placeObstacle] of Object.entries(obstacles)) {
        it(`${what}, as ${place}: it goes, what it leads to stays, and the access goes on`, async () => {
          const elevation = await suite.window.elevate(request);
          await placeObstacle(join(suite.window.folderOf(elevation), place));
          const mainLogin = await suite.window.mainLoginFiles();
          await suite.demo.moveClock(10 * minute);
          assert.ok(await renew(elevation));
          const current = await readlink(join(suite.window.folderOf(elevation), 'current'));
          assert.deepEqual(await suite.window.entriesOf(elevation), ['current', current, 'kubeconfig']);
          assert.ok(await suite.window.elevationDrops.drop(elevation));
          await nothingIsElevated(mainLogin);
        });
      }
    }

    for (const [what, placeObstacle] of Object.entries(obstacles)) {
      it(`${what}, as current: refused, and given back all the same`, async () => {
        const elevation = await suite.window.elevate(request);
        const current = join(suite.window.folderOf(elevation), 'current');
        await rm(current);
        await placeObstacle(current);
        const mainLogin = await suite.window.mainLoginFiles();
        await suite.demo.moveClock(10 * minute);
        await failsWith(renew(elevation), 'untrustedHome');
        assert.ok(await suite.window.elevationDrops.drop(elevation));
        await nothingIsElevated(mainLogin);
      });
    }
  });

  it('a main login that is reached through links stays as it is, from elevating to giving back', async () => {
    const before = await suite.window.mainLoginFiles();
    await symlink(suite.window.mainLogin.folder, folder.at('link'));
    await symlink('link', folder.at('link to link'));
    suite.window = await DemoWindow.open(suite.demo, folder, folder.at('link to link'));
    const elevation = await suite.window.elevate(request);
    await suite.demo.moveClock(10 * minute);
    assert.ok(await renew(elevation));
    const copied = await folderContents(suite.window.folderOf(elevation));
    assert.ok(Object.keys(copied).some((path) => path.includes('/keys/')));
    assert.ok(await suite.window.elevationDrops.drop(elevation));
    assert.equal(await readlink(folder.at('link')), suite.demo.home('fresh'));
    assert.deepEqual(await folderContents(suite.demo.home('fresh')), before);
    assert.deepEqual(await suite.window.homes(), []);
  });
});
