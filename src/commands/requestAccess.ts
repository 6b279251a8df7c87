import * as l10n from '@vscode/l10n';
import { checkReason, onlyWarns, type Draft } from '../access/draft.ts';
import { foreign, type Foreign } from '../access/text.ts';
import { whileDoing } from '../editor/messages.ts';
import { setting } from '../editor/settings.ts';
import { back } from '../editor/steps.ts';
import { failureOf } from '../teleport/failure.ts';
import type { Capabilities, Profile } from '../teleport/schema.ts';
import { firstReason, reasonRules } from './reasonRules.ts';
import { askDuration, askReason, askReviewers, askRoles, summary, type Offer } from './requestSteps.ts';
import type { Search } from './resourceSteps.ts';
import { sendRequest } from './sendRequest.ts';
import { signedIn } from './signedIn.ts';
import type { Tools } from './tools.ts';

const hour = 60;
const emptyDraft: Draft = { roles: [], reason: '', minutes: hour, reviewers: [] };

/**
 * Asks for access: what, why, how long, who, then one summary with Send. The draft is kept at every keystroke and
 * survives Back, a failed send, an expired login and a closed window.
 * @param start what to begin with, for Ask Again
 */
export async function requestAccess(tools: Tools, start?: Partial<Draft>): Promise<void> {
  const profile = await signedIn(tools);
  const stored = { ...emptyDraft, ...(await tools.drafts.load()), ...start };
  const offer = await whileDoing(l10n.t('Asking what you may request…'), () => offerFor(tools, profile));
  await sendRequest(tools, await compose(tools, stored, offer), () => requestAccess(tools));
}

/** What may be asked for: as the cluster says, else from settings and earlier requests. */
async function offerFor(tools: Tools, profile: Profile): Promise<Offer> {
  const { store, drafts } = tools;
  const used = await drafts.usedReviewers();
  const unique = (names: readonly Foreign[]): Foreign[] => [...new Set(names)];
  const mine = (store.snapshot.requests ?? []).filter((request) => request.user === profile.user);
  const said = (await capabilities(tools, profile)) ?? {
    roles: mine.flatMap((request) => request.roles),
    reviewers: mine.flatMap((request) => request.suggestedReviewers),
  };
  const { rights, resources, everyday } = tools;
  const search: Search = (kind, words) => resources.search(everyday, kind, words);
  return {
    ...(rights.of('search')?.works === false ? {} : { search }),
    roles: unique([...said.roles, ...setting('roles').map(foreign)]),
    reviewers: unique([...used, ...said.reviewers]),
  };
}

/** tctl knows in every version; without it a newer tsh (18.4.2) knows the roles. Undefined when neither tells. */
async function capabilities(
  { tctl, resources, everyday }: Tools,
  profile: Profile,
): Promise<Capabilities | undefined> {
  try {
    return await tctl.capabilities(everyday, profile.user);
  } catch (error) {
    if (!failureOf(error)) throw error;
  }
  try {
    return { roles: await resources.roles(everyday), reviewers: [] };
  } catch (error) {
    // Typing the name always works. An expired login is found when sending.
    if (!failureOf(error)) throw error;
    return undefined;
  }
}

async function compose(tools: Tools, stored: Draft, offer: Offer): Promise<Draft> {
  const rules = reasonRules();
  let draft = stored.reason === '' ? { ...stored, reason: firstReason(rules) } : stored;
  const save = (changed: Draft): void => {
    draft = changed;
    void tools.drafts.save(changed);
  };
  const steps = [
    () => askRoles(draft, offer),
    () => askReason(draft, save),
    () => askDuration(draft),
    () => askReviewers(draft, offer),
  ];
  let step = 0;
  for (let changing = false; ;) {
    const ask = steps[step];
    if (ask) {
      const answer = await ask();
      if (answer !== back) save(answer);
      // A single answer changed from the summary leads back to it.
      step = changing ? steps.length : step + (answer === back ? -1 : 1);
      continue;
    }
    if (!onlyWarns(checkReason(draft.reason, rules))) {
      [step, changing] = [1, true];
      continue;
    }
    const answer = await summary(draft);
    if (answer === 'send') return draft;
    changing = answer !== back;
    step = answer === back ? steps.length - 1 : answer;
  }
}
