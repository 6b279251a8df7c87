import * as l10n from '@vscode/l10n';
import { dirname } from 'node:path';
import { endOf } from '../access/elevation.ts';
import { namesForMessage } from '../access/inert.ts';
import { copy, tell } from '../editor/messages.ts';
import { ownShell } from '../editor/shell.ts';
import { TeleportFailure } from '../teleport/failure.ts';
import { kubeconfigOf } from '../teleport/privateHome.ts';
import { dialectOf, exportLines } from '../teleport/shells.ts';
import { atTime } from '../words/time.ts';
import { inTerminals } from './choose.ts';
import { openRequest } from './openRequest.ts';
import type { Target } from './target.ts';
import type { Tools } from './tools.ts';

/** Puts on the clipboard what makes a terminal outside VS Code an elevated one: paths of ours, and no key. */
export async function copyEnvironment(tools: Tools, target?: Target): Promise<void> {
  const elevation = await inTerminals(tools, target, l10n.t('Copy Environment'));
  const { where, roles, requestId } = elevation;
  const folder = where.kind === 'private' ? tools.elevations.folderOf(where.home) : undefined;
  if (!folder) throw new TeleportFailure({ kind: 'gone' });
  const variables = {
    TELEPORT_HOME: folder.current,
    KUBECONFIG: kubeconfigOf(dirname(folder.current)),
    TELEPORT_ADD_KEYS_TO_AGENT: 'no',
  };
  await copy(exportLines(variables, dialectOf(ownShell().path)));
  const text = l10n.t(
    'Copied. Pasted into a terminal outside VS Code on this machine, it makes tsh and kubectl there use {0}, until {1} or until you give it back; what runs there then is ended.',
    namesForMessage(roles) ?? requestId,
    atTime(endOf(elevation).at, tools.clock.now()),
  );
  // With a button the whole sentence is shown.
  if (await tell(text, { title: l10n.t('Open Request'), means: true })) await openRequest(requestId);
}
