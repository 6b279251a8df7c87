import * as l10n from '@vscode/l10n';
import { setTimeout as pause } from 'node:timers/promises';
import type { Draft } from '../../access/requestDraft.ts';
import { namesForMessage } from '../../access/untrusted/sinks.ts';
import { minutesAsked, waitsUntil, type AccessRequest } from '../../access/request.ts';
import type { RequestId } from '../../access/untrusted/untrusted.ts';
import { showInfo, showWarning, withProgress } from '../../editor/messages.ts';
import type { RequestInFlight } from '../../state/memory/drafts.ts';
import { listLag } from '../../state/store.ts';
import { failureOf, type FailureKind } from '../../teleport/process/failure.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import { clockWords } from '../../text/clockSkew.ts';
import { atTime, span } from '../../text/time.ts';
import { runWithRecovery } from '../login/runWithRecovery.ts';
import { showWithRequest } from '../shared/openRequest.ts';
import { requireLogin } from '../login/requireLogin.ts';
import type { RequestServices } from './services.ts';

/** Called once the cluster has created the request. */
type OnCreated = (id: RequestId) => Promise<unknown>;

type Sending = RequestInFlight & { readonly onCreated?: OnCreated | undefined };

/**
 * Sends a request. A record is written first, so that an interrupted attempt does not send it twice.
 * @param reopenForm opens the form again with the typed values, if the cluster refuses the request
 * @param onCreated for a request that was not written in the form; the form's stored draft then stays as it
 *   is
 */
export async function sendRequest(
  services: RequestServices,
  draft: Draft,
  reopenForm: () => Promise<void>,
  onCreated?: OnCreated,
): Promise<void> {
  const { store, clock } = services;
  const known = store.snapshot.requests?.map(({ id }) => id);
  const sending: Sending = { since: clock.now(), known, onCreated };
  await runWithRecovery(
    services,
    () => send(services, draft, sending, reopenForm),
    async () => {
      // The cluster may have created the request in spite of the failure.
      const profile = await requireLogin(services);
      const id = await findSent(services, draft, profile, sending);
      if (id) await recordSent(services, draft, profile, id, sending);
      else await send(services, draft, sending, reopenForm);
    },
    notSentPrefix,
  );
}

/**
 * The sentence for failures after which the cluster cannot have the request. It comes first, because the user
 * must not wait for a request that was never sent.
 */
function notSentPrefix(kind: FailureKind): string {
  const cannotHaveArrived = [
    'signedOut',
    'expired',
    'needsTerminal',
    'notFound',
    'tooOld',
    'unreachable',
  ].includes(kind);
  return cannotHaveArrived ? l10n.t('The request was not sent; what you typed is kept.') : '';
}

/**
 * Called at the start. If a window was killed while it sent a request and the cluster has created that
 * request, it is watched like any other.
 */
export async function resumeSending(services: RequestServices): Promise<void> {
  const { drafts, store } = services;
  const interrupted = await drafts.sending();
  // What another machine sends with the same storage is its own.
  if (!interrupted || !(await services.elevations.owners.hasEnded(interrupted))) return;
  await services.refresh.ensureLogin();
  // Without a login the request cannot be looked up, so the record is kept for the next start.
  if (store.snapshot.login.kind !== 'signedIn') return;
  const { profile } = store.snapshot.login;
  const id = await findSent(services, interrupted.draft, profile, interrupted);
  if (id) await recordSent(services, interrupted.draft, profile, id, interrupted);
  else await drafts.clearSending();
}

async function findSent(
  services: RequestServices,
  draft: Draft,
  profile: Profile,
  { since, known }: RequestInFlight,
): Promise<RequestId | undefined> {
  const { tsh, mainLogin } = services;
  const id = await tsh.findCreated(mainLogin, draft, profile.user, since, known);
  if (id) return id;
  await pause(listLag);
  return tsh.findCreated(mainLogin, draft, profile.user, since, known);
}

async function send(
  services: RequestServices,
  draft: Draft,
  sending: Sending,
  reopenForm: () => Promise<void>,
): Promise<void> {
  const { tsh, mainLogin, drafts, elevations } = services;
  const profile = await requireLogin(services);
  try {
    await drafts.markSending(
      draft,
      { since: sending.since, known: sending.known },
      await elevations.owners.thisWindow(),
    );
    const id = await withProgress(l10n.t('Sending the request…'), () => tsh.create(mainLogin, draft));
    await recordSent(services, draft, profile, id, sending);
  } catch (error) {
    const kind = failureOf(error)?.kind;
    if (kind === 'unreadable' || kind === 'timedOut') {
      // The cluster did not refuse the request, so it may have created it.
      const id = await findSent(services, draft, profile, sending).catch(() => undefined);
      if (id) {
        await recordSent(services, draft, profile, id, sending);
        return;
      }
    }
    if (kind === 'notRequestable' || kind === 'tooLong' || kind === 'refused') {
      await drafts.clearSending();
      const fail = (): never => {
        throw error;
      };
      await runWithRecovery(services, fail, reopenForm);
      return;
    }
    throw error;
  }
}

async function recordSent(
  services: RequestServices,
  draft: Draft,
  profile: Profile,
  id: RequestId,
  { since, onCreated }: Sending,
): Promise<void> {
  const { watched, journal, drafts, refresh, clock } = services;
  await watched.startWaiting(profile, id, clock.now());
  await onCreated?.(id);
  await (onCreated ? drafts.clearSending() : drafts.markSent(draft, profile, clock.now()));
  await journal.note({ kind: 'requested', id, roles: draft.roles });
  const request = await refresh.show(id);
  const clockWarning = clockWords(since, request.created, clock.now());
  if (clockWarning !== undefined) void showWarning(clockWarning);
  void showSent(services, draft, request);
}

/**
 * Shows that the request was sent, and what the cluster changed in it. The usual message has no button, so
 * that it disappears by itself before the message about the decision.
 */
async function showSent(services: RequestServices, draft: Draft, request: AccessRequest): Promise<void> {
  const until = atTime(waitsUntil(request), services.clock.now());
  const minutes = minutesAsked(request);
  const name = namesForMessage(request.roles) ?? request.id;
  // The cluster chooses the roles of a resource request.
  const sameRoles = request.resources.length > 0 || request.roles.every((role) => draft.roles.includes(role));
  if (minutes === draft.minutes && sameRoles) {
    await showInfo(l10n.t('Request for {0} sent. It waits until {1}.', name, until));
    return;
  }
  const text = sameRoles
    ? l10n.t(
        'Request for {0} sent, but the cluster gives {1} instead of {2}.',
        name,
        span(minutes),
        span(draft.minutes),
      )
    : l10n.t('Request for {0} sent, but the cluster made other roles of it.', name);
  await showWithRequest(showWarning, text, request.id);
}
