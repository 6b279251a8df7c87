import { draftAgain } from '../access/draft.ts';
import { failureOf } from '../teleport/failure.ts';
import { requestAccess } from './requestAccess.ts';
import type { Target } from './target.ts';
import type { Tools } from './tools.ts';

/** Begins a new request with what an old one asked for; what the cluster forgot is taken from the person's notes. */
export async function askAgain(tools: Tools, target?: Target): Promise<void> {
  const { store, refresh } = tools;
  if (!target) {
    await requestAccess(tools);
    return;
  }
  const noted = store.snapshot.ended.find(({ id }) => id === target.id);
  const request = await refresh.show(target.id).catch((error: unknown) => {
    if (failureOf(error)?.kind === 'gone') return undefined;
    throw error;
  });
  await requestAccess(tools, request ? draftAgain(request) : { roles: noted?.roles ?? [], resources: [] });
}
