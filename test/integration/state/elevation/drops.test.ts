import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { Elevation } from '../../../../src/access/elevation.ts';
import type { EndAnswer } from '../../../../src/state/elevation/drops.ts';
import { limits } from '../../../../src/teleport/commands/tshCalls.ts';
import { currentOf } from '../../../../src/teleport/home/privateHome.ts';
import { dropResultWords } from '../../../../src/text/dropResult.ts';
import { useBackgroundScripts } from '../../../support/backgroundPrograms.ts';
import { minute } from '../../../support/demo/demoCluster.ts';
import { gate, until } from '../../../support/temporaryFolder.ts';
import { isPidRunning, homeOf } from '../../../support/state/demoElevations.ts';
import { ElevationSuite } from '../../../support/state/elevationSuite.ts';
import { failsWith } from '../../../support/failsWith.ts';

describe('giving back', () => {
  const suite = new ElevationSuite();
  const { folder } = suite;

  it('ends what runs, then tells the cluster, then removes every file', async () => {
    const elevation = await suite.window.elevate();
    const { shell, program } = await suite.window.startShell(elevation, folder);
    let order = '';
    suite.window.tsh.beforeDrop = async () => {
      order = `${(await isPidRunning(shell)) || (await isPidRunning(program)) ? 'runs' : 'ended'}, `;
      order += existsSync(suite.window.folderOf(elevation)) ? 'files there' : 'files gone';
    };
    const dropResult = await suite.window.elevationDrops.drop(elevation);
    assert.equal(order, 'ended, files there');
    assert.deepEqual(await suite.window.homes(), []);
    assert.deepEqual(suite.window.store.snapshot.elevations, []);
    assert.equal(dropResult?.dropFailure, undefined);
    assert.equal(dropResult?.openUntil, elevation.certificateEnds);
    assert.equal(dropResult.reusableUntil, elevation.grantEnds);
    assert.equal(suite.window.store.snapshot.ended[0]?.kind, 'dropped');
    assert.equal(suite.window.store.snapshot.busy.size, 0);
  });

  describe('with a VS Code window that was opened from its terminal', () => {
    const start = useBackgroundScripts(folder);
    /** Starts what looks like an extension host, with the home in its environment. */
    const startHost = (elevation: Elevation): Promise<number> =>
      start('host', ['[ "$1" ] || exec "$0" --type=extensionHost', 'while :; do sleep 0.05; done'], {
        TELEPORT_HOME: currentOf(suite.window.folderOf(elevation)),
      });

    it('names it, and ends it only when the user says so', async () => {
      const elevation = await suite.window.elevate();
      const host = await startHost(elevation);
      const asked: unknown[] = [];
      const answer = (said: EndAnswer) => (programs: readonly string[], hasWindow: boolean) => {
        asked.push([programs, hasWindow]);
        return Promise.resolve(said);
      };
      assert.equal(await suite.window.elevationDrops.drop(elevation, answer('keep')), undefined);
      assert.ok(await isPidRunning(host));
      const dropResult = await suite.window.elevationDrops.drop(elevation, answer('end'));
      assert.equal(dropResult?.windowStays, undefined);
      assert.equal(await isPidRunning(host), false);
      assert.deepEqual(asked, [
        [[], true],
        [[], true],
      ]);
    });

    for (const what of ['nobody is asked', 'nobody answers'] as const) {
      it(`${what}: the window stays without the access, which is said`, async () => {
        const elevation = await suite.window.elevate();
        const { program } = await suite.window.startShell(elevation, folder);
        const host = await startHost(elevation);
        const dropResult = await suite.window.elevationDrops.drop(
          elevation,
          what === 'nobody is asked' ? undefined : () => Promise.resolve('unanswered'),
        );
        assert.equal(dropResult?.windowStays, true);
        assert.match(
          dropResultWords(dropResult, dropResult.at),
          /a VS Code window .* stays open without this access/,
        );
        assert.ok(await isPidRunning(host));
        assert.equal(await isPidRunning(program), false);
        assert.deepEqual(await suite.window.homes(), []);
      });
    }
  });

  it('asks about what still runs, by name; who says no keeps everything', async () => {
    const elevation = await suite.window.elevate();
    const { shell, program } = await suite.window.startShell(elevation, folder);
    let programNames: readonly string[] = [];
    const declined = await suite.window.elevationDrops.drop(elevation, (programs) => {
      programNames = programs;
      return Promise.resolve('keep');
    });
    assert.deepEqual(programNames, ['sleep']);
    assert.equal(declined, undefined);
    assert.ok((await isPidRunning(shell)) && (await isPidRunning(program)));
    assert.deepEqual(suite.window.store.snapshot.elevations, [{ ...elevation }]);
    assert.equal(suite.window.tsh.drops, 0);
    const dropResult = await suite.window.elevationDrops.drop(elevation, () => Promise.resolve('end'));
    assert.ok(dropResult);
    assert.ok(!(await isPidRunning(shell)) && !(await isPidRunning(program)));
  });

  it('given back without a question, other windows are told before a shell ends: they ask nothing about it', async () => {
    const elevation = await suite.window.elevate();
    const home = homeOf(elevation);
    assert.equal((await suite.window.records.read(home))?.dropStarted, undefined);
    let dropStarted: boolean | undefined;
    suite.window.tsh.beforeDrop = async () => {
      dropStarted = (await suite.window.records.read(home))?.dropStarted;
    };
    assert.ok(await suite.window.elevationDrops.drop(elevation));
    assert.equal(dropStarted, true);
  });

  it('asks nothing when only the shell itself runs', async () => {
    const elevation = await suite.window.elevate();
    assert.ok(await suite.window.elevationDrops.drop(elevation, () => assert.fail('asked')));
  });

  it('asks nothing about a call of our own that is under way', async () => {
    const elevation = await suite.window.elevate();
    await suite.demo.setFaults({ match: 'status', do: 'hang', times: 1 });
    const call = suite.window.tsh.status(suite.window.elevations.homeOf(elevation)).catch(() => undefined);
    await until(() => suite.faultsAreOver());
    assert.ok(await suite.window.elevationDrops.drop(elevation, () => assert.fail('asked')));
    await call;
  });

  it('a turn that another window holds does not keep the keys here', async () => {
    const elevation = await suite.window.elevate();
    const other = await suite.openWindow();
    const [begun, end] = [gate(), gate()];
    const heldLock = other.elevations.homeOf(elevation).queue.write(() => {
      begun.open();
      return end.opened;
    });
    await begun.opened;
    limits.drop = 300;
    const dropResult = await suite.window.elevationDrops.drop(elevation);
    assert.equal(dropResult?.dropFailure?.kind, 'timedOut');
    assert.deepEqual(await suite.window.homes(), []);
    end.open();
    await heldLock;
    // The drop that still waits in the queue does nothing when it gets the lock.
    await suite.window.elevations.homeOf(elevation).queue.write(() => Promise.resolve());
    assert.deepEqual(await suite.window.homes(), []);
  });

  it('an approval that was withdrawn cannot be used again, and that is not said', async () => {
    const elevation = await suite.window.elevate();
    const request = await suite.window.show(elevation.requestId);
    suite.window.store.applyRequest({ ...request, state: 'denied' }, request.created);
    assert.equal((await suite.window.elevationDrops.drop(elevation))?.reusableUntil, undefined);
  });

  it('asked for twice at the same time it happens once, and is said once', async () => {
    const elevation = await suite.window.elevate();
    const dropResults = await Promise.all([
      suite.window.elevationDrops.drop(elevation),
      suite.window.elevationDrops.drop(elevation),
    ]);
    assert.equal(suite.window.tsh.drops, 1);
    assert.equal(dropResults.filter((result) => result !== undefined).length, 1);
    assert.equal(await suite.window.elevationDrops.drop(elevation), undefined);
    assert.equal(suite.window.tsh.drops, 1);
  });

  it('of two terminals one goes, the other stays', async () => {
    const [one, other] = [
      await suite.window.elevate(),
      await suite.window.elevate(await suite.window.newApprovedRequest()),
    ];
    await suite.window.elevationDrops.drop(one);
    assert.deepEqual(suite.window.store.snapshot.elevations, [other]);
    assert.deepEqual((await suite.window.loginOf(other)).assumed, [other.requestId]);
  });

  it('what a closed window left is given back by the next', async () => {
    const elevation = await suite.window.elevate();
    const next = await suite.openWindow();
    const [record] = next.elevations.records;
    assert.ok(record);
    const dropResult = await next.elevationDrops.dropAbandoned(record);
    assert.equal(dropResult?.requestId, elevation.requestId);
    assert.equal(next.tsh.drops, 1);
    assert.deepEqual(await next.homes(), []);
  });

  it('a main login is dropped, and its end stays cut', async () => {
    const request = await suite.window.sharedApprovedRequest();
    const elevation = await suite.window.elevateMainLogin(request);
    const { validUntil } = await suite.window.profile();
    const dropResult = await suite.window.elevationDrops.drop(elevation);
    assert.equal(dropResult?.where, 'mainLogin');
    assert.equal(dropResult.loginEnds, validUntil);
    assert.deepEqual(suite.window.store.snapshot.elevations, []);
    assert.deepEqual((await suite.window.profile()).assumed, []);
  });

  it('a main login that could not be dropped is still shown as elevated', async () => {
    const elevation = await suite.window.elevateMainLogin(await suite.window.sharedApprovedRequest());
    await suite.demo.setFaults({ match: 'request drop', do: 'offline' });
    await failsWith(suite.window.elevationDrops.drop(elevation), 'unreachable');
    assert.deepEqual(suite.window.store.snapshot.elevations, [elevation]);
    assert.equal(suite.window.store.snapshot.busy.size, 0);
  });

  // This test is the last one, because it moves the clock of the cluster.
  it('after the end nothing is dropped, only removed, and nothing can be open any more', async () => {
    const elevation = await suite.window.elevate();
    await suite.demo.moveClock(2 * 60 * minute);
    const laterWindow = await suite.openWindow();
    const dropResult = await laterWindow.elevationDrops.drop(elevation);
    assert.equal(laterWindow.tsh.drops, 0);
    assert.deepEqual(await laterWindow.homes(), []);
    assert.deepEqual([dropResult?.dropFailure, dropResult?.openUntil], [undefined, undefined]);
    assert.equal(dropResult?.reusableUntil, elevation.grantEnds);
  });
});
