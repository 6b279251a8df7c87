import * as l10n from '@vscode/l10n';
import { copyText, showInfo } from '../../editor/messages.ts';
import { profileOf } from '../../state/store.ts';
import { webAddress } from '../../teleport/commands/tshLogin.ts';
import { inUtc, fullDateTime } from '../../text/time.ts';
import type { CommandTarget } from '../shared/commandTarget.ts';
import { chooseRequest } from '../shared/pickers.ts';
import type { RequestServices } from './services.ts';

/**
 * Copies a message for a reviewer with the deadline, the web address and the tsh command. It contains only
 * ids and the extension's own text.
 */
export async function nudge(services: RequestServices, target?: CommandTarget): Promise<void> {
  const request = await chooseRequest(services, target, 'nudge', {
    title: l10n.t('Copy a Nudge'),
    noneText: l10n.t('None of your requests waits for a decision.'),
  });
  const profile = profileOf(services.store.snapshot.login);
  const lines = [
    l10n.t('Please review my access request {0}.', request.id),
    l10n.t('Decide by {0} ({1}).', inUtc(request.decideBy), fullDateTime(request.decideBy)),
    profile ? webAddress(profile, request.id) : '',
    `tsh request review --approve ${request.id}`,
  ];
  await copyText(lines.filter((line) => line !== '').join('\n'));
  void showInfo(l10n.t('A message to your reviewers is on the clipboard.'));
}
