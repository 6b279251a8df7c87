import * as l10n from '@vscode/l10n';
import { showError, withCancellableProgress } from '../../editor/messages.ts';
import { commonFailure, nothingRead, readCensus } from '../../privileges/census/readCensus.ts';
import { lackingWords, partWords } from '../../text/privileges/censusGaps.ts';
import { requireLogin } from '../login/requireLogin.ts';
import { reportOf, showReport } from './showReport.ts';
import type { PrivilegesServices } from './services.ts';

/**
 * Reads the cluster and shows who holds admin rights permanently.
 * @throws TeleportFailure, see `readCensusNow`
 */
export async function checkPrivileges(services: PrivilegesServices): Promise<void> {
  if (await readCensusNow(services)) await showReport(services, true);
}

/**
 * Reads the cluster, as far as the user's roles allow, and keeps the result as the last census.
 * @returns whether there is a new census. If the roles allow nothing, a message names the missing rules.
 * @throws TeleportFailure if tctl is missing, the user is signed out, the login expired, the cluster is out
 *   of reach or the user cancels
 */
async function readCensusNow(services: PrivilegesServices): Promise<boolean> {
  const { user, cluster } = await requireLogin(services);
  const { tctl, mainLogin: home, clock } = services;
  const title = l10n.t('Checking standing privileges');
  const census = await withCancellableProgress(title, async (signal, report) => {
    const result = await readCensus({
      ...{ tctl, home, user, cluster, signal },
      now: () => clock.now(),
      progress: (part) => report(l10n.t('reading {0}', partWords(part))),
    });
    if (!nothingRead(result)) await reportOf(result, signal);
    return result;
  });
  if (nothingRead(census)) {
    const cause = commonFailure(census);
    if (cause) throw cause;
    const text = l10n.t(
      'Nothing could be read to check standing privileges. Your roles lack rules with: {0}. Somebody with the preset role "editor" can run this check, or give you a role with these rules.',
      lackingWords(census.gaps),
    );
    void showError(text, { title: l10n.t('Show Log'), value: true }).then(
      (show) => show && services.log.show(),
    );
    return false;
  }
  services.census.replace(census);
  return true;
}
