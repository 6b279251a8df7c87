import * as l10n from '@vscode/l10n';
import { forMessage, forPick, namesForPick } from '../../access/untrusted/sinks.ts';
import { mayTry, requestActions } from '../../access/availableActions.ts';
import { decidingReview, sameForReviewer, subjects, type AccessRequest } from '../../access/request.ts';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import { confirm, showInfo, showWarning } from '../../editor/messages.ts';
import { pickOne, type Choice } from '../../editor/quickInput.ts';
import { profileOf, type Snapshot } from '../../state/store.ts';
import { relative } from '../../text/time.ts';
import { requireLogin } from '../login/requireLogin.ts';
import { runWithRecovery } from '../login/runWithRecovery.ts';
import type { CommandTarget } from '../shared/commandTarget.ts';
import { openRequest, showWithRequest } from '../shared/openRequest.ts';
import { chooseRequest } from '../shared/pickers.ts';
import { decisionDetail, decisionNotes, decisionQuestion } from './decisionQuestion.ts';
import { sendDecision, knownRoute, type PlannedDecision, type Verdict } from './sendDecision.ts';
import type { ReviewServices } from './services.ts';

/** Approves the target, or the request that the user picks. @throws Cancelled */
export const approve = (services: ReviewServices, target?: CommandTarget): Promise<void> =>
  review(services, 'approve', target);
/** Denies the target, or the request that the user picks. @throws Cancelled */
export const deny = (services: ReviewServices, target?: CommandTarget): Promise<void> =>
  review(services, 'deny', target);

/** The title of the pick and of the button that decides. */
const verdictTitle = (verdict: Verdict): string =>
  verdict === 'approve' ? l10n.t('Approve') : l10n.t('Deny');

/**
 * Decides another user's request: asks for a reason, shows the full decision in a modal dialog, and checks
 * before sending that neither the request nor the login has changed. In the dialog Enter opens the request and
 * never decides.
 * @throws Cancelled
 */
async function review(services: ReviewServices, verdict: Verdict, target?: CommandTarget): Promise<void> {
  const words = { title: verdictTitle(verdict), noneText: l10n.t('Nothing waits for a review.') };
  const shown = await chooseRequest(services, target, 'decide', words);
  if (!(await canStillDecide(services, shown))) return;
  const reason = await askReason(services, verdict, shown);
  await decideAsShown(services, shown, { verdict, reason, route: knownRoute(services) });
}

/** Shows the full decision and its route, and sends it if request and login are unchanged after the answer. */
async function decideAsShown(
  services: ReviewServices,
  shown: AccessRequest,
  decision: PlannedDecision,
): Promise<void> {
  await requireLogin(services);
  const login = deciderOf(services.store.snapshot);
  const current = await services.refresh.show(shown.id);
  if (!(await canStillDecide(services, current, shown))) return;
  const detail = decisionDetail(services, current, decision);
  const send = (): Promise<void> => sendAsShown(services, current, decision, login);
  if (detail === undefined) await letRead(services, current, decision, send);
  else if (await confirmDecision(current, decision, detail)) await send();
}

/** The login that decides, with its rights. */
function deciderOf({ login }: Snapshot): string {
  const profile = profileOf(login);
  if (!profile) return '';
  const { proxy, user, cluster, roles, assumed } = profile;
  return JSON.stringify([proxy, user, cluster, roles, assumed]);
}

/** Sends a decision, unless the request or the login is another one than when the question was shown. */
async function sendAsShown(
  services: ReviewServices,
  current: AccessRequest,
  decision: PlannedDecision,
  login: string,
): Promise<void> {
  const { refresh, store } = services;
  const latest = await refresh.show(current.id);
  if (!(await canStillDecide(services, latest, current))) return;
  await refresh.readLogin();
  await requireLogin(services);
  if (deciderOf(store.snapshot) !== login) {
    const text = l10n.t(
      'Your login has changed since you were asked: it is another user, cluster or set of roles now. Nothing was decided.',
    );
    await showWithRequest(showWarning, text, current.id);
    return;
  }
  // With tctl the decision has another effect, so it is shown and confirmed again.
  if ((await sendDecision(services, latest, decision)) === 'noRights')
    await decideAsShown(services, latest, { ...decision, route: 'tctl' });
}

/**
 * Leads to the page of a request that is too long for a question. The question has no button that decides, only
 * the way to the page; the decision is then a button of a message, which Enter does not press.
 */
async function letRead(
  services: ReviewServices,
  request: AccessRequest,
  decision: PlannedDecision,
  send: () => Promise<void>,
): Promise<void> {
  const answer = await confirm({
    text: decisionQuestion(request, decision),
    detail: [
      l10n.t(
        'This request is longer than a question can show. Read all of it on its page, and decide there.',
      ),
      ...decisionNotes(decision),
    ].join('\n\n'),
    harmless: l10n.t('Open Request'),
    acting: [],
  });
  if (answer === undefined) return;
  void runWithRecovery(services, async () => {
    if (await confirmBesidePage(request, decision.verdict)) await send();
  });
}

/**
 * Opens the page of a request and asks beside it. The first button, which a key of VS Code can press, shows the
 * page again.
 */
async function confirmBesidePage(request: AccessRequest, verdict: Verdict): Promise<boolean> {
  const name = forMessage(request.user) ?? request.id;
  const text =
    verdict === 'approve'
      ? l10n.t('Nothing was decided. Read the whole request of {0}, then approve it here.', name)
      : l10n.t('Nothing was decided. Read the whole request of {0}, then deny it here.', name);
  for (;;) {
    await openRequest(request.id);
    const pressed = await showInfo<'open' | 'send'>(
      text,
      { title: l10n.t('Open Request'), value: 'open' },
      { title: verdictTitle(verdict), value: 'send' },
    );
    if (pressed !== 'open') return pressed === 'send';
  }
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
async function askReason(
  services: ReviewServices,
  verdict: Verdict,
  request: AccessRequest,
): Promise<string> {
  const recent = await services.drafts.reviewReasons(verdict);
  const [roles, user] = [namesForPick(subjects(request)), forPick(request.user)];
  const choices: Choice<string>[] = [
    ...(verdict === 'approve' ? [{ label: l10n.t('No reason'), value: '' }] : []),
    ...recent.map((reason) => ({
      label: forPick(untrusted(reason)),
      description: l10n.t('used before'),
      value: reason,
    })),
  ];
  return pickOne(
    {
      title:
        verdict === 'approve'
          ? l10n.t('Approve {0} for {1}', roles, user)
          : l10n.t('Deny {0} for {1}', roles, user),
    },
    {
      choices,
      placeholder:
        verdict === 'approve'
          ? l10n.t('A reason for the one who asked: type it, or choose')
          : l10n.t('Why not? Type the reason the one who asked will read'),
      // The question that follows decides.
      isSelected: (reason) => reason === '',
      choiceFromText: (text) =>
        text.trim() === '' ? undefined : { label: forPick(untrusted(text.trim())), value: text.trim() },
    },
  );
}

async function confirmDecision(
  request: AccessRequest,
  decision: PlannedDecision,
  detail: string,
): Promise<boolean> {
  const answer = await confirm<'send'>({
    text: decisionQuestion(request, decision),
    detail,
    harmless: l10n.t('Open Request'),
    acting: [{ title: verdictTitle(decision.verdict), value: 'send' }],
  });
  if (answer === 'harmless') {
    void showInfo(l10n.t('Nothing was decided.'));
    await openRequest(request.id);
  }
  return answer === 'send';
}
