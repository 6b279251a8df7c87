import * as l10n from '@vscode/l10n';
import { forMessage } from '../../access/text/sinks.ts';
import { progress } from '../../access/reviewProgress.ts';
import type { AccessRequest } from '../../access/request.ts';
import { showInfo, showWarning, withProgress } from '../../editor/messages.ts';
import { profileOf } from '../../state/store.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import { openRequest } from '../shared/openRequest.ts';
import { requireLogin } from '../login/requireLogin.ts';
import type { ReviewServices } from './services.ts';

export type Verdict = 'approve' | 'deny';

/**
 * How a decision is sent: as a review, which counts towards thresholds, or with tctl, which decides alone and overwrites
 * (the only way on Community).
 */
export type DecisionRoute = 'review' | 'tctl';

/** How long a refusal is remembered, in ms: an administrator may have given the right since. */
const remembered = 60 * 60_000;

/** The way that is known to be the right one for this person, else a review. */
export function knownRoute({ rights, clock }: ReviewServices): DecisionRoute {
  const review = rights.of('review');
  const decide = rights.of('decide');
  const refused = review?.works === false && clock.now() - review.at < remembered;
  const useless = decide?.works === false && clock.now() - decide.at < remembered;
  return refused && !useless ? 'tctl' : 'review';
}

/**
 * Sends a decision, and says what now stands, as read afterwards.
 * @returns `noRights` when none of this person's roles reviews, but tctl may do it; nothing was decided then
 * @throws TeleportFailure as `Tsh.review` and `Tctl.decide`
 */
export async function sendDecision(
  services: ReviewServices,
  verdict: Verdict,
  request: AccessRequest,
  reason: string,
  way: DecisionRoute,
): Promise<'done' | 'noRights'> {
  const { store, refresh, watched: waiting, journal, drafts } = services;
  store.setBusy(request.id, 'deciding');
  try {
    await withProgress(l10n.t('Sending the decision…'), () => send(services, verdict, request, reason, way));
  } catch (error) {
    if (failureOf(error)?.kind === 'noReviewRights' && (await mayTryTctl(services))) return 'noRights';
    throw error;
  } finally {
    store.setBusy(request.id, undefined);
    // Also after a failure: somebody else may have been faster, and the row must say so.
    void refresh.show(request.id).catch(() => undefined);
  }
  const profile = profileOf(store.snapshot.login);
  if (profile) await waiting.markReviewer(profile);
  await journal.note({ kind: 'reviewed', id: request.id, roles: request.roles });
  if (reason !== '') await drafts.rememberReviewReason(verdict, reason);
  const after = await refresh.show(request.id);
  void (way === 'tctl' ? sayOverwritten(after, verdict) : say(after));
  return 'done';
}

async function send(
  services: ReviewServices,
  verdict: Verdict,
  { id }: AccessRequest,
  reason: string,
  way: DecisionRoute,
): Promise<void> {
  const { tsh, tctl, mainLogin } = services;
  if (way === 'review') {
    await tsh.review(mainLogin, id, verdict, reason);
    return;
  }
  const { user } = await requireLogin(services);
  await tctl.decide(mainLogin, id, verdict, { reason, me: user });
}

/** Whether tctl is there and was not refused lately. */
async function mayTryTctl(services: ReviewServices): Promise<boolean> {
  if (knownRoute(services) !== 'tctl') return false;
  return services.client.program('tctl').then(
    () => true,
    () => false,
  );
}

const whoAsked = (request: AccessRequest): string => forMessage(request.user) ?? request.id;

/** What now stands, as read after the review. */
function say(request: AccessRequest): Promise<unknown> {
  const { given, needed } = progress(request);
  switch (request.state) {
    case 'approved':
      return showInfo(l10n.t('Approved. {0} can use it now.', whoAsked(request)));
    case 'denied':
      return showInfo(l10n.t('Denied. {0} can read your words.', whoAsked(request)));
    case 'pending':
      return showInfo(l10n.t('Counted: {0} of {1} approvals. It still waits for others.', given, needed));
    case 'promoted':
    case 'other':
      return showInfo(l10n.t('Your review was counted.'));
  }
}

/** tctl overwrites without a word: when something else stands now, somebody decided at the same moment. */
async function sayOverwritten(request: AccessRequest, verdict: Verdict): Promise<void> {
  if ((request.state === 'approved') === (verdict === 'approve')) {
    await say(request);
    return;
  }
  const text =
    request.state === 'approved'
      ? l10n.t('Somebody approved this request at the same moment, and that is what stands now.')
      : l10n.t('Somebody decided this request at the same moment; it is not approved now.');
  if (await showWarning(text, { title: l10n.t('Open Request'), value: true })) await openRequest(request.id);
}
