import assert from 'node:assert/strict';
import { mkdir, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Elevation } from '../../../../src/access/elevation.ts';
import type { AccessRequest } from '../../../../src/access/request.ts';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { folderContents } from '../../../support/folderContents.ts';
import { DemoFixture, minute } from '../../../support/demo/demoCluster.ts';
import { TemporaryFolder } from '../../../support/temporaryFolder.ts';
import { DemoWindow } from '../../../support/state/demoElevations.ts';
import type { WindowTask } from '../../../support/processes/cutWindow.ts';
import { OtherWindow } from '../../../support/processes/otherWindow.ts';

/** Limits files to 100 kB, so that larger writes of a window fail like on a full disk. */
const smallDisk = 'ulimit -f 200';
/** Limits files to 0 bytes, so that every write fails. */
const fullDisk = 'ulimit -f 0';

describe('where something cannot be written', () => {
  let demo: DemoFixture;
  let folder: TemporaryFolder;
  let demoWindow: DemoWindow;
  let request: AccessRequest;
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(() => demo.close());
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    demoWindow = await DemoWindow.openSignedIn(demo, folder);
    request = await demoWindow.newApprovedRequest();
  });
  afterEach(() => folder.close());

  const homeOf = ({ where }: Elevation): string => (where.kind === 'private' ? where.home : '');
  const renew = (elevation: Elevation) => demoWindow.renewal.renew(homeOf(elevation), request);
  const homeEntries = async (elevation: Elevation): Promise<string[]> =>
    (await readdir(demoWindow.folderOf(elevation))).sort();
  const failsAs = (promise: Promise<unknown>, kind: string): Promise<void> =>
    assert.rejects(promise, (error) => {
      assert.equal(failureOf(error)?.kind, kind);
      return true;
    });

  /** Adds a file above the limit of `smallDisk` to the login. It is copied after the files that fit. */
  async function addLargeFile(): Promise<Record<string, string>> {
    const [proxy = ''] = await readdir(join(demoWindow.mainLogin.folder, 'keys'));
    await writeFile(join(demoWindow.mainLogin.folder, 'keys', proxy, 'zzz'), 'x'.repeat(300_000));
    return folderContents(demoWindow.mainLogin.folder);
  }

  const openOtherWindow = (
    what: WindowTask['what'],
    limit: string,
    elevation?: Elevation,
  ): Promise<OtherWindow> =>
    OtherWindow.open(
      {
        what,
        cluster: demo.cluster,
        folder: folder.path,
        mainLogin: demoWindow.mainLogin.folder,
        request: request.id,
        ...(elevation ? { home: homeOf(elevation) } : {}),
      },
      limit,
    );

  async function nothingIsElevated(mainLogin: Record<string, string>): Promise<void> {
    const nextWindow = await DemoWindow.open(demo, folder, demoWindow.mainLogin.folder);
    assert.deepEqual(await nextWindow.homes(), []);
    assert.deepEqual(nextWindow.store.snapshot.elevations, []);
    assert.deepEqual(await folderContents(demoWindow.mainLogin.folder), mainLogin);
  }

  describe('a disk that is full', () => {
    it('while a home is filled: nothing of it is left, and that is what is said', async () => {
      const mainLogin = await addLargeFile();
      const otherWindow = await openOtherWindow('assume', smallDisk);
      assert.equal(await otherWindow.finish(), 'noSpace');
      assert.equal((await demoWindow.records.readAll())[0]?.state, 'removed', 'it had begun');
      await nothingIsElevated(mainLogin);
    });

    it('while it is continued: what is in use goes on, and nothing of the new copy is left', async () => {
      const elevation = await demoWindow.elevate(request);
      const mainLogin = await addLargeFile();
      await demo.moveClock(10 * minute);
      const otherWindow = await openOtherWindow('continue', smallDisk, elevation);
      assert.equal(await otherWindow.finish(), 'noSpace');
      assert.deepEqual(await homeEntries(elevation), ['current', 'gen-1', 'kubeconfig']);
      const login = await demoWindow.tsh.status(demoWindow.elevations.homeOf(elevation));
      assert.equal('profile' in login && login.profile.validUntil, elevation.certificateEnds);
      await demoWindow.elevationDrops.drop(elevation);
      await nothingIsElevated(mainLogin);
    });

    it('while it is given back: every file goes all the same, and the next start forgets it', async () => {
      const elevation = await demoWindow.elevate(request);
      const mainLogin = await folderContents(demoWindow.mainLogin.folder);
      const otherWindow = await openOtherWindow('drop', fullDisk, elevation);
      assert.equal(await otherWindow.finish(), 'done');
      assert.deepEqual(await demoWindow.homes(), []);
      const nextWindow = await DemoWindow.open(demo, folder, demoWindow.mainLogin.folder);
      const [record] = nextWindow.elevations.inUse;
      assert.ok(record, 'its end could not be noted');
      await nextWindow.elevationDrops.dropAbandoned(record);
      await nothingIsElevated(mainLogin);
    });
  });

  describe('storage of ours that is read-only', () => {
    it('from the start: nothing is elevated, since nobody could give it back after a crash', async () => {
      await writeFile(folder.at('file'), '');
      const mainLogin = demoWindow.mainLogin.folder;
      const before = await folderContents(mainLogin);
      demoWindow = await DemoWindow.openWith(demo, folder, {
        mainLogin,
        storage: folder.at('file', 'storage'),
      });
      await failsAs(demoWindow.elevate(request), 'cannotWrite');
      assert.equal(demoWindow.elevations.inUse.length, 0);
      await nothingIsElevated(before);
    });

    it('all of a sudden: it can be continued, and given back, and nothing stays', async () => {
      const elevation = await demoWindow.elevate(request);
      const mainLogin = await folderContents(demoWindow.mainLogin.folder);
      await rm(folder.at('storage'), { recursive: true });
      await writeFile(folder.at('storage'), '');
      await demo.moveClock(10 * minute);
      const renewal = await renew(elevation);
      assert.ok(renewal);
      const dropResult = await demoWindow.elevationDrops.drop(renewal.elevation);
      assert.equal(dropResult?.openUntil, renewal.elevation.certificateEnds);
      assert.equal(await demoWindow.elevationDrops.drop(renewal.elevation), undefined);
      assert.deepEqual(demoWindow.store.snapshot.elevations, []);
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
        const mainLogin = demoWindow.mainLogin.folder;
        const before = await folderContents(mainLogin);
        const runtime = name === undefined ? undefined : folder.at(name);
        demoWindow = await DemoWindow.openWith(demo, folder, { mainLogin, runtime });
        const elevation = await demoWindow.elevate(request);
        assert.ok(demoWindow.folderOf(elevation).startsWith(folder.at('tmp', 'jit-access-')));
        assert.deepEqual(await homeEntries(elevation), ['current', 'gen-1', 'kubeconfig']);
        assert.ok(await demoWindow.elevationDrops.drop(elevation));
        await nothingIsElevated(before);
        assert.deepEqual(await demoWindow.homes(), []);
      });
    }

    it('what is named can hold no folder: nothing is elevated, and it is said', async () => {
      await writeFile(folder.at('file'), '');
      const mainLogin = demoWindow.mainLogin.folder;
      const before = await folderContents(mainLogin);
      demoWindow = await DemoWindow.openWith(demo, folder, { mainLogin, runtime: folder.at('file') });
      await failsAs(demoWindow.elevate(request), 'cannotWrite');
      await nothingIsElevated(before);
    });
  });

  describe('something planted where it is continued', () => {
    const obstacles: Record<string, (path: string) => Promise<unknown>> = {
      'a link to the login': (path) => symlink(demoWindow.mainLogin.folder, path),
      'a link to nowhere': (path) => symlink('nowhere', path),
      'a folder': (path) => mkdir(join(path, 'inside'), { recursive: true }),
      'a file': (path) => writeFile(path, ''),
    };

    for (const place of ['gen-2', 'next']) {
      for (const [what, placeObstacle] of Object.entries(obstacles)) {
        it(`${what}, as ${place}: it goes, what it leads to stays, and the access goes on`, async () => {
          const elevation = await demoWindow.elevate(request);
          await placeObstacle(join(demoWindow.folderOf(elevation), place));
          const mainLogin = await folderContents(demoWindow.mainLogin.folder);
          await demo.moveClock(10 * minute);
          assert.ok(await renew(elevation));
          const current = await readlink(join(demoWindow.folderOf(elevation), 'current'));
          assert.deepEqual(await homeEntries(elevation), ['current', current, 'kubeconfig']);
          assert.ok(await demoWindow.elevationDrops.drop(elevation));
          await nothingIsElevated(mainLogin);
        });
      }
    }

    for (const [what, placeObstacle] of Object.entries(obstacles)) {
      it(`${what}, as current: refused, and given back all the same`, async () => {
        const elevation = await demoWindow.elevate(request);
        const current = join(demoWindow.folderOf(elevation), 'current');
        await rm(current);
        await placeObstacle(current);
        const mainLogin = await folderContents(demoWindow.mainLogin.folder);
        await demo.moveClock(10 * minute);
        await failsAs(renew(elevation), 'untrustedHome');
        assert.ok(await demoWindow.elevationDrops.drop(elevation));
        await nothingIsElevated(mainLogin);
      });
    }
  });

  it('a main login that is reached through links stays as it is, from elevating to giving back', async () => {
    const before = await folderContents(demoWindow.mainLogin.folder);
    await symlink(demoWindow.mainLogin.folder, folder.at('link'));
    await symlink('link', folder.at('link to link'));
    demoWindow = await DemoWindow.open(demo, folder, folder.at('link to link'));
    const elevation = await demoWindow.elevate(request);
    await demo.moveClock(10 * minute);
    assert.ok(await renew(elevation));
    const copied = await folderContents(demoWindow.folderOf(elevation));
    assert.ok(Object.keys(copied).some((path) => path.includes('/keys/')));
    assert.ok(await demoWindow.elevationDrops.drop(elevation));
    assert.equal(await readlink(folder.at('link')), demo.home('fresh'));
    assert.deepEqual(await folderContents(demo.home('fresh')), before);
    assert.deepEqual(await demoWindow.homes(), []);
  });
});
