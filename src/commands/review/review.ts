import * as l10n from '@vscode/l10n';
import { forMessage, forModal, forPick } from '../../access/untrusted/sinks.ts';
import { mayTry, requestActions } from '../../access/availableActions.ts';
import { progress } from '../../access/reviewProgress.ts';
import {
  decidingReview,
  minutesAsked,
  sameForReviewer,
  subjects,
  type AccessRequest,
} from '../../access/request.ts';
import { resourceId } from '../../access/requestDraft.ts';
import { riskSigns } from '../../access/riskSigns.ts';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import { confirm, showInfo, showWarning } from '../../editor/messages.ts';
import { pickOne, type Choice } from '../../editor/quickInput.ts';
import { riskSignsLine } from '../../text/riskSigns.ts';
import { atTime, fullDateTime, relative, span } from '../../text/time.ts';
import { chooseRequest } from '../shared/pickers.ts';
import { sendDecision, knownRoute, type Verdict, type DecisionRoute } from './sendDecision.ts';
import { reasonRules } from '../shared/reasonRules.ts';
import { openRequest, showWithRequest } from '../shared/openRequest.ts';
import type { CommandTarget } from '../shared/commandTarget.ts';
import type { ReviewServices } from './services.ts';

/** Approves the target, or the request that the user picks. @throws Cancelled */
export const approve = (services: ReviewServices, target?: CommandTarget): Promise<void> =>
  review(services, 'approve', target);
/** Denies the target, or the request that the user picks. @throws Cancelled */
export const deny = (services: ReviewServices, target?: CommandTarget): Promise<void> =>
  review(services, 'deny', target);

/**
 * Decides another user's request: asks for a reason, shows the full decision in a modal dialog, and checks
 * that the request has not changed before sending. In the dialog Enter opens the request and never decides.
 * @throws Cancelled
 */
async function review(services: ReviewServices, verdict: Verdict, target?: CommandTarget): Promise<void> {
  const title = verdict === 'approve' ? l10n.t('Approve') : l10n.t('Deny');
  const words = { title, noneText: l10n.t('Nothing waits for a review.') };
  const shown = await chooseRequest(services, target, 'decide', words);
  if (!(await canStillDecide(services, shown))) return;
  const reason = await askReason(services, title, verdict);
  await decideAsShown(services, verdict, shown, reason, knownRoute(services));
}

/** Shows the full decision and its route, and sends it if the request is unchanged after the answer. */
async function decideAsShown(
  services: ReviewServices,
  verdict: Verdict,
  shown: AccessRequest,
  reason: string,
  route: DecisionRoute,
): Promise<void> {
  const current = await services.refresh.show(shown.id);
  if (!(await canStillDecide(services, current, shown))) return;
  if (!(await confirmDecision(services, verdict, current, reason, route))) return;
  const latest = await services.refresh.show(shown.id);
  if (!(await canStillDecide(services, latest, current))) return;
  // With tctl the decision has another effect, so it is shown and confirmed again.
  if ((await sendDecision(services, verdict, latest, reason, route)) === 'noRights')
    await decideAsShown(services, verdict, latest, reason, 'tctl');
}

/**
 * Whether the request is pending and equal to the one that was shown before. If not, a message tells the user
 * why nothing is decided.
 */
async function canStillDecide(
  services: ReviewServices,
  request: AccessRequest,
  shown = request,
): Promise<boolean> {
  const now = services.clock.now();
  const { decide } = requestActions(request, services.store.snapshot, now).obstacles;
  if (decide === 'own') {
    void showInfo(l10n.t('Your own requests are for others to review.'));
    return false;
  }
  if (decide !== 'reviewed' && !mayTry(decide)) {
    await showWithRequest(showInfo, alreadyWords(request, now), request.id);
    return false;
  }
  if (!sameForReviewer(request, shown)) {
    const text = l10n.t(
      'This request has changed since you looked at it. Nothing was decided; please look again.',
    );
    await showWithRequest(showWarning, text, request.id);
    return false;
  }
  return true;
}

