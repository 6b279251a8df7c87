import { readCensusNow } from './readCensusNow.ts';
import { showReport } from './showReport.ts';
import type { PrivilegesServices } from './services.ts';

/**
 * Reads the cluster and shows who holds admin rights permanently.
 * @throws TeleportFailure, see `readCensusNow`
 */
export async function checkPrivileges(services: PrivilegesServices): Promise<void> {
  if (await readCensusNow(services)) await showReport(services);
}
