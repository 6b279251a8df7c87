import * as l10n from '@vscode/l10n';
import { dirname } from 'node:path';
import { endOf } from '../../access/elevation.ts';
import { namesForMessage } from '../../access/untrusted/sinks.ts';
import { copyText, showInfo } from '../../editor/messages.ts';
import { userShell } from '../../editor/terminals/userShell.ts';
import { TeleportFailure } from '../../teleport/process/failure.ts';
import { kubeconfigOf } from '../../teleport/home/privateHome.ts';
import { dialectOf, exportLines } from '../../teleport/shell/shellDialects.ts';
import { atTime } from '../../text/time.ts';
import { chooseElevation } from '../shared/pickers.ts';
import { showWithRequest } from '../shared/openRequest.ts';
import type { CommandTarget } from '../shared/commandTarget.ts';
import type { ElevateServices } from './services.ts';

/**
 * Copies the shell commands that elevate a terminal outside VS Code. They contain paths of the extension and
 * no key.
 */
export async function copyEnvironment(services: ElevateServices, target?: CommandTarget): Promise<void> {
  const elevation = await chooseElevation(services, target, 'terminal', {
    title: l10n.t('Copy Environment'),
    noneText: l10n.t('No terminal is elevated.'),
  });
  const { where, roles, requestId } = elevation;
  const folder = where.kind === 'private' ? services.elevations.folderOf(where.home) : undefined;
  if (folder === undefined) throw new TeleportFailure({ kind: 'gone' });
  const variables = {
    TELEPORT_HOME: folder,
    KUBECONFIG: kubeconfigOf(dirname(folder)),
    TELEPORT_ADD_KEYS_TO_AGENT: 'no',
  };
  await copyText(exportLines(variables, dialectOf(userShell().path)));
  const text = l10n.t(
    'Copied. Pasted into a terminal outside VS Code on this machine, it makes tsh and kubectl there use {0}, until {1} or until you give it back; what runs there then is ended.',
    namesForMessage(roles) ?? requestId,
    atTime(endOf(elevation).at, services.clock.now()),
  );
  // VS Code shows a long message in full only if it has a button.
  await showWithRequest(showInfo, text, requestId);
}
