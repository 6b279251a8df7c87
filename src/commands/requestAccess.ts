import * as l10n from '@vscode/l10n';
import { checkReason, onlyWarns, type Draft } from '../access/draft.ts';
import { forMessage } from '../access/inert.ts';
import { minutesAsked, type AccessRequest } from '../access/request.ts';
import { foreign, type Foreign, type Instant, type RequestId } from '../access/text.ts';
import { tell, warn, whileDoing } from '../editor/messages.ts';
import { setting } from '../editor/settings.ts';
import { back } from '../editor/steps.ts';
import { failureOf, TeleportFailure } from '../teleport/failure.ts';
import type { Profile } from '../teleport/schema.ts';
import { atTime, span } from '../words/time.ts';
import { attempt } from './attempt.ts';
import { openRequest } from './openRequest.ts';
import { firstReason, reasonRules } from './reasonRules.ts';
import { askDuration, askReason, askReviewers, askRoles, summary, type Offer } from './requestSteps.ts';
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
  const draft = await compose(tools, stored, offer);
  await attempt(tools, () => send(tools, draft), retrying(tools, draft, tools.clock.now()));
}

/** @throws TeleportFailure `signedOut`, `expired` or why tsh does not say */
async function signedIn({ refresh, store }: Tools): Promise<Profile> {
  await refresh.known();
  const { login, stale } = store.snapshot;
  switch (login.kind) {
    case 'signedIn':
      return login.profile;
    case 'tshMissing':
      throw new TeleportFailure({ kind: 'notFound' });
    case 'starting':
      throw new TeleportFailure(stale ?? { kind: 'unreadable' });
    case 'tooOld':
    case 'signedOut':
    case 'expired':
      throw new TeleportFailure({ kind: login.kind });
  }
}

/** What may be asked for: as the cluster says where tctl is there, else from settings and earlier requests. */
async function offerFor(tools: Tools, profile: Profile): Promise<Offer> {
  const { tsh, everyday, store, drafts } = tools;
  const used = await drafts.usedReviewers();
  const unique = (names: readonly Foreign[]): Foreign[] => [...new Set(names)];
  const listed = setting('roles').map(foreign);
  try {
    const { roles, reviewers } = await tsh.capabilities(everyday, profile.user);
    return { roles: unique([...roles, ...listed]), reviewers: unique([...used, ...reviewers]) };
  } catch (error) {
    // No tctl, or not allowed: typing the name always works. An expired login is found when sending.
    if (!failureOf(error)) throw error;
    const mine = (store.snapshot.requests ?? []).filter((request) => request.user === profile.user);
    return {
      roles: unique([...listed, ...mine.flatMap((request) => request.roles)]),
      reviewers: unique([...used, ...mine.flatMap((request) => request.suggestedReviewers)]),
    };
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

/** Try Again after a failed send: what got through in spite of the failure is not sent a second time. */
function retrying(tools: Tools, draft: Draft, since: Instant): () => Promise<void> {
  return async () => {
    const profile = await signedIn(tools);
    const made = await tools.tsh.findCreated(tools.everyday, draft, profile.user, since);
    if (made) await sent(tools, draft, profile, made);
    else await send(tools, draft);
  };
}

async function send(tools: Tools, draft: Draft): Promise<void> {
  const profile = await signedIn(tools);
  try {
    const id = await whileDoing(l10n.t('Sending the request…'), () =>
      tools.tsh.create(tools.everyday, draft),
    );
    await sent(tools, draft, profile, id);
  } catch (error) {
    const kind = failureOf(error)?.kind;
    // The cluster said no to what was asked: back to the form, with everything that was typed.
    if (kind === 'notRequestable' || kind === 'tooLong' || kind === 'refused') {
      const fail = (): never => {
        throw error;
      };
      await attempt(tools, fail, () => requestAccess(tools));
      return;
    }
    throw error;
  }
}

async function sent(tools: Tools, draft: Draft, profile: Profile, id: RequestId): Promise<void> {
  const { waiting, journal, drafts, refresh, clock } = tools;
  await waiting.begin(profile, id, clock.now());
  await drafts.sent(draft);
  await journal.note({ kind: 'asked', id, roles: draft.roles });
  refresh.schedule();
  const request = await refresh.show(id);
  sayClock(clock.now() - request.created);
  void say(tools, draft, request);
}

/** How much the clocks may differ unsaid, in ms; sending itself takes part of it. */
const tolerated = 60_000;

/** Every time shown comes from the cluster; with another clock here, "42 min" would be wrong. */
function sayClock(ahead: number): void {
  if (Math.abs(ahead) < tolerated) return;
  const minutes = span(Math.round(Math.abs(ahead) / 60_000));
  void warn(
    ahead > 0
      ? l10n.t("This machine's clock is {0} ahead of the cluster's; times left are shown too short.", minutes)
      : l10n.t("This machine's clock is {0} behind the cluster's; times left are shown too long.", minutes),
  );
}

/** Says that it was sent, and what the cluster made of it. Without buttons it goes by itself: a decision may come next. */
async function say(tools: Tools, draft: Draft, request: AccessRequest): Promise<void> {
  const until = atTime(request.decideBy, tools.clock.now());
  const minutes = minutesAsked(request);
  const name = request.roles.length === 1 && request.roles[0] ? forMessage(request.roles[0]) : undefined;
  const what = name ?? request.id;
  const sameRoles = request.roles.every((role) => draft.roles.includes(role));
  if (minutes === draft.minutes && sameRoles) {
    await tell(l10n.t('Request for {0} sent. Decide by {1}.', what, until));
    return;
  }
  const text = sameRoles
    ? l10n.t(
        'Request for {0} sent, but the cluster gives {1} instead of {2}.',
        what,
        span(minutes),
        span(draft.minutes),
      )
    : l10n.t('Request for {0} sent, but the cluster made other roles of it.', what);
  if (await warn(text, { title: l10n.t('Open Request'), means: true })) await openRequest(request.id);
}
