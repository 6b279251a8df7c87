import type { RequestChange } from '../../access/requestChanges.ts';
import type { StorageFiles } from '../storageFiles.ts';

/**
 * What of a change nobody has been told yet, over all windows and reloads; from now on it counts as told.
 * @returns undefined when all of it was
 */
export async function claimAnnouncement(
  files: StorageFiles,
  change: RequestChange,
): Promise<RequestChange | undefined> {
  if (change.kind !== 'asked') {
    const id = change.kind === 'lapsed' ? change.id : change.request.id;
    return (await files.claim(`told/${id}`)) ? change : undefined;
  }
  // The same person may ask with one login and review with another.
  const first = await Promise.all(change.requests.map(({ id }) => files.claim(`told/review-${id}`)));
  const requests = change.requests.filter((_, at) => first[at]);
  return requests.length > 0 ? { ...change, requests } : undefined;
}
