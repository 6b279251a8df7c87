import type { RequestChange } from '../../access/requestChanges.ts';
import type { StorageFiles } from '../storageFiles.ts';

/**
 * Claims the announcement of a change, so that only one window announces it, also after a reload.
 * @returns the part of the change that was not claimed before, undefined when all of it was
 */
export async function claimAnnouncement(
  files: StorageFiles,
  change: RequestChange,
): Promise<RequestChange | undefined> {
  if (change.kind !== 'toReview') {
    const id = change.kind === 'lapsed' ? change.id : change.request.id;
    return (await files.claim(id)) ? change : undefined;
  }
  // Claims for reviews have their own names: one person may request with one login and review with another.
  const claimed = await Promise.all(change.requests.map(({ id }) => files.claim(`review-${id}`)));
  const requests = change.requests.filter((_, index) => claimed[index]);
  return requests.length > 0 ? { ...change, requests } : undefined;
}
