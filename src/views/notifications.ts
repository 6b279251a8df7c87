import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { RequestChange } from '../access/requestChanges.ts';
import { forMessage, namesForMessage } from '../access/text/sinks.ts';
import { decidingReview, type AccessRequest } from '../access/request.ts';
import { showInfo, type Button } from '../editor/messages.ts';
import type { Instant, RequestId } from '../access/text/untrusted.ts';
import { trusted } from '../editor/trustedArguments.ts';
import { changeSetting as changeSetting, setting } from '../editor/settings.ts';
import { atTime } from '../text/time.ts';

interface Notice {
  readonly text: string;
  readonly buttons: readonly Button<string>[];
}

const roleOf = (request: AccessRequest): string => namesForMessage(request.roles) ?? request.id;

/** What a decision, or being asked for one, says and offers. Pure, apart from the language. */
export function noticeOf(change: RequestChange, now: Instant): Notice {
  if (change.kind === 'asked') return askedNotice(change.requests);
  if (change.kind === 'lapsed') {
    return {
      text: l10n.t(
        'Nobody decided in time: request {0} has expired.',
        change.request ? roleOf(change.request) : change.id,
      ),
      buttons: [{ title: l10n.t('Ask Again…'), value: 'jitAccess.askAgain' }],
    };
  }
  const { kind, request } = change;
  const what = roleOf(request);
  const author = decidingReview(request)?.author;
  const by = author ? forMessage(author) : undefined;
  // With tctl only the decider's own client notes who it was.
  const says = !author && request.says ? forMessage(request.says) : undefined;
  if (kind === 'approved') {
    return {
      text: approvedWords(what, atTime(request.grantEnds, now), by, says),
      buttons: [
        { title: l10n.t('Open Elevated Terminal'), value: 'jitAccess.openElevatedTerminal' },
        { title: l10n.t('Use in This Login'), value: 'jitAccess.useInLogin' },
        { title: l10n.t('Later'), value: '' },
      ],
    };
  }
  if (kind === 'denied') {
    return {
      text: deniedWords(what, by, says),
      buttons: [
        { title: l10n.t('Open Request'), value: 'jitAccess.openRequest' },
        { title: l10n.t('Ask Again…'), value: 'jitAccess.askAgain' },
      ],
    };
  }
  return {
    text: l10n.t('{0} became a membership of an access list; sign in again to use it.', what),
    buttons: [{ title: l10n.t('Open Request'), value: 'jitAccess.openRequest' }],
  };
}

function askedNotice(requests: readonly AccessRequest[]): Notice {
  const [request] = requests;
  if (requests.length !== 1 || !request) {
    const value = 'jitAccess.toReview.focus';
    return {
      text: l10n.t('Requests that wait for your review: {0}', requests.length),
      buttons: [{ title: l10n.t('Show Requests'), value }],
    };
  }
  const [who, what] = [forMessage(request.user), roleOf(request)];
  return {
    text:
      who === undefined
        ? l10n.t('A request for {0} waits for your review.', what)
        : l10n.t('{0} asks for {1}.', who, what),
    buttons: [{ title: l10n.t('Open Request'), value: 'jitAccess.openRequest' }],
  };
}

function approvedWords(what: string, until: string, by?: string, says?: string): string {
  if (by !== undefined) return l10n.t('{0} approved by {1}, until {2}.', what, by, until);
  return says === undefined
    ? l10n.t('{0} approved, until {1}.', what, until)
    : l10n.t('{0} approved, says {1}, until {2}.', what, says, until);
}

function deniedWords(what: string, by: string | undefined, says: string | undefined): string {
  if (by !== undefined) return l10n.t('{0} denied by {1}.', what, by);
  return says === undefined ? l10n.t('{0} denied.', what) : l10n.t('{0} denied, says {1}.', what, says);
}

/** Tells what a person waits for or is asked, with the next step as a button. All of it also stands in the views. */
export async function notify(change: RequestChange, now: Instant): Promise<void> {
  const notice = noticeOf(change, now);
  if (!setting('notifications')) return;
  const mute = { title: l10n.t("Don't Show Again"), value: 'mute' };
  const buttons = notice.buttons.length < 3 ? [...notice.buttons, mute] : notice.buttons;
  const pressed = await showInfo(notice.text, ...buttons);
  if (pressed === 'mute')
    await changeSetting(change.kind === 'asked' ? 'review.notify' : 'notifications', false);
  else if (pressed) await vscode.commands.executeCommand(pressed, trusted({ target: { id: idOf(change) } }));
}

function idOf(change: RequestChange): RequestId | undefined {
  if (change.kind === 'lapsed') return change.id;
  return change.kind === 'asked' ? change.requests[0]?.id : change.request.id;
}
