import { draftFromRequest, type Draft } from '../../access/requestDraft.ts';
import { subjectKey } from '../../access/alternatives.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import { emptyDraft, requestAccess, requestAgain } from './requestAccess.ts';
import { requireLogin } from '../login/requireLogin.ts';
import type { CommandTarget } from '../shared/commandTarget.ts';
import type { RequestServices } from './services.ts';

/** Asks again for what an old request asked for; what the cluster forgot is taken from the person's notes. */
export async function askAgain(services: RequestServices, target?: CommandTarget): Promise<void> {
  const { store, refresh, drafts } = services;
  if (!target) {
    await requestAccess(services);
    return;
  }
  const noted = store.snapshot.ended.find(({ id }) => id === target.id);
  const request = await refresh.show(target.id).catch((error: unknown) => {
    if (failureOf(error)?.kind === 'gone') return undefined;
    throw error;
  });
  const draft: Draft = {
    ...emptyDraft,
    ...(request ? draftFromRequest(request) : { roles: noted?.roles ?? [] }),
  };
  const key = subjectKey(draft);
  // How long and who, as it was sent from here; the cluster may have made less of it.
  const sent = (await drafts.pastRequests(await requireLogin(services))).find(
    (one) => subjectKey(one) === key,
  );
  const { minutes, reviewers } = sent ?? draft;
  await requestAgain(services, { ...draft, minutes, reviewers });
}
