import { draftFromRequest, type Draft } from '../../access/requestDraft.ts';
import { subjectKey } from '../../access/alternatives.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import { emptyDraft, requestAccess, repeatRequest } from './requestAccess.ts';
import { requireLogin } from '../login/requireLogin.ts';
import type { CommandTarget } from '../shared/commandTarget.ts';
import type { RequestServices } from './services.ts';

/**
 * Repeats an old request. If the cluster no longer has it, the roles come from the journal on this machine.
 * @throws Cancelled
 */
export async function askAgain(services: RequestServices, target?: CommandTarget): Promise<void> {
  const { store, refresh, drafts } = services;
  if (!target) {
    await requestAccess(services);
    return;
  }
  const endedRequest = store.snapshot.ended.find(({ id }) => id === target.id);
  const request = await refresh.show(target.id).catch((error: unknown) => {
    if (failureOf(error)?.kind === 'gone') return undefined;
    throw error;
  });
  const draft: Draft = {
    ...emptyDraft,
    ...(request ? draftFromRequest(request) : { roles: endedRequest?.roles ?? [] }),
  };
  const key = subjectKey(draft);
  // The duration and the reviewers are those that were sent, because the cluster may have reduced them.
  const pastRequest = (await drafts.pastRequests(await requireLogin(services))).find(
    (past) => subjectKey(past) === key,
  );
  const { minutes, reviewers } = pastRequest ?? draft;
  await repeatRequest(services, { ...draft, minutes, reviewers });
}
