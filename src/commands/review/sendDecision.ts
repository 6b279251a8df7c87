import * as l10n from '@vscode/l10n';
import { forMessage } from '../../access/untrusted/sinks.ts';
import { progress } from '../../access/reviewProgress.ts';
import type { AccessRequest } from '../../access/request.ts';
import { showInfo, showWarning, withProgress } from '../../editor/messages.ts';
import { profileOf } from '../../state/store.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import { showWithRequest } from '../shared/openRequest.ts';
import { requireLogin } from '../login/requireLogin.ts';
import type { ReviewServices } from './services.ts';

/** A reviewer's decision on a request. */
export type Verdict = 'approve' | 'deny';

/**
 * How a decision is sent: as a review, which counts towards thresholds, or with tctl, which decides alone and
 * overwrites earlier decisions. tctl is the only way on Community Edition.
 */
export type DecisionRoute = 'review' | 'tctl';

/** A decision that is not sent yet. */
export interface PlannedDecision {
  readonly verdict: Verdict;
  /** The reviewer's own words. */
  readonly reason: string;
  readonly route: DecisionRoute;
}

/** How long a refusal counts, in ms, because an administrator may grant the right later. */
const refusalKeptFor = 60 * 60_000;

/** `tctl` if reviews of this user were refused lately and tctl was not; else `review`. */
export function knownRoute({ rights, clock }: ReviewServices): DecisionRoute {
  const review = rights.of('review');
  const decide = rights.of('decide');
  const reviewRefused = review?.works === false && clock.now() - review.at < refusalKeptFor;
  const tctlRefused = decide?.works === false && clock.now() - decide.at < refusalKeptFor;
  return reviewRefused && !tctlRefused ? 'tctl' : 'review';
}

/**
 * Sends a decision and shows the state of the request, as read afterwards.
 * @returns `noRights` if the user's roles do not allow reviews but tctl may work; nothing was decided then
 * @throws TeleportFailure as `Tsh.review` and `Tctl.decide`
 */
export async function sendDecision(
  services: ReviewServices,
  request: AccessRequest,
  decision: PlannedDecision,
): Promise<'done' | 'noRights'> {
  const { verdict, reason, route } = decision;
  const { store, refresh, watched, journal, drafts } = services;
  store.setBusy(request.id, 'deciding');
  try {
    await withProgress(l10n.t('Sending the decision…'), () => send(services, request, decision));
  } catch (error) {
    if (failureOf(error)?.kind === 'noReviewRights' && (await mayTryTctl(services))) return 'noRights';
    throw error;
  } finally {
    store.setBusy(request.id, undefined);
    // Also after a failure, because another reviewer may have decided first and the row must show it.
    void refresh.show(request.id).catch(() => undefined);
  }
  const profile = profileOf(store.snapshot.login);
  if (profile) await watched.markReviewer(profile);
  await journal.note({ kind: 'reviewed', id: request.id, roles: request.roles });
  if (reason !== '') await drafts.rememberReviewReason(verdict, reason);
  const after = await refresh.show(request.id);
  void (route === 'tctl' ? showOverwritten(after, verdict) : showDecision(after));
  return 'done';
}

async function send(
  services: ReviewServices,
  { id }: AccessRequest,
  { verdict, reason, route }: PlannedDecision,
): Promise<void> {
  const { tsh, tctl, mainLogin } = services;
  if (route === 'review') {
    await tsh.review(mainLogin, id, verdict, reason);
    return;
  }
  const { user } = await requireLogin(services);
  await tctl.decide(mainLogin, id, verdict, { reason, me: user });
}

/** Whether tctl is installed and was not refused lately. */
async function mayTryTctl(services: ReviewServices): Promise<boolean> {
  if (knownRoute(services) !== 'tctl') return false;
  return services.client.program('tctl').then(
    () => true,
    () => false,
  );
}

const requesterName = (request: AccessRequest): string => forMessage(request.user) ?? request.id;

/** Shows the state of the request after the review. */
function showDecision(request: AccessRequest): Promise<unknown> {
  const { given, needed } = progress(request);
  switch (request.state) {
    case 'approved':
      return showInfo(l10n.t('Approved. {0} can use it now.', requesterName(request)));
    case 'denied':
      return showInfo(l10n.t('Denied. {0} can read your words.', requesterName(request)));
    case 'pending':
      return showInfo(l10n.t('Counted: {0} of {1} approvals. It still waits for others.', given, needed));
    case 'promoted':
    case 'other':
      return showInfo(l10n.t('Your review was counted.'));
  }
}

/**
 * Shows the state of the request after a decision with tctl. tctl overwrites earlier decisions silently, so
 * another state means that another reviewer decided at the same moment.
 */
async function showOverwritten(request: AccessRequest, verdict: Verdict): Promise<void> {
  if ((request.state === 'approved') === (verdict === 'approve')) {
    await showDecision(request);
    return;
  }
  const text =
    request.state === 'approved'
      ? l10n.t('Somebody approved this request at the same moment, and that is what stands now.')
      : l10n.t('Somebody decided this request at the same moment; it is not approved now.');
  await showWithRequest(showWarning, text, request.id);
}
