import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Elevation } from '../../../../src/access/elevation.ts';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { limits } from '../../../../src/teleport/commands/tsh.ts';
import { folderContents } from '../../../support/folderContents.ts';
import { DemoFixture, minute } from '../../../support/demo/demoCluster.ts';
import { TemporaryFolder, until } from '../../../support/temporaryFolder.ts';
import { assumeFaults, shortLimits, shippedLimits } from '../../../support/state/assumeFaults.ts';
import { DemoWindow, isPidRunning } from '../../../support/state/demoElevations.ts';

describe('continuing in place', function () {
  this.timeout(20_000);
  let demo: DemoFixture;
  let folder: TemporaryFolder;
  let desk: DemoWindow;
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(() => demo.close());
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    desk = await DemoWindow.openSignedIn(demo, folder);
  });
  afterEach(async () => {
    Object.assign(limits, shippedLimits);
    await demo.setFaults();
    await folder.close();
  });

  const homeOf = ({ where }: Elevation): string => (where.kind === 'private' ? where.home : '');
  const goOn = (elevation: Elevation, request = desk.store.snapshot.requests?.[0]) =>
    request ? desk.renewal.renew(homeOf(elevation), request) : assert.fail('no request');
  const insideOf = async (elevation: Elevation): Promise<string[]> =>
    (await readdir(desk.folderOf(elevation))).sort();
  const untilOf = async (elevation: Elevation): Promise<number> => {
    const login = await desk.tsh.status(desk.elevations.homeOf(elevation));
    return login.kind === 'signedIn' ? login.profile.validUntil : assert.fail(login.kind);
  };

  it('renews without anybody while the grant lives: the shell, its kubeconfig and its home stay', async () => {
    const elevation = await desk.elevate(await desk.newApprovedRequest());
    const { shell } = await desk.startShell(elevation, folder);
    const mainLogin = await folderContents(desk.mainLogin.folder);
    const kubeconfig = await readFile(join(desk.folderOf(elevation), 'kubeconfig'));
    await demo.moveClock(30 * minute);
    const done = await goOn(elevation);
    assert.ok(done);
    assert.equal(done.previousEnd, elevation.certificateEnds);
    const longer = done.elevation.certificateEnds - elevation.certificateEnds;
    assert.ok(Math.abs(longer - 30 * minute) < minute, 'a fresh hour from now');
    assert.equal(await untilOf(elevation), done.elevation.certificateEnds);
    assert.deepEqual(desk.store.snapshot.elevations, [done.elevation]);
    assert.deepEqual(await insideOf(elevation), ['current', 'gen-2', 'kubeconfig']);
    assert.deepEqual(await readFile(join(desk.folderOf(elevation), 'kubeconfig')), kubeconfig);
    assert.deepEqual(await folderContents(desk.mainLogin.folder), mainLogin);
    assert.ok(await isPidRunning(shell));
    assert.deepEqual(done.keepOldEnd, [], 'a shell and sleep hold no certificate');
    assert.ok(await desk.elevationDrops.drop(done.elevation));
  });

  it('a running tsh is named: it keeps its old end', async () => {
    const elevation = await desk.elevate(await desk.newApprovedRequest());
    await symlink('/bin/sleep', folder.at('tsh'));
    await desk.startShell(elevation, folder, folder.at('tsh'));
    await demo.moveClock(10 * minute);
    const done = await goOn(elevation);
    assert.deepEqual(done?.keepOldEnd, process.platform === 'linux' ? ['tsh'] : []);
    await desk.elevationDrops.drop(elevation);
  });

  it('a successor takes over in the same home when it is approved', async () => {
    const elevation = await desk.elevate(await desk.newApprovedRequest());
    await desk.elevations.change(homeOf(elevation), () => ({ successor: elevation.requestId }));
    await demo.moveClock(20 * minute);
    const successor = await desk.newApprovedRequest();
    const done = await goOn(elevation, successor);
    assert.equal(done?.elevation.requestId, successor.id);
    assert.equal(done.elevation.successor, undefined);
    assert.equal(done.elevation.grantEnds, successor.grantEnds);
    const login = await desk.tsh.status(desk.elevations.homeOf(elevation));
    assert.deepEqual(login.kind === 'signedIn' && login.profile.assumed, [successor.id]);
  });

  for (const [where, faults, kind] of assumeFaults) {
    it(`${where}: what is in use goes on as it was, and nothing of the new copy is left`, async () => {
      const elevation = await desk.elevate(await desk.newApprovedRequest());
      const record = desk.elevations.record(homeOf(elevation));
      await demo.moveClock(10 * minute);
      const mainLogin = await folderContents(desk.mainLogin.folder);
      await demo.setFaults(...faults);
      if (kind === 'timedOut') Object.assign(limits, shortLimits);
      await assert.rejects(goOn(elevation), (error) => {
        assert.equal(failureOf(error)?.kind, kind);
        return true;
      });
      Object.assign(limits, shippedLimits);
      await demo.setFaults();
      assert.deepEqual(await folderContents(desk.mainLogin.folder), mainLogin);
      assert.equal(await readlink(join(desk.folderOf(elevation), 'current')), 'gen-1');
      assert.deepEqual(await insideOf(elevation), ['current', 'gen-1', 'kubeconfig']);
      assert.deepEqual(desk.elevations.record(homeOf(elevation)), record);
      assert.equal(await untilOf(elevation), elevation.certificateEnds);
    });
  }

  it('a window killed in the middle leaves a copy that the next one removes, and the old end', async () => {
    const elevation = await desk.elevate(await desk.newApprovedRequest());
    await mkdir(join(desk.folderOf(elevation), 'gen-2'));
    const next = await DemoWindow.open(demo, folder, demo.home('fresh'));
    await next.elevations.adopt(homeOf(elevation));
    assert.deepEqual(await insideOf(elevation), ['current', 'gen-1', 'kubeconfig']);
    assert.equal(next.store.snapshot.elevations[0]?.certificateEnds, elevation.certificateEnds);
  });

  it('gains nothing from a login that ends no later: it is said, and nothing is swapped', async () => {
    await demo.signIn('alice', 'fresh', 40);
    const elevation = await desk.elevate(await desk.newApprovedRequest());
    assert.equal(await goOn(elevation), undefined);
    assert.deepEqual(await insideOf(elevation), ['current', 'gen-1', 'kubeconfig']);
  });

  it('given back while it is continued: nothing is elevated again', async () => {
    const elevation = await desk.elevate(await desk.newApprovedRequest());
    await demo.moveClock(10 * minute);
    await demo.setFaults({ match: 'login', do: 'slow', ms: 400, times: 1 });
    const continued = goOn(elevation);
    await until(() => existsSync(join(desk.folderOf(elevation), 'gen-2', 'current-profile')));
    const given = desk.elevationDrops.drop(elevation);
    await assert.rejects(continued);
    assert.ok(await given);
    await desk.elevations.sweep();
    assert.deepEqual(await desk.homes(), []);
    assert.deepEqual(desk.store.snapshot.elevations, []);
  });

  it('pressed twice it happens once', async () => {
    const elevation = await desk.elevate(await desk.newApprovedRequest());
    await demo.moveClock(10 * minute);
    const [one, other] = await Promise.all([goOn(elevation), goOn(elevation)]);
    assert.equal(one, other);
    assert.deepEqual(await insideOf(elevation), ['current', 'gen-2', 'kubeconfig']);
  });

  it('somebody else is signed in by now: nothing of theirs gets into this terminal', async () => {
    const elevation = await desk.elevate(await desk.newApprovedRequest());
    await demo.signIn('bob', 'fresh');
    await assert.rejects(goOn(elevation), (error) => failureOf(error)?.kind === 'signedOut');
    assert.deepEqual(await insideOf(elevation), ['current', 'gen-1', 'kubeconfig']);
  });

  it('what was assumed in the main login does not come along', async () => {
    const elevation = await desk.elevate(await desk.newApprovedRequest());
    const other = await desk.newApprovedRequest();
    await desk.tsh.assume(desk.mainLogin, other.id);
    await demo.moveClock(5 * minute);
    const request = await desk.show(elevation.requestId);
    await goOn(elevation, request);
    const login = await desk.tsh.status(desk.elevations.homeOf(elevation));
    assert.deepEqual(login.kind === 'signedIn' && login.profile.assumed, [elevation.requestId]);
  });

  it('a link inside the login is not followed, and the one in use goes on', async () => {
    const elevation = await desk.elevate(await desk.newApprovedRequest());
    const [proxy = ''] = await readdir(join(desk.mainLogin.folder, 'keys'));
    await symlink('/etc/hostname', join(desk.mainLogin.folder, 'keys', proxy, 'planted'));
    await assert.rejects(goOn(elevation), (error) => failureOf(error)?.kind === 'untrustedHome');
    assert.deepEqual(await insideOf(elevation), ['current', 'gen-1', 'kubeconfig']);
  });
});
