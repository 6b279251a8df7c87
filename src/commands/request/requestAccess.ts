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
import type { Tools } from '../shared/services.ts';

const hour = 60;
export const emptyDraft: Draft = { roles: [], reason: '', minutes: hour, reviewers: [] };

/** What is known is asked for again while somebody chooses, if it is older than this, in ms. */
const old = 15_000;

/**
 * Asks for access. First what there is already, as something to do; then what, why, how long, who, and one summary with
 * Send. The draft is kept at every keystroke and survives Back, a failed send, an expired login and a closed window.
 */
export async function requestAccess(tools: Tools): Promise<void> {
  const profile = await requireLogin(tools);
  for (;;) {
    const stored = await storedDraft(tools);
    const unfinished = [...(isBegun(stored) ? [stored] : []), ...(await tools.drafts.aside())];
    const now = tools.clock.now();
    const verbs = alternatives(
      { ...known(tools, profile), unfinished, asked: await tools.drafts.asked(profile) },
      now,
    );
    const chosen = verbs.length === 0 ? 'new' : await offerAlternatives(verbs, now);
    const canGoBack = verbs.length > 0;
    if (chosen === 'new') {
      const draft = isBegun(stored) ? { ...emptyDraft, minutes: stored.minutes } : stored;
      if ((await write(tools, profile, { draft, steps: wholeForm, canGoBack })) !== back) return;
    } else if (chosen.kind === 'goOn') {
      if (chosen.draft !== stored) await setAside(tools, stored, chosen.draft);
      const form = { draft: chosen.draft, steps: wholeForm, from: 'why', canGoBack } as const;
      if ((await write(tools, profile, form)) !== back) return;
    } else if (chosen.kind === 'again') {
      const form = { draft: chosen.draft, steps: shortForm, canGoBack } as const;
      if ((await write(tools, profile, form)) !== back) return;
    } else {
      await useAlternative(tools, chosen);
      return;
    }
  }
}

/** Asks again for what was asked for once: a reason, then Send. The rest can be changed from the summary. */
export async function requestAgain(tools: Tools, draft: Draft): Promise<void> {
  const profile = await requireLogin(tools);
  await write(tools, profile, { draft, steps: shortForm, canGoBack: false });
}

/** Goes on with the draft as it was left, from the first step: the cluster said no to what was asked. */
async function changeRequest(tools: Tools): Promise<void> {
  const profile = await requireLogin(tools);
  const draft = await storedDraft(tools);
  await write(tools, profile, { draft, steps: wholeForm, canGoBack: false });
}

/** Writes a draft and sends it. @returns back, where the person went back beyond the first step */
async function write(
  tools: Tools,
  profile: Profile,
  form: Pick<Form, 'draft' | 'steps' | 'from' | 'canGoBack'>,
): Promise<typeof back | undefined> {
  const { drafts } = tools;
  const stored = await storedDraft(tools);
  // What was typed for something else makes way at the first keystroke, not before.
  let inTheWay = isBegun(stored) && form.draft.reason !== stored.reason ? stored : undefined;
  // Nothing else is asked before a repeated request is sent.
  if (form.steps === shortForm) freshen(tools);
  let offer: Promise<RequestableOptions> | undefined;
  const told = new Set<string>();
  const draft = await composeDraft({
    ...form,
    offer: () => (offer ??= ask(tools, profile)),
    save: (changed) => {
      if (inTheWay) void drafts.setAside(inTheWay);
      inTheWay = undefined;
      void drafts.save(changed);
    },
    notTwice: async (about, canGoBack) => {
      const answer = await confirmDuplicate(tools, known(tools, profile), about, canGoBack, told);
      if (answer === usedInstead) throw new Cancelled();
      return answer;
    },
  });
  if (draft === back) return back;
  await sendRequest(tools, draft, () => changeRequest(tools));
  return undefined;
}

/** Asks what may be requested, and meanwhile what has become of what was, so that nobody asks twice. */
async function ask(tools: Tools, profile: Profile): Promise<RequestableOptions> {
  const offer = await withProgress(l10n.t('Asking what you may request…'), () =>
    requestableOptions(tools, profile),
  );
  freshen(tools);
  return offer;
}

function freshen({ store, clock, refresh }: Tools): void {
  if (Math.abs(clock.now() - (store.snapshot.asOf ?? 0)) > old) void refresh.now();
}

const storedDraft = async ({ drafts }: Tools): Promise<Draft> => ({
  ...emptyDraft,
  ...(await drafts.load()),
});

/** Whether a draft holds words of the person's own. */
function isBegun({ reason }: Draft): boolean {
  const rules = reasonRules();
  return reason.trim() !== '' && reason !== firstReason(rules) && reason !== rules.skeleton;
}

async function setAside({ drafts }: Tools, stored: Draft, other: Draft): Promise<void> {
  await drafts.takeUp(other);
  if (isBegun(stored)) await drafts.setAside(stored);
}

/** What is known of the person's requests, without asking anybody. */
function known({ store }: Tools, profile: Profile): AccessFacts {
  const { requests = [], elevations, hidden } = store.snapshot;
  const { user: me, validUntil: loginEnds } = profile;
  return { me, requests, elevations, hidden, loginEnds, unfinished: [], asked: [] };
}
