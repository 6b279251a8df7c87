import * as l10n from '@vscode/l10n';
import { showError, withCancellableProgress } from '../../editor/messages.ts';
import { commonFailure, nothingRead, readCensus } from '../../privileges/census/readCensus.ts';
import { lackingWords, partWords } from '../../text/privileges/censusGaps.ts';
import { reportOf, showReport } from './showReport.ts';
import { requireLogin } from '../login/requireLogin.ts';
import type { Tools } from '../shared/services.ts';

/**
 * Reads what the cluster holds, as far as this person may, and shows who holds what permanently.
 * @throws TeleportFailure no tctl, signed out, expired, cancelled, out of reach
 */
export async function checkPrivileges(tools: Tools): Promise<void> {
  const { user, cluster } = await requireLogin(tools);
  const { tctl, mainLogin: home, clock } = tools;
  const title = l10n.t('Checking standing privileges');
  const census = await withCancellableProgress(title, async (signal, say) => {
    const read = await readCensus({
      ...{ tctl, home, user, cluster, signal },
      now: () => clock.now(),
      progress: (part) => say(l10n.t('reading {0}', partWords(part))),
    });
    if (!nothingRead(read)) await reportOf(read, signal);
    return read;
  });
  if (nothingRead(census)) {
    const cause = commonFailure(census);
    if (cause) throw cause;
    const text = l10n.t(
      'Nothing could be read to check standing privileges. Your roles lack rules with: {0}. Somebody with the preset role "editor" can run this check, or give you a role with these rules.',
      lackingWords(census.gaps),
    );
    void showError(text, { title: l10n.t('Show Log'), value: true }).then((show) => show && tools.log.show());
    return;
  }
  tools.census.learned(census);
  await showReport(tools);
}
