import * as l10n from '@vscode/l10n';
import { continuation, successorDraft } from '../../access/continuation.ts';
import { samePlace, type Elevation } from '../../access/elevation.ts';
import { forMessage, namesForPick } from '../../access/untrusted/sinks.ts';
import type { AccessRequest } from '../../access/request.ts';
import { untrusted, type RequestId } from '../../access/untrusted/untrusted.ts';
import { confirm, showInfo, showWarning, withProgress } from '../../editor/messages.ts';
import { Cancelled, typeText } from '../../editor/quickInput.ts';
import type { RenewalResult } from '../../state/elevation/renewal.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import { atTime, span } from '../../text/time.ts';
import { chooseElevation } from '../shared/pickers.ts';
import { elevationName } from '../../text/elevationName.ts';
import { openRequest } from '../shared/openRequest.ts';
import { nudge } from '../request/nudge.ts';
import { reasonRules, reasonRemark } from '../shared/reasonRules.ts';
import { emptyDraft, repeatRequest } from '../request/requestAccess.ts';
import { sendRequest } from '../request/sendRequest.ts';
import { requireLogin } from '../login/requireLogin.ts';
import { runCommand } from '../shared/runCommand.ts';
import type { CommandTarget } from '../shared/commandTarget.ts';
import type { ElevateServices } from './services.ts';

/**
 * Continues an elevation in its open terminal. If the grant lasts longer than the certificate, the
 * certificate is renewed at once. Otherwise a new request is sent, the successor, which takes over once it
 * is approved.
 * @throws Cancelled
 */
export async function continueAccess(services: ElevateServices, target?: CommandTarget): Promise<void> {
  const { store, clock } = services;
  const elevation = await chooseElevation(services, target, 'open', {
    title: l10n.t('Continue Access'),
    noneText: l10n.t('Nothing is elevated.'),
  });
  if (elevation.where.kind === 'mainLogin') {
    await offerNewLogin(services, elevation);
    return;
  }
  if (!elevation.here) {
    void showInfo(l10n.t('Its terminal is in another window; continue it there.'));
    throw new Cancelled();
  }
  const profile = await requireLogin(services);
  const request = await readRequest(services, elevation);
  const { requests = [], elevations } = store.snapshot;
  const current = elevations.find(({ where }) => samePlace(where, elevation.where)) ?? elevation;
  const next = continuation(current, request, requests, profile.validUntil, clock.now());
  switch (next.kind) {
    case 'renew':
      if (request) await continueElevation(services, elevation.where.home, request);
      return;
    case 'takeOver':
      await continueElevation(services, elevation.where.home, next.request);
      return;
    case 'successor':
      if (request) await askForSuccessor(services, elevation, elevation.where.home, request, next.minutes);
      return;
    case 'waiting':
      await showSuccessorPending(services, elevation, next.id);
      return;
    case 'login':
      await offerNewLogin(services, elevation);
      return;
    case 'withdrawn':
      await showWithdrawn(services, elevation);
  }
}

/** Reads the request from the server, and records in the home whether the server has withdrawn it. */
async function readRequest(
  { refresh, elevations }: ElevateServices,
  { requestId, where }: Elevation,
): Promise<AccessRequest | undefined> {
  const request = await refresh.show(requestId).catch((error: unknown) => {
    if (failureOf(error)?.kind === 'gone') return undefined;
    throw error;
  });
  const withdrawn = !request ? 'deleted' : request.state === 'denied' ? 'denied' : undefined;
  if (where.kind === 'private') await elevations.change(where.home, { withdrawn });
  return request;
}

/**
 * Renews an elevation, or replaces its request by the approved successor, and shows the new end.
 * @param approver the reviewer who approved the successor, for the message
 */
export async function continueElevation(
  services: ElevateServices,
  home: string,
  request: AccessRequest,
  approver?: string,
): Promise<void> {
  const { store, elevations, renewal } = services;
  const id = elevations.record(home)?.requestId ?? request.id;
  store.setBusy(id, 'continuing');
  try {
    const result = await withProgress(l10n.t('Continuing the access…'), () => renewal.renew(home, request));
    if (result) void showContinued(services, result, approver);
    else
      void showWarning(
        l10n.t('The cluster gives no later end now than the one you have. Try again nearer to it.'),
      );
  } finally {
    store.setBusy(id, undefined);
  }
}

