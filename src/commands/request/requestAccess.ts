import * as l10n from '@vscode/l10n';
import type { Draft } from '../../access/requestDraft.ts';
import { alternatives, type AccessFacts } from '../../access/alternatives.ts';
import { withProgress } from '../../editor/messages.ts';
import { WentBack } from '../../editor/runSteps.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import { composeDraft, type DraftForm } from './composeDraft.ts';
import { requestableOptions } from './requestableOptions.ts';
import { useAlternative, offerAlternatives, confirmDuplicate } from './offerAlternatives.ts';
import { initialReason, reasonRules } from '../shared/reasonRules.ts';
import { shortForm, wholeForm, type RequestableOptions } from './requestSteps.ts';
import { sendRequest } from './sendRequest.ts';
import { requireLogin } from '../login/requireLogin.ts';
import type { RequestServices } from './services.ts';

const defaultMinutes = 60;
/** A draft without roles, reason and reviewers. */
export const emptyDraft: Draft = { roles: [], reason: '', minutes: defaultMinutes, reviewers: [] };

/** Requests that were read longer ago than this, in ms, are read again while the user fills in the form. */
const maxAge = 15_000;

/**
 * Requests access. It first offers the alternatives to a new request; the form then asks for the roles, the
 * reason, the duration and the reviewers, and ends with a summary. The draft is stored at every keystroke, so
 * that it survives Back, a failed send, an expired login and a closed window.
 * @throws Cancelled
 */
export async function requestAccess(services: RequestServices): Promise<void> {
  const profile = await requireLogin(services);
  for (;;) {
    const stored = await storedDraft(services);
    const unfinished = [...(isBegun(stored) ? [stored] : []), ...(await services.drafts.draftsSetAside())];
    const now = services.clock.now();
    const offered = alternatives(
      {
        ...accessFacts(services, profile),
        unfinished,
        pastRequests: await services.drafts.pastRequests(profile),
      },
      now,
    );
    const chosen = offered.length === 0 ? 'new' : await offerAlternatives(offered, now);
    const canGoBack = offered.length > 0;
    try {
      if (chosen === 'new') {
        const draft = isBegun(stored) ? { ...emptyDraft, minutes: stored.minutes } : withoutRole(stored);
        await composeAndSend(services, profile, { draft, steps: wholeForm, canGoBack });
      } else if (chosen.kind === 'resume') {
        const { draft } = chosen;
        if (draft !== stored) await setAside(services, stored, draft);
        await composeAndSend(services, profile, { draft, steps: wholeForm, startAt: 'why', canGoBack });
      } else if (chosen.kind === 'again') {
        await composeAndSend(services, profile, { draft: chosen.draft, steps: shortForm, canGoBack });
      } else await useAlternative(services, chosen);
      return;
    } catch (error) {
      if (!(error instanceof WentBack)) throw error;
    }
  }
}

/**
 * Repeats a request: asks for a reason, then shows the summary, from where the user can change the rest.
 * @throws Cancelled
 */
export async function repeatRequest(services: RequestServices, draft: Draft): Promise<void> {
  const profile = await requireLogin(services);
  await composeAndSend(services, profile, { draft, steps: shortForm, canGoBack: false });
}

/** Opens the form with the stored draft at the first step, after the cluster has refused the request. */
async function changeRequest(services: RequestServices): Promise<void> {
  const profile = await requireLogin(services);
  const draft = await storedDraft(services);
  await composeAndSend(services, profile, { draft, steps: wholeForm, canGoBack: false });
}

/**
 * Lets the user write a draft and sends it.
 * @throws WentBack if the user goes back beyond the first step
 */
async function composeAndSend(
  services: RequestServices,
  profile: Profile,
  form: Pick<DraftForm, 'draft' | 'steps' | 'startAt' | 'canGoBack'>,
): Promise<void> {
  const { drafts } = services;
  const stored = await storedDraft(services);
  // The draft of another request is set aside at the first keystroke, not before.
  let replacedDraft = isBegun(stored) && form.draft.reason !== stored.reason ? stored : undefined;
  // The short form reads no options, so the requests are refreshed here.
  if (form.steps === shortForm) refreshIfOld(services);
  let options: Promise<RequestableOptions> | undefined;
  const declined = new Set<string>();
  const draft = await composeDraft({
    ...form,
    loadOptions: () => (options ??= askOptions(services, profile)),
    save: (changed) => {
      if (replacedDraft) void drafts.setAside(replacedDraft);
      replacedDraft = undefined;
      void drafts.save(changed);
    },
    confirmDuplicate: (current, position) =>
      confirmDuplicate(services, accessFacts(services, profile), current, position, declined),
  });
  await sendRequest(services, draft, () => changeRequest(services));
}

/**
 * Reads what the user may request. An old list of requests is read again at the same time, so that the check
 * for duplicates uses a recent list.
 */
async function askOptions(services: RequestServices, profile: Profile): Promise<RequestableOptions> {
  const options = await withProgress(l10n.t('Asking what you may request…'), () =>
    requestableOptions(services, profile),
  );
  refreshIfOld(services);
  return options;
}

function refreshIfOld({ store, clock, refresh }: RequestServices): void {
  if (Math.abs(clock.now() - (store.snapshot.asOf ?? 0)) > maxAge) void refresh.refreshNow();
}

const storedDraft = async ({ drafts }: RequestServices): Promise<Draft> => ({
  ...emptyDraft,
  ...(await drafts.load()),
});

/** A new request starts without a role, so that Enter alone goes no further than the first step. */
const withoutRole = (draft: Draft): Draft => ({ ...draft, roles: [], resources: [] });

/** Whether the user has changed the reason that a new draft starts with. */
function isBegun({ reason }: Draft): boolean {
  const rules = reasonRules();
  return reason.trim() !== '' && reason !== initialReason(rules) && reason !== rules.skeleton;
}

async function setAside({ drafts }: RequestServices, stored: Draft, other: Draft): Promise<void> {
  await drafts.resume(other);
  if (isBegun(stored)) await drafts.setAside(stored);
}

/** The known facts for the alternatives, without a call of tsh. */
function accessFacts({ store }: RequestServices, profile: Profile): AccessFacts {
  const { requests = [], elevations, hidden } = store.snapshot;
  const { user: me, validUntil: loginEnds } = profile;
  return { me, requests, elevations, hidden, loginEnds, unfinished: [], pastRequests: [] };
}
