// What the suites about elevations share.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../../../demo/client/faults.ts';
import type { DemoEdition } from '../../../demo/resources/roles.ts';
import { limits } from '../../../src/teleport/commands/tshCalls.ts';
import { DemoFixture } from '../demo/demoCluster.ts';
import { useTemporaryFolder } from '../temporaryFolder.ts';
import { DemoWindow } from './demoElevations.ts';

const shippedLimits = { ...limits };

/**
 * A demo cluster for the suite in which this is made, and for each test a folder and a window of alice's with a
 * new login. After each test the cluster has no faults and tsh its usual time limits.
 */
export class ElevationSuite {
  demo!: DemoFixture;
  window!: DemoWindow;
  readonly folder = useTemporaryFolder();

  constructor(edition: DemoEdition = 'enterprise') {
    before(async () => {
      this.demo = await DemoFixture.open(edition);
    });
    after(() => this.demo.close());
    beforeEach(async () => {
      this.window = await DemoWindow.openSignedIn(this.demo, this.folder);
    });
    afterEach(() => this.endFaults());
  }

  /** Lets tsh work again as usual. */
  async endFaults(): Promise<void> {
    Object.assign(limits, shippedLimits);
    await this.demo.setFaults();
  }

  /** Whether every fault has happened as often as it was set to. */
  faultsAreOver(): boolean {
    const faults = JSON.parse(readFileSync(join(this.demo.cluster.dir, 'faults.json'), 'utf8')) as Fault[];
    return faults.every(({ times }) => times === 0);
  }

  /** Opens another window with the same login, as after a reload. */
  openWindow(): Promise<DemoWindow> {
    return DemoWindow.open(this.demo, this.folder, this.window.mainLogin.folder);
  }
}
