import { untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import { setting } from '../../editor/settings.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import type { Capabilities, Profile } from '../../teleport/output/requestSchema.ts';
import type { RequestableOptions } from './requestSteps.ts';
import type { Search } from './resourceSteps.ts';
import type { RequestServices } from './services.ts';

/** What may be asked for: as the cluster says, else from settings and earlier requests. */
export async function requestableOptions(
  services: RequestServices,
  profile: Profile,
): Promise<RequestableOptions> {
  const { store, drafts } = services;
  const used = await drafts.lastReviewers();
  const unique = (names: readonly Untrusted[]): Untrusted[] => [...new Set(names)];
  const mine = (store.snapshot.requests ?? []).filter((request) => request.user === profile.user);
  const said = (await capabilities(services, profile)) ?? {
    roles: mine.flatMap((request) => request.roles),
    reviewers: mine.flatMap((request) => request.suggestedReviewers),
  };
  const { rights, resources, mainLogin } = services;
  const search: Search = (kind, words) => resources.search(mainLogin, kind, words);
  return {
    ...(rights.of('search')?.works === false ? {} : { search }),
    roles: unique([...said.roles, ...setting('roles').map(untrusted)]),
    reviewers: unique([...used, ...said.reviewers]),
  };
}

/** tctl knows in every version; without it a newer tsh (18.4.2) knows the roles. Undefined when neither tells. */
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
    // Typing the name always works. An expired login is found when sending.
    if (!failureOf(error)) throw error;
    return undefined;
  }
}
