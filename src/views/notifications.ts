import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Change } from '../access/changes.ts';
import { forMessage } from '../access/inert.ts';
import { decidingReview, type AccessRequest } from '../access/request.ts';
import { tell, type Button } from '../editor/messages.ts';
import { mark } from '../editor/ours.ts';
import { change as changeSetting, setting } from '../editor/settings.ts';

interface Notice {
  readonly text: string;
  readonly buttons: readonly Button<string>[];
}

const roleOf = (request: AccessRequest): string =>
  (request.roles.length === 1 && request.roles[0] ? forMessage(request.roles[0]) : undefined) ?? request.id;

/** What a decision says and offers; undefined where nobody waits. Pure, apart from the language. */
export function noticeOf(change: Change): Notice | undefined {
  if (change.kind === 'ended') return undefined;
  if (change.kind === 'lapsed') {
    return {
      text: l10n.t(
        'Nobody decided in time: request {0} has expired.',
        change.request ? roleOf(change.request) : change.id,
      ),
      buttons: [{ title: l10n.t('Ask Again…'), means: 'jitAccess.askAgain' }],
    };
  }
  const { kind, request } = change;
  const what = roleOf(request);
  const author = decidingReview(request)?.author;
  const by = author ? forMessage(author) : undefined;
  if (kind === 'approved') {
    return {
      text: by === undefined ? l10n.t('{0} approved.', what) : l10n.t('{0} approved by {1}.', what, by),
      buttons: [
        { title: l10n.t('Open Elevated Terminal'), means: 'jitAccess.openElevatedTerminal' },
        { title: l10n.t('Use in This Login'), means: 'jitAccess.useInLogin' },
        { title: l10n.t('Later'), means: '' },
      ],
    };
  }
  if (kind === 'denied') {
    return {
      text: by === undefined ? l10n.t('{0} denied.', what) : l10n.t('{0} denied by {1}.', what, by),
      buttons: [
        { title: l10n.t('Open Request'), means: 'jitAccess.openRequest' },
        { title: l10n.t('Ask Again…'), means: 'jitAccess.askAgain' },
      ],
    };
  }
  return {
    text: l10n.t('{0} became a membership of an access list; sign in again to use it.', what),
    buttons: [{ title: l10n.t('Open Request'), means: 'jitAccess.openRequest' }],
  };
}

/** Tells what a person waits for, with the next step as a button. All of it also stands in the views. */
export async function notify(change: Change): Promise<void> {
  const notice = noticeOf(change);
  if (!notice || change.kind === 'ended' || !setting('notifications')) return;
  const id = change.kind === 'lapsed' ? change.id : change.request.id;
  const mute = { title: l10n.t("Don't Show Again"), means: 'mute' };
  const buttons = notice.buttons.length < 3 ? [...notice.buttons, mute] : notice.buttons;
  const pressed = await tell(notice.text, ...buttons);
  if (pressed === 'mute') await changeSetting('notifications', false);
  else if (pressed) await vscode.commands.executeCommand(pressed, mark({ target: { id } }));
}
