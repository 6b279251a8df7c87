import * as l10n from '@vscode/l10n';
import {
  existingFor,
  type AccessFacts,
  type ExistingAccess,
  type Alternative,
} from '../../access/alternatives.ts';
import { forPick, namesForPick } from '../../access/untrusted/sinks.ts';
import { progress } from '../../access/reviewProgress.ts';
import { resourceName, subjects, type AccessRequest } from '../../access/request.ts';
import { untrusted, type Instant } from '../../access/untrusted/untrusted.ts';
import type { Draft } from '../../access/requestDraft.ts';
import { showInfo } from '../../editor/messages.ts';
import { Cancelled, pickOne, titleWithStep, type Choice } from '../../editor/quickInput.ts';
import type { StepPosition } from '../../editor/runSteps.ts';
import { atTime, relative, span } from '../../text/time.ts';
import { runWithRecovery } from '../login/runWithRecovery.ts';
import { openRequest } from '../shared/openRequest.ts';
import { nudge } from './nudge.ts';
import { formTitle } from './requestSteps.ts';
import type { RequestServices } from './services.ts';
import { runCommand } from '../shared/runCommand.ts';

const nameOf = (request: AccessRequest): string => namesForPick(subjects(request));
const draftName = ({ roles, resources = [] }: Draft): string =>
  namesForPick(roles.length > 0 ? roles : resources.map(resourceName));
/** The time left in whole minutes, at least one, because only access that has not ended is offered. */
const timeLeft = (until: Instant, now: Instant): string =>
  span(Math.max(1, Math.ceil((until - now) / 60_000)));

/** An alternative as an entry of a pick, with the icon that its row has in the view. */
function choiceOf<T extends Alternative>(alternative: T, now: Instant): Choice<T> {
  const choice = (icon: string, label: string, description: string, detail = ''): Choice<T> => ({
    label: `$(${icon}) ${label}`,
    description,
    ...(detail === '' ? {} : { detail }),
    value: alternative,
  });
  switch (alternative.kind) {
    case 'use': {
      const time = timeLeft(alternative.until, now);
      const words =
        alternative.of === 'login'
          ? l10n.t('approved, {0} left, then your login ends', time)
          : l10n.t('approved, {0} left', time);
      return choice('pass', l10n.t('Use {0}', nameOf(alternative.request)), words);
    }
    case 'waits': {
      const { given, needed } = progress(alternative.request);
      const words = l10n.t(
        '{0} of {1}, asked {2}',
        given,
        needed,
        relative(alternative.request.created, now),
      );
      return choice('clockface', l10n.t('{0} already waits', nameOf(alternative.request)), words);
    }
    case 'starts': {
      const words = l10n.t('starts {0}', atTime(alternative.request.startsAt ?? now, now));
      return choice('calendar', l10n.t('{0} is approved', nameOf(alternative.request)), words);
    }
    case 'continue': {
      const { roles, requestId } = alternative.elevation;
      const words = l10n.t('elevated, ends in {0}', timeLeft(alternative.until, now));
      return choice('unlock', l10n.t('Continue {0}', namesForPick(roles) || requestId), words);
    }
    case 'resume': {
      // The user may have pasted the reason, so it is untrusted text as well.
      const reason = forPick(untrusted(alternative.draft.reason));
      return choice(
        'edit',
        l10n.t('Go on with {0}', draftName(alternative.draft)),
        l10n.t('not sent yet'),
        reason,
      );
    }
    case 'again': {
      const { minutes, reason } = alternative.draft;
      const words = l10n.t('for {0}, last asked {1}', span(minutes), relative(alternative.at, now));
      return choice(
        'history',
        l10n.t('Ask for {0} again', draftName(alternative.draft)),
        words,
        forPick(untrusted(reason)),
      );
    }
  }
}

/**
 * Lets the user pick an alternative or a new request.
 * @throws Cancelled
 */
export async function offerAlternatives(
  alternatives: readonly Alternative[],
  now: Instant,
): Promise<Alternative | 'new'> {
  return pickOne<Alternative | 'new'>(
    { title: formTitle() },
    {
      choices: [
        ...alternatives.map((alternative) => choiceOf(alternative, now)),
        { label: `$(add) ${l10n.t('New request…')}`, value: 'new' },
      ],
      placeholder: l10n.t('Go on with what there is, or ask for something new'),
    },
  );
}

/** Runs the alternative that the user picked. */
export function useAlternative(services: RequestServices, alternative: ExistingAccess): Promise<void> {
  switch (alternative.kind) {
    case 'use':
      return runCommand('jitAccess.useAccess', { target: { id: alternative.request.id } });
    case 'continue': {
      const { elevation } = alternative;
      return runCommand('jitAccess.continueAccess', { target: { id: elevation.requestId, elevation } });
    }
    case 'waits':
      return runWithRecovery(services, () => showPending(services, alternative.request));
    case 'starts':
      return runWithRecovery(services, () => openRequest(alternative.request.id));
  }
}

async function showPending(services: RequestServices, request: AccessRequest): Promise<void> {
  await openRequest(request.id);
  const { given, needed } = progress(request);
  const nudgeButton = { title: l10n.t('Copy a Nudge'), value: true };
  // The command does not wait for the button, because the user may read the page first.
  void showInfo(l10n.t('This request already waits: {0} of {1} approvals.', given, needed), nudgeButton).then(
    (pressed) => (pressed ? runWithRecovery(services, () => nudge(services, request)) : undefined),
  );
}

/** Identifies existing access in its current state, so that each is offered only once. */
const alternativeKey = (alternative: ExistingAccess): string =>
  `${alternative.kind} ${alternative.kind === 'continue' ? alternative.elevation.requestId : alternative.request.id}`;

/**
 * Asks, before a request is sent, whether existing access to the same roles or resources is enough.
 * @param declined keys of the access that the user did not want instead; this function adds to it
 * @throws WentBack if the user wants to change the request
 * @throws Cancelled, also after the user took existing access instead
 */
export async function confirmDuplicate(
  services: RequestServices,
  facts: AccessFacts,
  draft: Draft,
  { canGoBack = false, dialogs }: Partial<StepPosition>,
  declined: Set<string>,
): Promise<void> {
  const now = services.clock.now();
  const existing = existingFor(facts, draft, now);
  if (existing.every((alternative) => declined.has(alternativeKey(alternative)))) return;
  const answer = await pickOne<ExistingAccess | 'ask'>(
    { title: titleWithStep(formTitle(), l10n.t('already there')), canGoBack, dialogs },
    {
      choices: [
        ...existing.map((alternative) => choiceOf(alternative, now)),
        {
          label: `$(add) ${l10n.t('Ask for {0} all the same', draftName(draft))}`,
          description: l10n.t('a second request beside it'),
          value: 'ask',
        },
      ],
      placeholder: l10n.t('This exists already; nothing was sent yet'),
    },
  );
  if (answer !== 'ask') {
    await useAlternative(services, answer);
    throw new Cancelled();
  }
  for (const alternative of existing) declined.add(alternativeKey(alternative));
}
