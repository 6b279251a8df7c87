import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { setting } from '../../editor/settings.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import type { Capabilities } from '../../teleport/output/requestSchema.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import type { RequestableOptions } from './requestSteps.ts';
import type { Search } from './resourceSteps.ts';
import type { RequestServices } from './services.ts';

/**
 * Reads the roles and reviewers that the cluster offers; if it does not list them, those of earlier requests
 * are used. The roles in the settings and the reviewers named last are added.
 */
export async function requestableOptions(
  services: RequestServices,
  profile: Profile,
): Promise<RequestableOptions> {
  const { store, drafts } = services;
  const lastReviewers = await drafts.lastReviewers();
  const unique = (names: readonly Untrusted[]): Untrusted[] => [...new Set(names)];
  const ownRequests = (store.snapshot.requests ?? []).filter((request) => request.user === profile.user);
  const offered = (await capabilities(services, profile)) ?? {
    roles: ownRequests.flatMap((request) => request.roles),
    reviewers: ownRequests.flatMap((request) => request.suggestedReviewers),
  };
  const { rights, resources, mainLogin } = services;
  const search: Search = (kind, words) => resources.search(mainLogin, kind, words);
  return {
    ...(rights.of('search')?.works === false ? {} : { search }),
    roles: unique([...offered.roles, ...setting('roles').map(untrusted)]),
    reviewers: unique([...lastReviewers, ...offered.reviewers]),
  };
}

/**
 * Reads the requestable roles and reviewers. tctl lists them in every version; without it a newer tsh
 * (18.4.2) lists the roles.
 * @returns undefined if neither lists them
 */
async function capabilities(
  { tctl, resources, mainLogin }: RequestServices,
  profile: Profile,
): Promise<Capabilities | undefined> {
  try {
    return await tctl.capabilities(mainLogin, profile.user);
  } catch (error) {
    if (!failureOf(error)) throw error;
  }
  try {
    return { roles: await resources.roles(mainLogin), reviewers: [] };
  } catch (error) {
    // The user can still type the name of a role. An expired login is noticed when the request is sent.
    if (!failureOf(error)) throw error;
    return undefined;
  }
}
