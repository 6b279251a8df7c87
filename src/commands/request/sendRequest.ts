import * as l10n from '@vscode/l10n';
import { setTimeout as pause } from 'node:timers/promises';
import type { Draft } from '../../access/requestDraft.ts';
import { namesForMessage } from '../../access/text/sinks.ts';
import { minutesAsked, waitsUntil, type AccessRequest } from '../../access/request.ts';
import type { RequestId } from '../../access/text/untrusted.ts';
import { showInfo, showWarning, withProgress } from '../../editor/messages.ts';
import type { RequestInFlight } from '../../state/memory/drafts.ts';
import { failureOf, type FailureKind } from '../../teleport/process/failure.ts';
import { isRunning } from '../../teleport/process/processes.ts';
import type { Profile } from '../../teleport/output/requestSchema.ts';
import { clockWords } from '../../text/clockSkew.ts';
import { atTime, span } from '../../text/time.ts';
import { runWithRecovery } from '../login/runWithRecovery.ts';
import { openRequest } from '../shared/openRequest.ts';
import { requireLogin } from '../login/requireLogin.ts';
import type { RequestServices } from './services.ts';

/** How long a list may lag behind what was just made, in ms. */
const lag = 1_500;

/** What is to happen besides, once the cluster has it. */
type Made = (id: RequestId) => Promise<unknown>;

type Job = RequestInFlight & { readonly made?: Made | undefined };

/**
 * Sends a request. That it is being sent is written down first, so that nothing that cuts us off sends it twice.
 * @param form opens the form again with everything that was typed, when the cluster says no to what was asked
 * @param made for a request that came from elsewhere than the form, whose draft then stays as it is
 */
export async function sendRequest(
  services: RequestServices,
  draft: Draft,
  form: () => Promise<void>,
  made?: Made,
): Promise<void> {
  const { store, clock } = services;
  const known = store.snapshot.requests?.map(({ id }) => id);
  const job: Job = { since: clock.now(), known, made };
  await runWithRecovery(
    services,
    () => send(services, draft, job, form),
    async () => {
      // What got through in spite of the failure is not sent a second time.
      const profile = await requireLogin(services);
      const id = await findSent(services, draft, profile, job);
      if (id) await sent(services, draft, profile, id, job);
      else await send(services, draft, job, form);
    },
    notSent,
  );
}

/** Where the cluster cannot have got it, that is said first: nothing is worse than to believe one has asked. */
function notSent(kind: FailureKind): string {
  const never = ['signedOut', 'expired', 'needsTerminal', 'notFound', 'tooOld', 'unreachable'].includes(kind);
  return never ? l10n.t('The request was not sent; what you typed is kept.') : '';
}

/** At start: what a window was sending when it was cut off. If it got through, it is waited for like any other. */
export async function resumeSending(services: RequestServices): Promise<void> {
  const { drafts, store } = services;
  const left = await drafts.sending();
  if (!left || (await isRunning(left.window))) return;
  await services.refresh.ensureLogin();
  // Not known now: kept for the next start.
  if (store.snapshot.login.kind !== 'signedIn') return;
  const { profile } = store.snapshot.login;
  const made = await findSent(services, left.draft, profile, left);
  if (made) await sent(services, left.draft, profile, made, left);
  else await drafts.clearSending();
}

async function findSent(
  services: RequestServices,
  draft: Draft,
  profile: Profile,
  { since, known }: RequestInFlight,
): Promise<RequestId | undefined> {
  const { tsh, mainLogin } = services;
  const made = await tsh.findCreated(mainLogin, draft, profile.user, since, known);
  if (made) return made;
  await pause(lag);
  return tsh.findCreated(mainLogin, draft, profile.user, since, known);
}

async function send(
  services: RequestServices,
  draft: Draft,
  job: Job,
  form: () => Promise<void>,
): Promise<void> {
  const { tsh, mainLogin, drafts, elevations } = services;
  const profile = await requireLogin(services);
  try {
    await drafts.markSending(draft, { since: job.since, known: job.known }, await elevations.thisProcess());
    const id = await withProgress(l10n.t('Sending the request…'), () => tsh.create(mainLogin, draft));
    await sent(services, draft, profile, id, job);
  } catch (error) {
    const kind = failureOf(error)?.kind;
    if (kind === 'unreadable' || kind === 'timedOut') {
      // Nobody said no, so it may have got through.
      const id = await findSent(services, draft, profile, job).catch(() => undefined);
      if (id) {
        await sent(services, draft, profile, id, job);
        return;
      }
    }
    if (kind === 'notRequestable' || kind === 'tooLong' || kind === 'refused') {
      await drafts.clearSending();
      const fail = (): never => {
        throw error;
      };
      await runWithRecovery(services, fail, form);
      return;
    }
    throw error;
  }
}

async function sent(
  services: RequestServices,
  draft: Draft,
  profile: Profile,
  id: RequestId,
  { since, made }: Job,
): Promise<void> {
  const { watched: waiting, journal, drafts, refresh, clock } = services;
  await waiting.startWaiting(profile, id, clock.now());
  await made?.(id);
  await (made ? drafts.clearSending() : drafts.markSent(draft, profile, clock.now()));
  await journal.note({ kind: 'asked', id, roles: draft.roles });
  refresh.schedule();
  const request = await refresh.show(id);
  const differs = clockWords(since, request.created, clock.now());
  if (differs !== undefined) void showWarning(differs);
  void say(services, draft, request);
}

/** Says that it was sent, and what the cluster made of it. Without buttons it goes by itself: a decision may come next. */
async function say(services: RequestServices, draft: Draft, request: AccessRequest): Promise<void> {
  const until = atTime(waitsUntil(request), services.clock.now());
  const minutes = minutesAsked(request);
  const what = namesForMessage(request.roles) ?? request.id;
  // Of a resource request the roles are the cluster's choice.
  const sameRoles = request.resources.length > 0 || request.roles.every((role) => draft.roles.includes(role));
  if (minutes === draft.minutes && sameRoles) {
    await showInfo(l10n.t('Request for {0} sent. It waits until {1}.', what, until));
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
  if (await showWarning(text, { title: l10n.t('Open Request'), value: true })) await openRequest(request.id);
}
