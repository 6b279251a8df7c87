// Apply and Undo on a cluster in memory, with the history and the base versions in a folder.
import {
  rolesBefore,
  newRecord,
  undoableRecords,
  type ApplyRecord,
} from '../../../src/roles/apply/applyHistory.ts';
import { findBase, type BaseVersion } from '../../../src/roles/apply/baseVersions.ts';
import { planRoles } from '../../../src/roles/apply/planApply.ts';
import { isSent, type RolePlan } from '../../../src/roles/apply/rolePlan.ts';
import { sendPlans, type SendOutcome, type SendServices } from '../../../src/roles/apply/sendRoles.ts';
import { StorageFiles } from '../../../src/state/storageFiles.ts';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { TemporaryFolder } from '../temporaryFolder.ts';
import { cluster, eve, MemoryCluster } from './memoryCluster.ts';

/** The kind of each result. */
export const kindsOf = ({ results }: SendOutcome): string[] => results.map(({ kind }) => kind);

/** A cluster in memory, on which Eve applies roles. */
export class Applying {
  readonly server = new MemoryCluster();
  readonly folder: TemporaryFolder;
  readonly files: StorageFiles;

  private constructor(folder: TemporaryFolder) {
    this.folder = folder;
    this.files = new StorageFiles(folder.at('storage'), () => undefined);
    this.server.now = 1_000;
  }

  /** Opens one for each test of a suite. */
  static forEachTest(): () => Applying {
    let applying: Applying;
    beforeEach(async () => {
      applying = new Applying(await TemporaryFolder.open());
    });
    afterEach(() => applying.folder.close());
    return () => applying;
  }

  get services(): SendServices {
    return this.server.sendServices(this.files);
  }

  /** Sends plans as an Apply. */
  send(plans: readonly RolePlan[], services = this.services): Promise<SendOutcome> {
    const record = newRecord(cluster, eve, this.server.now);
    return sendPlans(plans, { purpose: 'apply', record }, services);
  }

  apply(...texts: readonly string[]): Promise<SendOutcome> {
    return this.send(this.server.plans(texts));
  }

  /** The records that can be undone, the newest first. */
  records(ofCluster = cluster): Promise<readonly ApplyRecord[]> {
    return undoableRecords(this.files, ofCluster);
  }

  async newestRecord(): Promise<ApplyRecord> {
    const [newest] = await this.records();
    if (!newest) throw new Error('nothing to undo');
    return newest;
  }

  /** Plans the undo of an Apply, by default of the newest. */
  async undoPlans(record?: ApplyRecord): Promise<readonly RolePlan[]> {
    return planRoles(rolesBefore(record ?? (await this.newestRecord())), this.server.allRoles);
  }

  /** Undoes the newest Apply and leaves alone what somebody changed since. */
  async undo(): Promise<SendOutcome> {
    const plans = (await this.undoPlans()).filter((plan) => isSent(plan) || plan.status === 'stale');
    return sendPlans(plans, { purpose: 'undo', record: await this.newestRecord() }, this.services);
  }

  baseOf(name: string): Promise<BaseVersion | undefined> {
    return findBase(this.files, cluster, untrusted(name));
  }
}
