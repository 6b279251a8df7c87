import * as l10n from '@vscode/l10n';
import { forMessage, forModal, forPick } from '../../access/text/sinks.ts';
import { progress } from '../../access/reviewProgress.ts';
import {
  decidingReview,
  isOpen,
  minutesAsked,
  sameForReviewer,
  subjects,
  type AccessRequest,
} from '../../access/request.ts';
import { resourceId } from '../../access/requestDraft.ts';
import { riskSigns } from '../../access/riskSigns.ts';
import { untrusted } from '../../access/text/untrusted.ts';
import { confirm, showInfo, showWarning } from '../../editor/messages.ts';
import { back, Cancelled, pickOne, type Choice } from '../../editor/quickInput.ts';
import { signedInUser } from '../../state/store.ts';
import { riskSignsLine } from '../../text/riskSigns.ts';
import { atTime, fullDateTime, relative, span } from '../../text/time.ts';
import { reviewableRequest } from '../shared/pickers.ts';
import { sendDecision, knownRoute, type Verdict, type DecisionRoute } from './sendDecision.ts';
import { reasonRules } from '../shared/reasonRules.ts';
import { openRequest } from '../shared/openRequest.ts';
import type { CommandTarget } from '../shared/commandTarget.ts';
import type { ReviewServices } from './services.ts';

export const approve = (services: ReviewServices, target?: CommandTarget): Promise<void> =>
  review(services, 'approve', target);
export const deny = (services: ReviewServices, target?: CommandTarget): Promise<void> =>
  review(services, 'deny', target);

/**
 * Decides a colleague's request: a reason, a modal that shows exactly what is decided, one last look whether it is
 * still the same, then the decision. Enter alone opens the request; it never decides.
 */
async function review(services: ReviewServices, verdict: Verdict, target?: CommandTarget): Promise<void> {
  const title = verdict === 'approve' ? l10n.t('Approve') : l10n.t('Deny');
  const seen = await reviewableRequest(services, target, title);
  if (!(await stillToDecide(services, seen))) return;
  const reason = await askReason(services, title, verdict);
  await decideAsShown(services, verdict, seen, reason, knownRoute(services));
}

/** Shows exactly what is decided and how; decides it if it is still the same after the answer. */
async function decideAsShown(
  services: ReviewServices,
  verdict: Verdict,
  seen: AccessRequest,
  reason: string,
  way: DecisionRoute,
): Promise<void> {
  const read = await services.refresh.show(seen.id);
  if (!(await stillToDecide(services, read, seen))) return;
  if (!(await confirmed(services, verdict, read, reason, way))) return;
  const now = await services.refresh.show(seen.id);
  if (!(await stillToDecide(services, now, read))) return;
  // Another way is another decision: it is shown, and asked for, anew.
  if ((await sendDecision(services, verdict, now, reason, way)) === 'noRights')
    await decideAsShown(services, verdict, now, reason, 'tctl');
}

/** Whether the request is open and what was shown before; says why not. */
async function stillToDecide(
  services: ReviewServices,
  request: AccessRequest,
  before = request,
): Promise<boolean> {
  const now = services.clock.now();
  const open = { title: l10n.t('Open Request'), value: true };
  if (request.user === signedInUser(services.store.snapshot)) {
    void showInfo(l10n.t('Your own requests are for others to review.'));
    return false;
  }
  if (!isOpen(request, now)) {
    if (await showInfo(alreadyWords(request, now), open)) await openRequest(request.id);
    return false;
  }
  if (!sameForReviewer(request, before)) {
    const text = l10n.t(
      'This request has changed since you looked at it. Nothing was decided; please look again.',
    );
    if (await showWarning(text, open)) await openRequest(request.id);
    return false;
  }
  return true;
}

/** `Already approved by omar 20 s ago`; a name that is no plain one is left out. */
function alreadyWords(request: AccessRequest, now: number): string {
  const decision = decidingReview(request);
  const by = decision ? forMessage(decision.author) : undefined;
  if (decision && by !== undefined) {
    const ago = relative(decision.at, now);
    return request.state === 'approved'
      ? l10n.t('Already approved by {0}, {1}. Nothing was sent.', by, ago)
      : l10n.t('Already denied by {0}, {1}. Nothing was sent.', by, ago);
  }
  if (request.state === 'approved') return l10n.t('Already approved. Nothing was sent.');
  if (request.state === 'denied') return l10n.t('Already denied. Nothing was sent.');
  return l10n.t('This request can no longer be decided. Nothing was sent.');
}

/** A reason, recent ones offered; required to deny. */
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
  const answer = await pickOne(
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
  if (answer === back) throw new Cancelled();
  return answer;
}

async function confirmed(
  services: ReviewServices,
  verdict: Verdict,
  request: AccessRequest,
  reason: string,
  way: DecisionRoute,
): Promise<boolean> {
  const act = verdict === 'approve' ? l10n.t('Approve') : l10n.t('Deny');
  const answer = await confirm(
    question(verdict, way),
    detail(services, request, verdict, reason, way),
    { title: l10n.t('Open Request'), value: 'open' },
    { title: act, value: 'act' },
  );
  if (answer === 'open') {
    void showInfo(l10n.t('Nothing was decided.'));
    await openRequest(request.id);
  }
  return answer === 'act';
}

function question(verdict: Verdict, way: DecisionRoute): string {
  if (way === 'tctl') {
    return verdict === 'approve'
      ? l10n.t('Approve this request alone, with tctl?')
      : l10n.t('Deny this request alone, with tctl?');
  }
  return verdict === 'approve' ? l10n.t('Approve this request?') : l10n.t('Deny this request?');
}

/** Exactly what is decided, as read just now. */
function detail(
  services: ReviewServices,
  request: AccessRequest,
  verdict: Verdict,
  reason: string,
  way: DecisionRoute,
): string {
  const now = services.clock.now();
  const marks = riskSigns(request, services.store.snapshot.requests ?? [], reasonRules().ticket);
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
    l10n.t('Look at: {0}', riskSignsLine(marks)),
    ...(way === 'review' ? [l10n.t('Approvals so far: {0} of {1}', given, needed)] : []),
    l10n.t('Your words: {0}', reason === '' ? '-' : forModal(untrusted(reason))),
    l10n.t('Request: {0}', request.id),
  ];
  const alone = l10n.t(
    'The cluster takes no review from you (on Community Edition from nobody). With tctl you decide alone, and over what anybody decided before.',
  );
  const name = l10n.t(
    'What is approved is the name of a role; an administrator can change what it contains.',
  );
  return [
    ...(way === 'tctl' ? [alone, ''] : []),
    ...lines,
    ...(verdict === 'approve' ? ['', name] : []),
  ].join('\n');
}
