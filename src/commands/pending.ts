import * as l10n from '@vscode/l10n';
import { copy, confirm, tell } from '../editor/messages.ts';
import { Left } from '../editor/steps.ts';
import { profileOf } from '../state/store.ts';
import { webAddress } from '../teleport/signIn.ts';
import { fully, inUtc } from '../words/time.ts';
import { pendingRequest } from './choose.ts';
import type { Target } from './target.ts';
import type { Tools } from './tools.ts';

/** Copies a message for a colleague: the deadline, the web address and the tsh line. Ids and our words only. */
export async function nudge(tools: Tools, target?: Target): Promise<void> {
  const request = await pendingRequest(tools, target, l10n.t('Copy a Nudge'));
  const profile = profileOf(tools.store.snapshot.login);
  const lines = [
    l10n.t('Please review my access request {0}.', request.id),
    l10n.t('Decide by {0} ({1}).', inUtc(request.decideBy), fully(request.decideBy)),
    profile ? webAddress(profile, request.id) : '',
    `tsh request review --approve ${request.id}`,
  ];
  await copy(lines.filter((line) => line !== '').join('\n'));
  void tell(l10n.t('A message to your reviewers is on the clipboard.'));
}

/** tsh cannot withdraw a request: its row is hidden, and comes back if it is approved after all. */
export async function cancelRequest(tools: Tools, target?: Target): Promise<void> {
  const request = await pendingRequest(tools, target, l10n.t('Cancel Request'));
  const answer = await confirm(
    l10n.t('Hide this request?'),
    l10n.t(
      'Teleport has no way for you to withdraw a request. It is hidden here, can still be approved until {0}, and then comes back.',
      fully(request.decideBy),
    ),
    { title: l10n.t('Hide Request'), means: 'hide' },
    { title: l10n.t('Hide and Copy "No Longer Needed"'), means: 'copy' },
  );
  const profile = profileOf(tools.store.snapshot.login);
  if (answer === undefined || !profile) throw new Left();
  await tools.waiting.hide(profile, request.id);
  if (answer === 'copy') await copy(l10n.t('My access request {0} is no longer needed.', request.id));
}
