import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Elevation } from '../../../../src/access/elevation.ts';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { limits } from '../../../../src/teleport/commands/tshCalls.ts';
import { folderContents } from '../../../support/folderContents.ts';
import { DemoFixture, minute } from '../../../support/demo/demoCluster.ts';
import { TemporaryFolder, until } from '../../../support/temporaryFolder.ts';
import { assumeFaults, shortLimits, shippedLimits } from '../../../support/state/assumeFaults.ts';
import { DemoWindow, isPidRunning } from '../../../support/state/demoElevations.ts';

describe('continuing in place', () => {
  let demo: DemoFixture;
  let folder: TemporaryFolder;
  let demoWindow: DemoWindow;
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(() => demo.close());
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    demoWindow = await DemoWindow.openSignedIn(demo, folder);
  });
  afterEach(async () => {
    Object.assign(limits, shippedLimits);
    await demo.setFaults();
    await folder.close();
  });

  const homeOf = ({ where }: Elevation): string => (where.kind === 'private' ? where.home : '');
  const renew = (elevation: Elevation, request = demoWindow.store.snapshot.requests?.[0]) =>
    request ? demoWindow.renewal.renew(homeOf(elevation), request) : assert.fail('no request');
  const homeEntries = async (elevation: Elevation): Promise<string[]> =>
    (await readdir(demoWindow.folderOf(elevation))).sort();
  const validUntil = async (elevation: Elevation): Promise<number> => {
    const login = await demoWindow.tsh.status(demoWindow.elevations.homeOf(elevation));
    return login.kind === 'signedIn' ? login.profile.validUntil : assert.fail(login.kind);
  };

  it('renews without anybody while the grant lives: the shell, its kubeconfig and its home stay', async () => {
    const elevation = await demoWindow.elevate(await demoWindow.newApprovedRequest());
    const { shell } = await demoWindow.startShell(elevation, folder);
    const mainLogin = await folderContents(demoWindow.mainLogin.folder);
    const kubeconfig = await readFile(join(demoWindow.folderOf(elevation), 'kubeconfig'));
    await demo.moveClock(30 * minute);
    const renewal = await renew(elevation);
    assert.ok(renewal);
    assert.equal(renewal.previousEnd, elevation.certificateEnds);
    const gained = renewal.elevation.certificateEnds - elevation.certificateEnds;
    assert.ok(Math.abs(gained - 30 * minute) < minute, 'a fresh hour from now');
    assert.equal(await validUntil(elevation), renewal.elevation.certificateEnds);
    assert.deepEqual(demoWindow.store.snapshot.elevations, [renewal.elevation]);
    assert.deepEqual(await homeEntries(elevation), ['current', 'gen-2', 'kubeconfig']);
    assert.deepEqual(await readFile(join(demoWindow.folderOf(elevation), 'kubeconfig')), kubeconfig);
    assert.deepEqual(await folderContents(demoWindow.mainLogin.folder), mainLogin);
    assert.ok(await isPidRunning(shell));
    assert.deepEqual(renewal.keepOldEnd, [], 'a shell and sleep hold no certificate');
    assert.ok(await demoWindow.elevationDrops.drop(renewal.elevation));
  });

  it('a running tsh is named: it keeps its old end', async () => {
    const elevation = await demoWindow.elevate(await demoWindow.newApprovedRequest());
    await symlink('/bin/sleep', folder.at('tsh'));
    await demoWindow.startShell(elevation, folder, folder.at('tsh'));
    await demo.moveClock(10 * minute);
    const renewal = await renew(elevation);
    assert.deepEqual(renewal?.keepOldEnd, process.platform === 'linux' ? ['tsh'] : []);
    await demoWindow.elevationDrops.drop(elevation);
  });

  it('a successor takes over in the same home when it is approved', async () => {
    const elevation = await demoWindow.elevate(await demoWindow.newApprovedRequest());
    await demoWindow.elevations.change(homeOf(elevation), () => ({ successor: elevation.requestId }));
    await demo.moveClock(20 * minute);
    const successor = await demoWindow.newApprovedRequest();
    const renewal = await renew(elevation, successor);
    assert.equal(renewal?.elevation.requestId, successor.id);
    assert.equal(renewal.elevation.successor, undefined);
    assert.equal(renewal.elevation.grantEnds, successor.grantEnds);
    const login = await demoWindow.tsh.status(demoWindow.elevations.homeOf(elevation));
    assert.deepEqual(login.kind === 'signedIn' && login.profile.assumed, [successor.id]);
  });

  for (const [where, faults, kind] of assumeFaults) {
    it(`${where}: what is in use goes on as it was, and nothing of the new copy is left`, async () => {
      const elevation = await demoWindow.elevate(await demoWindow.newApprovedRequest());
      const record = demoWindow.elevations.record(homeOf(elevation));
      await demo.moveClock(10 * minute);
      const mainLogin = await folderContents(demoWindow.mainLogin.folder);
      await demo.setFaults(...faults);
      if (kind === 'timedOut') Object.assign(limits, shortLimits);
      await assert.rejects(renew(elevation), (error) => {
        assert.equal(failureOf(error)?.kind, kind);
        return true;
      });
      Object.assign(limits, shippedLimits);
      await demo.setFaults();
      assert.deepEqual(await folderContents(demoWindow.mainLogin.folder), mainLogin);
      assert.equal(await readlink(join(demoWindow.folderOf(elevation), 'current')), 'gen-1');
      assert.deepEqual(await homeEntries(elevation), ['current', 'gen-1', 'kubeconfig']);
      assert.deepEqual(demoWindow.elevations.record(homeOf(elevation)), record);
      assert.equal(await validUntil(elevation), elevation.certificateEnds);
    });
  }

  it('a window killed in the middle leaves a copy that the next one removes, and the old end', async () => {
    const elevation = await demoWindow.elevate(await demoWindow.newApprovedRequest());
    await mkdir(join(demoWindow.folderOf(elevation), 'gen-2'));
    const nextWindow = await DemoWindow.open(demo, folder, demo.home('fresh'));
    await nextWindow.elevations.adopt(homeOf(elevation));
    assert.deepEqual(await homeEntries(elevation), ['current', 'gen-1', 'kubeconfig']);
    assert.equal(nextWindow.store.snapshot.elevations[0]?.certificateEnds, elevation.certificateEnds);
  });

  it('gains nothing from a login that ends no later: it is said, and nothing is swapped', async () => {
    await demo.signIn('alice', 'fresh', 40);
    const elevation = await demoWindow.elevate(await demoWindow.newApprovedRequest());
    assert.equal(await renew(elevation), undefined);
    assert.deepEqual(await homeEntries(elevation), ['current', 'gen-1', 'kubeconfig']);
  });

  it('given back while it is continued: nothing is elevated again', async () => {
    const elevation = await demoWindow.elevate(await demoWindow.newApprovedRequest());
    await demo.moveClock(10 * minute);
    await demo.setFaults({ match: 'login', do: 'slow', ms: 400, times: 1 });
    const renewing = renew(elevation);
    await until(() => existsSync(join(demoWindow.folderOf(elevation), 'gen-2', 'current-profile')));
    const dropping = demoWindow.elevationDrops.drop(elevation);
    await assert.rejects(renewing);
    assert.ok(await dropping);
    await demoWindow.elevations.sweep();
    assert.deepEqual(await demoWindow.homes(), []);
    assert.deepEqual(demoWindow.store.snapshot.elevations, []);
  });

  it('pressed twice it happens once', async () => {
    const elevation = await demoWindow.elevate(await demoWindow.newApprovedRequest());
    await demo.moveClock(10 * minute);
    const [one, other] = await Promise.all([renew(elevation), renew(elevation)]);
    assert.equal(one, other);
    assert.deepEqual(await homeEntries(elevation), ['current', 'gen-2', 'kubeconfig']);
  });

  it('somebody else is signed in by now: nothing of theirs gets into this terminal', async () => {
    const elevation = await demoWindow.elevate(await demoWindow.newApprovedRequest());
    await demo.signIn('bob', 'fresh');
    await assert.rejects(renew(elevation), (error) => failureOf(error)?.kind === 'signedOut');
    assert.deepEqual(await homeEntries(elevation), ['current', 'gen-1', 'kubeconfig']);
  });

  it('what was assumed in the main login does not come along', async () => {
    const elevation = await demoWindow.elevate(await demoWindow.newApprovedRequest());
    const other = await demoWindow.newApprovedRequest();
    await demoWindow.tsh.assume(demoWindow.mainLogin, other.id);
    await demo.moveClock(5 * minute);
    const request = await demoWindow.show(elevation.requestId);
    await renew(elevation, request);
    const login = await demoWindow.tsh.status(demoWindow.elevations.homeOf(elevation));
    assert.deepEqual(login.kind === 'signedIn' && login.profile.assumed, [elevation.requestId]);
  });

  it('a link inside the login is not followed, and the one in use goes on', async () => {
    const elevation = await demoWindow.elevate(await demoWindow.newApprovedRequest());
    const [proxy = ''] = await readdir(join(demoWindow.mainLogin.folder, 'keys'));
    await symlink('/etc/hostname', join(demoWindow.mainLogin.folder, 'keys', proxy, 'planted'));
    await assert.rejects(renew(elevation), (error) => failureOf(error)?.kind === 'untrustedHome');
    assert.deepEqual(await homeEntries(elevation), ['current', 'gen-1', 'kubeconfig']);
  });
});
