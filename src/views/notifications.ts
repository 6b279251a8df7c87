import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { decisionId, type RequestChange } from '../access/requestChanges.ts';
import { forMessage, namesForMessage } from '../access/untrusted/sinks.ts';
import { decidingReview, type AccessRequest } from '../access/request.ts';
import { showInfo, type Button } from '../editor/messages.ts';
import type { Instant } from '../access/untrusted/untrusted.ts';
import { trusted } from '../editor/trustedArguments.ts';
import { changeSetting, setting } from '../editor/settings.ts';
import { atTime } from '../text/time.ts';

/**
 * Text and buttons of a notification. A button's value is the command that it runs. The first one only shows something:
 * a key, a task or another extension can press it (`notification.acceptPrimaryAction`).
 */
interface NotificationContent {
  readonly text: string;
  readonly buttons: readonly Button<string>[];
}

/** The roles of a request as plain names, else its id. */
const roleNames = (request: AccessRequest): string => namesForMessage(request.roles) ?? request.id;

/** Builds the notification for a decision or for new requests to review. Only the language is global. */
function notificationFor(change: RequestChange, now: Instant): NotificationContent {
  if (change.kind === 'toReview') return toReviewNotice(change.requests);
  if (change.kind === 'lapsed') {
    return {
      text: l10n.t(
        'Nobody decided in time: request {0} has expired.',
        change.request ? roleNames(change.request) : change.id,
      ),
      buttons: [{ title: l10n.t('Ask Again…'), value: 'jitAccess.askAgain' }],
    };
  }
  const { kind, request } = change;
  const roles = roleNames(request);
  const author = decidingReview(request)?.author;
  const by = author ? forMessage(author) : undefined;
  // A decision with tctl has no review. Only an annotation by the deciding client names the person.
  const annotated = !author && request.claimedDecider ? forMessage(request.claimedDecider) : undefined;
  if (kind === 'approved') {
    return {
      text: approvedWords(roles, atTime(request.grantEnds, now), by, annotated),
      buttons: [
        { title: l10n.t('Open Request'), value: 'jitAccess.openRequest' },
        { title: l10n.t('Open Elevated Terminal'), value: 'jitAccess.openElevatedTerminal' },
        { title: l10n.t('Use in Main Login'), value: 'jitAccess.useInLogin' },
      ],
    };
  }
  if (kind === 'denied') {
    return {
      text: deniedWords(roles, by, annotated),
      buttons: [
        { title: l10n.t('Open Request'), value: 'jitAccess.openRequest' },
        { title: l10n.t('Ask Again…'), value: 'jitAccess.askAgain' },
      ],
    };
  }
  return {
    text: l10n.t('{0} became a membership of an access list; sign in again to use it.', roles),
    buttons: [{ title: l10n.t('Open Request'), value: 'jitAccess.openRequest' }],
  };
}

function toReviewNotice(requests: readonly AccessRequest[]): NotificationContent {
  const [request] = requests;
  if (requests.length !== 1 || !request) {
    const value = 'jitAccess.toReview.focus';
    return {
      text: l10n.t('Requests that wait for your review: {0}', requests.length),
      buttons: [{ title: l10n.t('Show Requests'), value }],
    };
  }
  const [user, roles] = [forMessage(request.user), roleNames(request)];
  return {
    text:
      user === undefined
        ? l10n.t('A request for {0} waits for your review.', roles)
        : l10n.t('{0} asks for {1}.', user, roles),
    buttons: [{ title: l10n.t('Open Request'), value: 'jitAccess.openRequest' }],
  };
}

/** @param annotated the name in the annotation of a decision with tctl, which is not proved */
function approvedWords(roles: string, until: string, by?: string, annotated?: string): string {
  if (by !== undefined) return l10n.t('{0} approved by {1}, until {2}.', roles, by, until);
  return annotated === undefined
    ? l10n.t('{0} approved, until {1}.', roles, until)
    : l10n.t('{0} approved, says {1}, until {2}.', roles, annotated, until);
}

/** @param annotated the name in the annotation of a decision with tctl, which is not proved */
function deniedWords(roles: string, by: string | undefined, annotated: string | undefined): string {
  if (by !== undefined) return l10n.t('{0} denied by {1}.', roles, by);
  return annotated === undefined
    ? l10n.t('{0} denied.', roles)
    : l10n.t('{0} denied, says {1}.', roles, annotated);
}

/** Notifies the user of a change, with the next step as a button. The views show the same information. */
export async function notify(change: RequestChange, now: Instant): Promise<void> {
  const notice = notificationFor(change, now);
  if (!setting('notifications')) return;
  const mute = { title: l10n.t("Don't Show Again"), value: 'mute' };
  const buttons = notice.buttons.length < 3 ? [...notice.buttons, mute] : notice.buttons;
  const pressed = await showInfo(notice.text, ...buttons);
  if (pressed === 'mute')
    await changeSetting(change.kind === 'toReview' ? 'review.notify' : 'notifications', false);
  else if (pressed) {
    const id = change.kind === 'toReview' ? change.requests[0]?.id : decisionId(change);
    await vscode.commands.executeCommand(pressed, trusted({ target: { id } }));
  }
}
