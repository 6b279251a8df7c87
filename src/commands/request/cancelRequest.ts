import * as l10n from '@vscode/l10n';
import { forModal, namesForMessage } from '../../access/untrusted/sinks.ts';
import { subjects } from '../../access/request.ts';
import type { RequestId } from '../../access/untrusted/untrusted.ts';
import { copyText, confirm, showInfo, withProgress } from '../../editor/messages.ts';
import { Cancelled } from '../../editor/quickInput.ts';
import { profileOf } from '../../state/store.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import { fullDateTime } from '../../text/time.ts';
import { openRequest } from '../shared/openRequest.ts';
import { chooseRequest } from '../shared/pickers.ts';
import type { CommandTarget } from '../shared/commandTarget.ts';
import type { RequestServices } from './services.ts';

/**
 * Hides a request, because tsh cannot withdraw it. It is shown again if it is approved. Users who can delete
 * requests with tctl can also delete it.
 * @throws Cancelled
 */
export async function cancelRequest(services: RequestServices, target?: CommandTarget): Promise<void> {
  const request = await chooseRequest(services, target, 'cancel', {
    title: l10n.t('Cancel Request'),
    noneText: l10n.t('None of your requests waits for a decision.'),
  });
  const description = l10n.t(
    '{0}, asked {1}',
    subjects(request).map(forModal).join(', '),
    fullDateTime(request.created),
  );
  const mayDelete =
    services.rights.of('deleteRequests')?.works ?? services.rights.of('decide')?.works ?? false;
  const name = namesForMessage(subjects(request)) ?? request.id;
  const answer = await confirm<'hide' | 'delete' | 'copy'>({
    text: mayDelete ? l10n.t('Cancel the request for {0}?', name) : l10n.t('Hide the request for {0}?', name),
    detail: mayDelete
      ? l10n.t(
          '{0}. Hidden, it can still be approved until {1}; if it is, it comes back. Deleted with tctl, it is gone for everybody.',
          description,
          fullDateTime(request.decideBy),
        )
      : l10n.t(
          '{0}. Teleport has no way for you to withdraw a request. It is hidden here, and can still be approved until {1}; if it is, it comes back.',
          description,
          fullDateTime(request.decideBy),
        ),
    harmless: l10n.t('Open Request'),
    acting: [
      { title: l10n.t('Hide Request'), value: 'hide' },
      ...(mayDelete ? [{ title: l10n.t('Delete Request'), value: 'delete' as const }] : []),
      { title: l10n.t('Hide and Copy "No Longer Needed"'), value: 'copy' },
    ],
  });
  const profile = profileOf(services.store.snapshot.login);
  if (answer === undefined || !profile) throw new Cancelled();
  if (answer === 'harmless') {
    await openRequest(request.id);
    return;
  }
  if (answer === 'delete') {
    await deleteRequest(services, profile, request.id);
    return;
  }
  await services.watched.hide(profile, request.id);
  if (answer === 'copy') await copyText(l10n.t('My access request {0} is no longer needed.', request.id));
}

async function deleteRequest(services: RequestServices, profile: Profile, id: RequestId): Promise<void> {
  const { tctl, mainLogin, watched, refresh, clock } = services;
  // A request that is still watched would be announced as lapsed once it is missing.
  await watched.stopWaiting(profile, id);
  try {
    await withProgress(l10n.t('Deleting the request…'), () => tctl.remove(mainLogin, id));
  } catch (error) {
    await watched.startWaiting(profile, id, clock.now());
    throw error;
  }
  // The answer is that it is gone. If tsh fails, the next list says so.
  await refresh.show(id).catch(() => undefined);
  void showInfo(l10n.t('The request is deleted.'));
}