async function showContinued(
  { clock }: ElevateServices,
  result: RenewalResult,
  approver: string | undefined,
): Promise<void> {
  const { elevation, previousEnd, keepOldEnd } = result;
  const now = clock.now();
  const until = atTime(elevation.certificateEnds, now);
  const text =
    approver === undefined
      ? l10n.t('{0} goes on until {1}.', elevationName(elevation), until)
      : l10n.t('{0} goes on until {1}, approved by {2}.', elevationName(elevation), until, approver);
  if (keepOldEnd.length === 0) {
    await showInfo(text);
    return;
  }
  const programs = [...new Set(keepOldEnd)].map((name) => forMessage(untrusted(name)) ?? l10n.t('a program'));
  const oldEndText = l10n.t(
    'Started before and ending at {0} as it was: {1}.',
    atTime(previousEnd, now),
    programs.join(', '),
  );
  await showInfo(`${text} ${oldEndText}`, { title: l10n.t('OK'), value: true });
}

/** The reason that was typed for the successor, by private home, so that closing the dialog loses nothing. */
const typedReasons = new Map<string, string>();

async function askForSuccessor(
  services: ElevateServices,
  elevation: Elevation,
  home: string,
  request: AccessRequest,
  minutes: number,
): Promise<void> {
  const { elevations, clock } = services;
  const draft = successorDraft(request);
  const rules = reasonRules();
  const roleNames = namesForPick(elevation.roles) || elevation.requestId;
  const reason = await typeText(
    { title: l10n.t('Continue {0}', roleNames) },
    {
      value: typedReasons.get(home) ?? draft.reason,
      placeholder: l10n.t('Why it is still needed'),
      prompt: l10n.t(
        'The grant ends at {0}. Enter asks for {1} from now, so until {2}; approved, it takes over in the open terminal',
        atTime(elevation.grantEnds ?? elevation.certificateEnds, clock.now()),
        span(minutes),
        atTime(clock.now() + minutes * 60_000, clock.now()),
      ),
      // Only problems are shown here, because the prompt must stay visible: it explains what Enter does.
      check: (value) => {
        const remark = reasonRemark(value, rules);
        return remark?.severity === 'info' ? undefined : remark;
      },
      onChange: (value) => typedReasons.set(home, value),
    },
  );
  const reopenForm = (): Promise<void> => askForSuccessor(services, elevation, home, request, minutes);
  await sendRequest(services, { ...draft, reason }, reopenForm, async (successor) => {
    typedReasons.delete(home);
    await elevations.change(home, { successor });
  });
}

async function showSuccessorPending(
  services: ElevateServices,
  elevation: Elevation,
  id: RequestId,
): Promise<void> {
  const pressed = await showInfo<'nudge' | 'open'>(
    l10n.t('The request that continues {0} already waits for a decision.', elevationName(elevation)),
    { title: l10n.t('Open Request'), value: 'open' },
    { title: l10n.t('Copy a Nudge'), value: 'nudge' },
  );
  if (pressed === 'nudge') await nudge(services, { id });
  if (pressed === 'open') await openRequest(id);
}

/**
 * Explains that a new login is needed and offers to sign out. No certificate lasts longer than its login, and
 * tsh does not extend a login that is still valid.
 */
async function offerNewLogin(services: ElevateServices, elevation: Elevation): Promise<void> {
  const until = atTime(elevation.certificateEnds, services.clock.now());
  const answer = await confirm<'out'>({
    text:
      elevation.where.kind === 'mainLogin'
        ? l10n.t('{0} is in use in your main login, which ends at {1}.', elevationName(elevation), until)
        : l10n.t('{0} ends at {1}, because your login ends then.', elevationName(elevation), until),
    detail: l10n.t(
      'A login cannot be lengthened while it is valid. To go on, sign out and in again; what is elevated is given back first, and an approval that still lives can be used again at once.',
    ),
    harmless: l10n.t('Open Request'),
    acting: [{ title: l10n.t('Sign Out…'), value: 'out' }],
  });
  if (answer === 'harmless') await openRequest(elevation.requestId);
  if (answer === 'out') await runCommand('jitAccess.signOut');
}

async function showWithdrawn(services: ElevateServices, elevation: Elevation): Promise<void> {
  const pressed = await showWarning(
    l10n.t(
      '{0} was withdrawn on the cluster and cannot be continued. What runs goes on until {1}.',
      elevationName(elevation),
      atTime(elevation.certificateEnds, services.clock.now()),
    ),
    { title: l10n.t('Request Access…'), value: true },
  );
  if (pressed) await repeatRequest(services, { ...emptyDraft, roles: elevation.roles });
}
