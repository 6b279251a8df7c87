import * as l10n from '@vscode/l10n';
import type { Draft } from '../../access/requestDraft.ts';
import { alternatives, type AccessFacts } from '../../access/alternatives.ts';
import { withProgress } from '../../editor/messages.ts';
import { back, Cancelled } from '../../editor/quickInput.ts';
import type { Profile } from '../../teleport/output/requestSchema.ts';
import { composeDraft, type Form } from './composeDraft.ts';
import { requestableOptions } from './requestableOptions.ts';
import { useAlternative, offerAlternatives, confirmDuplicate, usedInstead } from './offerAlternatives.ts';
import { firstReason, reasonRules } from '../shared/reasonRules.ts';
import { shortForm, wholeForm, type RequestableOptions } from './requestSteps.ts';
import { sendRequest } from './sendRequest.ts';
import { requireLogin } from '../login/requireLogin.ts';
import type { RequestServices } from './services.ts';

const hour = 60;
export const emptyDraft: Draft = { roles: [], reason: '', minutes: hour, reviewers: [] };

/** What is known is asked for again while somebody chooses, if it is older than this, in ms. */
const old = 15_000;

/**
 * Asks for access. First what there is already, as something to do; then what, why, how long, who, and one summary with
 * Send. The draft is kept at every keystroke and survives Back, a failed send, an expired login and a closed window.
 */
export async function requestAccess(services: RequestServices): Promise<void> {
  const profile = await requireLogin(services);
  for (;;) {
    const stored = await storedDraft(services);
    const unfinished = [...(isBegun(stored) ? [stored] : []), ...(await services.drafts.draftsSetAside())];
    const now = services.clock.now();
    const verbs = alternatives(
      { ...known(services, profile), unfinished, asked: await services.drafts.pastRequests(profile) },
      now,
    );
    const chosen = verbs.length === 0 ? 'new' : await offerAlternatives(verbs, now);
    const canGoBack = verbs.length > 0;
    if (chosen === 'new') {
      const draft = isBegun(stored) ? { ...emptyDraft, minutes: stored.minutes } : stored;
      if ((await write(services, profile, { draft, steps: wholeForm, canGoBack })) !== back) return;
    } else if (chosen.kind === 'resume') {
      if (chosen.draft !== stored) await setAside(services, stored, chosen.draft);
      const form = { draft: chosen.draft, steps: wholeForm, from: 'why', canGoBack } as const;
      if ((await write(services, profile, form)) !== back) return;
    } else if (chosen.kind === 'again') {
      const form = { draft: chosen.draft, steps: shortForm, canGoBack } as const;
      if ((await write(services, profile, form)) !== back) return;
    } else {
      await useAlternative(services, chosen);
      return;
    }
  }
}

/** Asks again for what was asked for once: a reason, then Send. The rest can be changed from the summary. */
export async function requestAgain(services: RequestServices, draft: Draft): Promise<void> {
  const profile = await requireLogin(services);
  await write(services, profile, { draft, steps: shortForm, canGoBack: false });
}

/** Goes on with the draft as it was left, from the first step: the cluster said no to what was asked. */
async function changeRequest(services: RequestServices): Promise<void> {
  const profile = await requireLogin(services);
  const draft = await storedDraft(services);
  await write(services, profile, { draft, steps: wholeForm, canGoBack: false });
}

/** Writes a draft and sends it. @returns back, where the person went back beyond the first step */
async function write(
  services: RequestServices,
  profile: Profile,
  form: Pick<Form, 'draft' | 'steps' | 'from' | 'canGoBack'>,
): Promise<typeof back | undefined> {
  const { drafts } = services;
  const stored = await storedDraft(services);
  // What was typed for something else makes way at the first keystroke, not before.
  let inTheWay = isBegun(stored) && form.draft.reason !== stored.reason ? stored : undefined;
  // Nothing else is asked before a repeated request is sent.
  if (form.steps === shortForm) freshen(services);
  let offer: Promise<RequestableOptions> | undefined;
  const told = new Set<string>();
  const draft = await composeDraft({
    ...form,
    offer: () => (offer ??= ask(services, profile)),
    save: (changed) => {
      if (inTheWay) void drafts.setAside(inTheWay);
      inTheWay = undefined;
      void drafts.save(changed);
    },
    notTwice: async (about, canGoBack) => {
      const answer = await confirmDuplicate(services, known(services, profile), about, canGoBack, told);
      if (answer === usedInstead) throw new Cancelled();
      return answer;
    },
  });
  if (draft === back) return back;
  await sendRequest(services, draft, () => changeRequest(services));
  return undefined;
}

/** Asks what may be requested, and meanwhile what has become of what was, so that nobody asks twice. */
async function ask(services: RequestServices, profile: Profile): Promise<RequestableOptions> {
  const offer = await withProgress(l10n.t('Asking what you may request…'), () =>
    requestableOptions(services, profile),
  );
  freshen(services);
  return offer;
}

function freshen({ store, clock, refresh }: RequestServices): void {
  if (Math.abs(clock.now() - (store.snapshot.asOf ?? 0)) > old) void refresh.refreshNow();
}

const storedDraft = async ({ drafts }: RequestServices): Promise<Draft> => ({
  ...emptyDraft,
  ...(await drafts.load()),
});

/** Whether a draft holds words of the person's own. */
function isBegun({ reason }: Draft): boolean {
  const rules = reasonRules();
  return reason.trim() !== '' && reason !== firstReason(rules) && reason !== rules.skeleton;
}

async function setAside({ drafts }: RequestServices, stored: Draft, other: Draft): Promise<void> {
  await drafts.resume(other);
  if (isBegun(stored)) await drafts.setAside(stored);
}

/** What is known of the person's requests, without asking anybody. */
function known({ store }: RequestServices, profile: Profile): AccessFacts {
  const { requests = [], elevations, hidden } = store.snapshot;
  const { user: me, validUntil: loginEnds } = profile;
  return { me, requests, elevations, hidden, loginEnds, unfinished: [], asked: [] };
}