/** Such as `Already approved by omar, 20 s ago`. A name that is not plain is left out. */
function alreadyWords(request: AccessRequest, now: number): string {
  const decision = decidingReview(request);
  const author = decision ? forMessage(decision.author) : undefined;
  if (decision && author !== undefined) {
    const ago = relative(decision.at, now);
    return request.state === 'approved'
      ? l10n.t('Already approved by {0}, {1}. Nothing was sent.', author, ago)
      : l10n.t('Already denied by {0}, {1}. Nothing was sent.', author, ago);
  }
  if (request.state === 'approved') return l10n.t('Already approved. Nothing was sent.');
  if (request.state === 'denied') return l10n.t('Already denied. Nothing was sent.');
  return l10n.t('This request can no longer be decided. Nothing was sent.');
}

/** Asks for a reason and offers recent ones. A denial needs a reason. */
async function askReason(services: ReviewServices, title: string, verdict: Verdict): Promise<string> {
  const recent = await services.drafts.reviewReasons(verdict);
  const choices: Choice<string>[] = [
    ...(verdict === 'approve' ? [{ label: l10n.t('No reason'), value: '' }] : []),
    ...recent.map((reason) => ({
      label: forPick(untrusted(reason)),
      description: l10n.t('used before'),
      value: reason,
    })),
  ];
  return pickOne(
    { title },
    {
      choices,
      placeholder:
        verdict === 'approve'
          ? l10n.t('A reason for the one who asked: type it, or choose')
          : l10n.t('Why not? Type the reason the one who asked will read'),
      choiceFromText: (text) =>
        text.trim() === '' ? undefined : { label: forPick(untrusted(text.trim())), value: text.trim() },
    },
  );
}

async function confirmDecision(
  services: ReviewServices,
  verdict: Verdict,
  request: AccessRequest,
  reason: string,
  route: DecisionRoute,
): Promise<boolean> {
  const label = verdict === 'approve' ? l10n.t('Approve') : l10n.t('Deny');
  const answer = await confirm(
    question(verdict, route),
    detail(services, request, verdict, reason, route),
    { title: l10n.t('Open Request'), value: 'open' },
    { title: label, value: 'act' },
  );
  if (answer === 'open') {
    void showInfo(l10n.t('Nothing was decided.'));
    await openRequest(request.id);
  }
  return answer === 'act';
}

function question(verdict: Verdict, route: DecisionRoute): string {
  if (route === 'tctl') {
    return verdict === 'approve'
      ? l10n.t('Approve this request alone, with tctl?')
      : l10n.t('Deny this request alone, with tctl?');
  }
  return verdict === 'approve' ? l10n.t('Approve this request?') : l10n.t('Deny this request?');
}

/** The full decision for the modal dialog, as the server reported the request just now. */
function detail(
  services: ReviewServices,
  request: AccessRequest,
  verdict: Verdict,
  reason: string,
  route: DecisionRoute,
): string {
  const now = services.clock.now();
  const signs = riskSigns(request, services.store.snapshot.requests ?? [], reasonRules().ticket);
  const { given, needed } = progress(request);
  const lines = [
    l10n.t('Who: {0}', forModal(request.user)),
    l10n.t('What: {0}', subjects(request).map(forModal).join(', ')),
    ...(request.resources.length > 0
      ? [
          l10n.t(
            'Only on: {0}',
            request.resources.map((resource) => forModal(untrusted(resourceId(resource)))).join(', '),
          ),
        ]
      : []),
    l10n.t('Why: {0}', request.reason ? forModal(request.reason) : '-'),
    l10n.t('How long: {0}, until {1}', span(minutesAsked(request)), fullDateTime(request.grantEnds)),
    l10n.t('Decide by: {0}', atTime(request.decideBy, now)),
    l10n.t('Look at: {0}', riskSignsLine(signs)),
    ...(route === 'review' ? [l10n.t('Approvals so far: {0} of {1}', given, needed)] : []),
    l10n.t('Your words: {0}', reason === '' ? '-' : forModal(untrusted(reason))),
    l10n.t('Request: {0}', request.id),
  ];
  const tctlNote = l10n.t(
    'The cluster takes no review from you (on Community Edition from nobody). With tctl you decide alone, and over what anybody decided before.',
  );
  const roleNote = l10n.t(
    'What is approved is the name of a role; an administrator can change what it contains.',
  );
  return [
    ...(route === 'tctl' ? [tctlNote, ''] : []),
    ...lines,
    ...(verdict === 'approve' ? ['', roleNote] : []),
  ].join('\n');
}
