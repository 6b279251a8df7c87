import * as l10n from '@vscode/l10n';
import {
  existingFor,
  type AccessFacts,
  type ExistingAccess,
  type Alternative,
} from '../../access/alternatives.ts';
import { forPick } from '../../access/text/sinks.ts';
import { progress } from '../../access/reviewProgress.ts';
import { resourceName, subjects, type AccessRequest } from '../../access/request.ts';
import { untrusted, type Untrusted, type Instant } from '../../access/text/untrusted.ts';
import type { Draft } from '../../access/requestDraft.ts';
import { showInfo } from '../../editor/messages.ts';
import { back, pickOne, titleWithStep, type Choice } from '../../editor/quickInput.ts';
import { atTime, relative, span } from '../../text/time.ts';
import { runWithRecovery } from '../login/runWithRecovery.ts';
import { openRequest } from '../shared/openRequest.ts';
import { nudge } from './pendingRequest.ts';
import { formTitle } from './requestSteps.ts';
import type { RequestServices } from './services.ts';
import { runCommand } from '../shared/runCommand.ts';

const list = (texts: readonly Untrusted[]): string => texts.map(forPick).join(', ');
const nameOf = (request: AccessRequest): string => list(subjects(request));
const draftName = ({ roles, resources = [] }: Draft): string =>
  list(roles.length > 0 ? roles : resources.map(resourceName));
/** Whole minutes, never 0: what has ended is not offered. */
const left = (until: Instant, now: Instant): string => span(Math.max(1, Math.ceil((until - now) / 60_000)));

/** One thing there is to begin with, as an entry of a pick. Icons are those of the rows. */
function choiceOf<T extends Alternative>(verb: T, now: Instant): Choice<T> {
  const choice = (icon: string, label: string, description: string, detail = ''): Choice<T> => ({
    label: `$(${icon}) ${label}`,
    description,
    ...(detail === '' ? {} : { detail }),
    value: verb,
  });
  switch (verb.kind) {
    case 'use': {
      const time = left(verb.until, now);
      const words =
        verb.of === 'login'
          ? l10n.t('approved, {0} left, then your login ends', time)
          : l10n.t('approved, {0} left', time);
      return choice('pass', l10n.t('Use {0}', nameOf(verb.request)), words);
    }
    case 'waits': {
      const { given, needed } = progress(verb.request);
      const words = l10n.t('{0} of {1}, asked {2}', given, needed, relative(verb.request.created, now));
      return choice('clockface', l10n.t('{0} already waits', nameOf(verb.request)), words);
    }
    case 'starts': {
      const words = l10n.t('starts {0}', atTime(verb.request.startsAt ?? now, now));
      return choice('calendar', l10n.t('{0} is approved', nameOf(verb.request)), words);
    }
    case 'continue': {
      const { roles, requestId } = verb.elevation;
      const words = l10n.t('elevated, ends in {0}', left(verb.until, now));
      return choice('unlock', l10n.t('Continue {0}', list(roles) || requestId), words);
    }
    case 'resume': {
      // The person's own words still go through the sink: they may have been pasted.
      const reason = forPick(untrusted(verb.draft.reason));
      return choice('edit', l10n.t('Go on with {0}', draftName(verb.draft)), l10n.t('not sent yet'), reason);
    }
    case 'again': {
      const { minutes, reason } = verb.draft;
      const words = l10n.t('for {0}, last asked {1}', span(minutes), relative(verb.at, now));
      return choice(
        'history',
        l10n.t('Ask for {0} again', draftName(verb.draft)),
        words,
        forPick(untrusted(reason)),
      );
    }
  }
}

/** What to begin with: something there is, or a new request. @throws Left */
export async function offerAlternatives(
  verbs: readonly Alternative[],
  now: Instant,
): Promise<Alternative | 'new'> {
  const answer = await pickOne<Alternative | 'new'>(
    { title: formTitle() },
    {
      choices: [
        ...verbs.map((verb) => choiceOf(verb, now)),
        { label: `$(add) ${l10n.t('New request…')}`, value: 'new' },
      ],
      placeholder: l10n.t('Go on with what there is, or ask for something new'),
    },
  );
  return answer === back ? 'new' : answer;
}

/** Does what was chosen of what there is. */
export function useAlternative(services: RequestServices, verb: ExistingAccess): Promise<void> {
  switch (verb.kind) {
    case 'use':
      return runCommand('jitAccess.useAccess', { target: { id: verb.request.id } });
    case 'continue': {
      const { elevation } = verb;
      return runCommand('jitAccess.continueAccess', { target: { id: elevation.requestId, elevation } });
    }
    case 'waits':
      return runWithRecovery(services, () => showWaiting(services, verb.request));
    case 'starts':
      return runWithRecovery(services, () => openRequest(verb.request.id));
  }
}

async function showWaiting(services: RequestServices, request: AccessRequest): Promise<void> {
  await openRequest(request.id);
  const { given, needed } = progress(request);
  const offer = { title: l10n.t('Copy a Nudge'), value: true };
  // Whoever reads the page first has not answered yet; nothing waits for it.
  void showInfo(l10n.t('This request already waits: {0} of {1} approvals.', given, needed), offer).then(
    (pressed) => (pressed ? runWithRecovery(services, () => nudge(services, request)) : undefined),
  );
}

/** The person took what there is instead of asking again. */
export const usedInstead = Symbol('taken');

/** What of a living thing a person can be told once. */
const tag = (verb: ExistingAccess): string =>
  `${verb.kind} ${verb.kind === 'continue' ? verb.elevation.requestId : verb.request.id}`;

/**
 * Tells whoever asks for something that exists already, before anything is sent.
 * @param told what the person was told of before and does not want instead; grows here
 * @returns what to do: ask all the same, something else (back), or nothing more (taken)
 * @throws Left
 */
export async function confirmDuplicate(
  services: RequestServices,
  known: AccessFacts,
  draft: Draft,
  canGoBack: boolean,
  told: Set<string>,
): Promise<'ask' | typeof back | typeof usedInstead> {
  const now = services.clock.now();
  const there = existingFor(known, draft, now);
  if (there.every((verb) => told.has(tag(verb)))) return 'ask';
  const answer = await pickOne<ExistingAccess | 'ask'>(
    { title: titleWithStep(formTitle(), l10n.t('already there')), canGoBack },
    {
      choices: [
        ...there.map((verb) => choiceOf(verb, now)),
        {
          label: `$(add) ${l10n.t('Ask for {0} all the same', draftName(draft))}`,
          description: l10n.t('a second request beside it'),
          value: 'ask',
        },
      ],
      placeholder: l10n.t('This exists already; nothing was sent yet'),
    },
  );
  if (answer === back) return back;
  if (answer === 'ask') {
    for (const verb of there) told.add(tag(verb));
    return 'ask';
  }
  await useAlternative(services, answer);
  return usedInstead;
}
