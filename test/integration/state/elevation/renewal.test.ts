import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Elevation } from '../../../../src/access/elevation.ts';
import { limits } from '../../../../src/teleport/commands/tshCalls.ts';
import { minute } from '../../../support/demo/demoCluster.ts';
import { until } from '../../../support/temporaryFolder.ts';
import { assumeFaults, shortLimits } from '../../../support/state/assumeFaults.ts';
import { isPidRunning, homeOf } from '../../../support/state/demoElevations.ts';
import { ElevationSuite } from '../../../support/state/elevationSuite.ts';
import { failsWith } from '../../../support/failsWith.ts';

describe('continuing in place', () => {
  const suite = new ElevationSuite();
  const { folder } = suite;

  const renew = (elevation: Elevation, request = suite.window.store.snapshot.requests?.[0]) =>
    request ? suite.window.renewal.renew(homeOf(elevation), request) : assert.fail('no request');
  it('renews without anybody while the grant lives: the shell, its kubeconfig and its home stay', async () => {
    const elevation = await suite.window.elevate(await suite.window.newApprovedRequest());
    const { shell } = await suite.window.startShell(elevation, folder);
    const mainLogin = await suite.window.mainLoginFiles();
    const kubeconfig = await readFile(join(suite.window.folderOf(elevation), 'kubeconfig'));
    await suite.demo.moveClock(30 * minute);
    const renewal = await renew(elevation);
    assert.ok(renewal);
    assert.equal(renewal.previousEnd, elevation.certificateEnds);
    const gained = renewal.elevation.certificateEnds - elevation.certificateEnds;
    assert.ok(Math.abs(gained - 30 * minute) < minute, 'a fresh hour from now');
    assert.equal((await suite.window.loginOf(elevation)).validUntil, renewal.elevation.certificateEnds);
    assert.deepEqual(suite.window.store.snapshot.elevations, [renewal.elevation]);
    assert.deepEqual(await suite.window.entriesOf(elevation), ['current', 'gen-2', 'kubeconfig']);
    assert.deepEqual(await readFile(join(suite.window.folderOf(elevation), 'kubeconfig')), kubeconfig);
    assert.deepEqual(await suite.window.mainLoginFiles(), mainLogin);
    assert.ok(await isPidRunning(shell));
    assert.deepEqual(renewal.keepOldEnd, [], 'a shell and sleep hold no certificate');
    assert.ok(await suite.window.elevationDrops.drop(renewal.elevation));
  });

  it('a running tsh is named: it keeps its old end', async () => {
    const elevation = await suite.window.elevate(await suite.window.newApprovedRequest());
    await symlink('/bin/sleep', folder.at('tsh'));
    await suite.window.startShell(elevation, folder, folder.at('tsh'));
    await suite.demo.moveClock(10 * minute);
    const renewal = await renew(elevation);
    assert.deepEqual(renewal?.keepOldEnd, process.platform === 'linux' ? ['tsh'] : []);
    await suite.window.elevationDrops.drop(elevation);
  });

  it('a successor takes over in the same home when it is approved', async () => {
    const elevation = await suite.window.elevate(await suite.window.newApprovedRequest());
    await suite.window.elevations.change(homeOf(elevation), { successor: elevation.requestId });
    await suite.demo.moveClock(20 * minute);
    const successor = await suite.window.newApprovedRequest();
    const renewal = await renew(elevation, successor);
    assert.equal(renewal?.elevation.requestId, successor.id);
    assert.equal(renewal.elevation.successor, undefined);
    assert.equal(renewal.elevation.grantEnds, successor.grantEnds);
    assert.deepEqual((await suite.window.loginOf(elevation)).assumed, [successor.id]);
  });

  for (const [where, faults, kind] of assumeFaults) {
    it(`${where}: what is in use goes on as it was, and nothing of the new copy is left`, async () => {
      const elevation = await suite.window.elevate(await suite.window.newApprovedRequest());
      const record = suite.window.elevations.record(homeOf(elevation));
      await suite.demo.moveClock(10 * minute);
      const mainLogin = await suite.window.mainLoginFiles();
      await suite.demo.setFaults(...faults);
      if (kind === 'timedOut') Object.assign(limits, shortLimits);
      await failsWith(renew(elevation), kind);
      await suite.endFaults();
      assert.deepEqual(await suite.window.mainLoginFiles(), mainLogin);
      assert.equal(await readlink(join(suite.window.folderOf(elevation), 'current')), 'gen-1');
      assert.deepEqual(await suite.window.entriesOf(elevation), ['current', 'gen-1', 'kubeconfig']);
      assert.deepEqual(suite.window.elevations.record(homeOf(elevation)), record);
      assert.equal((await suite.window.loginOf(elevation)).validUntil, elevation.certificateEnds);
    });
  }

  it('a window killed in the middle leaves a copy that the next one removes, and the old end', async () => {
    const elevation = await suite.window.elevate(await suite.window.newApprovedRequest());
    await mkdir(join(suite.window.folderOf(elevation), 'gen-2'));
    const nextWindow = await suite.openWindow();
    await nextWindow.elevations.adopt(homeOf(elevation));
    assert.deepEqual(await suite.window.entriesOf(elevation), ['current', 'gen-1', 'kubeconfig']);
    assert.equal(nextWindow.store.snapshot.elevations[0]?.certificateEnds, elevation.certificateEnds);
  });

  it('gains nothing from a login that ends no later: it is said, and nothing is swapped', async () => {
    await suite.demo.signIn('alice', 'fresh', 40);
    const elevation = await suite.window.elevate(await suite.window.newApprovedRequest());
    assert.equal(await renew(elevation), undefined);
    assert.deepEqual(await suite.window.entriesOf(elevation), ['current', 'gen-1', 'kubeconfig']);
  });

  it('given back while it is continued: nothing is elevated again', async () => {
    const elevation = await suite.window.elevate(await suite.window.newApprovedRequest());
    await suite.demo.moveClock(10 * minute);
    await suite.demo.setFaults({ match: 'login', do: 'slow', ms: 400, times: 1 });
    const renewing = renew(elevation);
    await until(() => existsSync(join(suite.window.folderOf(elevation), 'gen-2', 'current-profile')));
    const dropping = suite.window.elevationDrops.drop(elevation);
    await assert.rejects(renewing);
    assert.ok(await dropping);
    await suite.window.elevations.sweep();
    assert.deepEqual(await suite.window.homes(), []);
    assert.deepEqual(suite.window.store.snapshot.elevations, []);
  });

  it('pressed twice it happens once', async () => {
    const elevation = await suite.window.elevate(await suite.window.newApprovedRequest());
    await suite.demo.moveClock(10 * minute);
    const [one, other] = await Promise.all([renew(elevation), renew(elevation)]);
    assert.equal(one, other);
    assert.deepEqual(await suite.window.entriesOf(elevation), ['current', 'gen-2', 'kubeconfig']);
  });

  it('somebody else is signed in by now: nothing of theirs gets into this terminal', async () => {
    const elevation = await suite.window.elevate(await suite.window.newApprovedRequest());
    await suite.demo.signIn('bob', 'fresh');
    await failsWith(renew(elevation), 'signedOut');
    assert.deepEqual(await suite.window.entriesOf(elevation), ['current', 'gen-1', 'kubeconfig']);
  });
});
