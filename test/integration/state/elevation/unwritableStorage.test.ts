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

/** Files may have at most 100 kB: what a window writes then fails, as on a disk that is full. */
const little = 'ulimit -f 200';
/** Not even a byte can be written. */
const nothing = 'ulimit -f 0';

describe('where something cannot be written', function () {
  this.timeout(20_000);
  let demo: DemoFixture;
  let folder: TemporaryFolder;
  let desk: DemoWindow;
  let request: AccessRequest;
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(() => demo.close());
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    desk = await DemoWindow.openSignedIn(demo, folder);
    request = await desk.newApprovedRequest();
  });
  afterEach(() => folder.close());

  const homeOf = ({ where }: Elevation): string => (where.kind === 'private' ? where.home : '');
  const goOn = (elevation: Elevation) => desk.renewal.renew(homeOf(elevation), request);
  const insideOf = async (elevation: Elevation): Promise<string[]> =>
    (await readdir(desk.folderOf(elevation))).sort();
  const failsAs = (promise: Promise<unknown>, kind: string): Promise<void> =>
    assert.rejects(promise, (error) => {
      assert.equal(failureOf(error)?.kind, kind);
      return true;
    });

  /** A file in the login that is too large for a disk with little room; one that lies behind what fits. */
  async function pad(): Promise<Record<string, string>> {
    const [proxy = ''] = await readdir(join(desk.mainLogin.folder, 'keys'));
    await writeFile(join(desk.mainLogin.folder, 'keys', proxy, 'zzz'), 'x'.repeat(300_000));
    return folderContents(desk.mainLogin.folder);
  }

  const window = (what: WindowTask['what'], limit: string, elevation?: Elevation): Promise<OtherWindow> =>
    OtherWindow.open(
      {
        what,
        cluster: demo.cluster,
        folder: folder.path,
        mainLogin: desk.mainLogin.folder,
        request: request.id,
        ...(elevation ? { home: homeOf(elevation) } : {}),
      },
      limit,
    );

  async function nothingIsElevated(mainLogin: Record<string, string>): Promise<void> {
    const next = await DemoWindow.open(demo, folder, desk.mainLogin.folder);
    assert.deepEqual(await next.homes(), []);
    assert.deepEqual(next.store.snapshot.elevations, []);
    assert.deepEqual(await folderContents(desk.mainLogin.folder), mainLogin);
  }

  describe('a disk that is full', () => {
    it('while a home is filled: nothing of it is left, and that is what is said', async () => {
      const mainLogin = await pad();
      const other = await window('assume', little);
      assert.equal(await other.finish(), 'noSpace');
      assert.equal((await desk.records.readAll())[0]?.state, 'removed', 'it had begun');
      await nothingIsElevated(mainLogin);
    });

    it('while it is continued: what is in use goes on, and nothing of the new copy is left', async () => {
      const elevation = await desk.elevate(request);
      const mainLogin = await pad();
      await demo.moveClock(10 * minute);
      const other = await window('continue', little, elevation);
      assert.equal(await other.finish(), 'noSpace');
      assert.deepEqual(await insideOf(elevation), ['current', 'gen-1', 'kubeconfig']);
      const login = await desk.tsh.status(desk.elevations.homeOf(elevation));
      assert.equal('profile' in login && login.profile.validUntil, elevation.certificateEnds);
      await desk.elevationDrops.drop(elevation);
      await nothingIsElevated(mainLogin);
    });

    it('while it is given back: every file goes all the same, and the next start forgets it', async () => {
      const elevation = await desk.elevate(request);
      const mainLogin = await folderContents(desk.mainLogin.folder);
      const other = await window('giveBack', nothing, elevation);
      assert.equal(await other.finish(), 'done');
      assert.deepEqual(await desk.homes(), []);
      const next = await DemoWindow.open(demo, folder, desk.mainLogin.folder);
      const [record] = next.elevations.inUse;
      assert.ok(record, 'its end could not be noted');
      await next.elevationDrops.dropAbandoned(record);
      await nothingIsElevated(mainLogin);
    });
  });

  describe('storage of ours that is read-only', () => {
    it('from the start: nothing is elevated, since nobody could give it back after a crash', async () => {
      await writeFile(folder.at('file'), '');
      const mainLogin = desk.mainLogin.folder;
      const before = await folderContents(mainLogin);
      desk = await DemoWindow.openWith(demo, folder, { mainLogin, storage: folder.at('file', 'storage') });
      await failsAs(desk.elevate(request), 'cannotWrite');
      assert.equal(desk.elevations.inUse.length, 0);
      await nothingIsElevated(before);
    });

    it('all of a sudden: it can be continued, and given back, and nothing stays', async () => {
      const elevation = await desk.elevate(request);
      const mainLogin = await folderContents(desk.mainLogin.folder);
      await rm(folder.at('storage'), { recursive: true });
      await writeFile(folder.at('storage'), '');
      await demo.moveClock(10 * minute);
      const done = await goOn(elevation);
      assert.ok(done);
      const given = await desk.elevationDrops.drop(done.elevation);
      assert.equal(given?.openUntil, done.elevation.certificateEnds);
      assert.equal(await desk.elevationDrops.drop(done.elevation), undefined);
      assert.deepEqual(desk.store.snapshot.elevations, []);
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
        const mainLogin = desk.mainLogin.folder;
        const before = await folderContents(mainLogin);
        const runtime = name === undefined ? undefined : folder.at(name);
        desk = await DemoWindow.openWith(demo, folder, { mainLogin, runtime });
        const elevation = await desk.elevate(request);
        assert.ok(desk.folderOf(elevation).startsWith(folder.at('tmp', 'jit-access-')));
        assert.deepEqual(await insideOf(elevation), ['current', 'gen-1', 'kubeconfig']);
        assert.ok(await desk.elevationDrops.drop(elevation));
        await nothingIsElevated(before);
        assert.deepEqual(await desk.homes(), []);
      });
    }

    it('what is named can hold no folder: nothing is elevated, and it is said', async () => {
      await writeFile(folder.at('file'), '');
      const mainLogin = desk.mainLogin.folder;
      const before = await folderContents(mainLogin);
      desk = await DemoWindow.openWith(demo, folder, { mainLogin, runtime: folder.at('file') });
      await failsAs(desk.elevate(request), 'cannotWrite');
      await nothingIsElevated(before);
    });
  });

  describe('something planted where it is continued', () => {
    const plants: Record<string, (path: string) => Promise<unknown>> = {
      'a link to the login': (path) => symlink(desk.mainLogin.folder, path),
      'a link to nowhere': (path) => symlink('nowhere', path),
      'a folder': (path) => mkdir(join(path, 'inside'), { recursive: true }),
      'a file': (path) => writeFile(path, ''),
    };

    for (const place of ['gen-2', 'next']) {
      for (const [what, plant] of Object.entries(plants)) {
        it(`${what}, as ${place}: it goes, what it leads to stays, and the access goes on`, async () => {
          const elevation = await desk.elevate(request);
          await plant(join(desk.folderOf(elevation), place));
          const mainLogin = await folderContents(desk.mainLogin.folder);
          await demo.moveClock(10 * minute);
          assert.ok(await goOn(elevation));
          const current = await readlink(join(desk.folderOf(elevation), 'current'));
          assert.deepEqual(await insideOf(elevation), ['current', current, 'kubeconfig']);
          assert.ok(await desk.elevationDrops.drop(elevation));
          await nothingIsElevated(mainLogin);
        });
      }
    }

    for (const [what, plant] of Object.entries(plants)) {
      it(`${what}, as current: refused, and given back all the same`, async () => {
        const elevation = await desk.elevate(request);
        const current = join(desk.folderOf(elevation), 'current');
        await rm(current);
        await plant(current);
        const mainLogin = await folderContents(desk.mainLogin.folder);
        await demo.moveClock(10 * minute);
        await failsAs(goOn(elevation), 'untrustedHome');
        assert.ok(await desk.elevationDrops.drop(elevation));
        await nothingIsElevated(mainLogin);
      });
    }
  });

  it('a main login that is reached through links stays as it is, from elevating to giving back', async () => {
    const before = await folderContents(desk.mainLogin.folder);
    await symlink(desk.mainLogin.folder, folder.at('link'));
    await symlink('link', folder.at('link to link'));
    desk = await DemoWindow.open(demo, folder, folder.at('link to link'));
    const elevation = await desk.elevate(request);
    await demo.moveClock(10 * minute);
    assert.ok(await goOn(elevation));
    const copied = await folderContents(desk.folderOf(elevation));
    assert.ok(Object.keys(copied).some((path) => path.includes('/keys/')));
    assert.ok(await desk.elevationDrops.drop(elevation));
    assert.equal(await readlink(folder.at('link')), demo.home('fresh'));
    assert.deepEqual(await folderContents(demo.home('fresh')), before);
    assert.deepEqual(await desk.homes(), []);
  });
});
