import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { copy, tell } from '../editor/messages.ts';
import { openSettings } from '../editor/settings.ts';
import { showActions } from './actions.ts';
import { askAgain } from './askAgain.ts';
import { attempt } from './attempt.ts';
import { anyRequest } from './choose.ts';
import { dropAccess } from './givingBack.ts';
import { openRequest } from './openRequest.ts';
import { cancelRequest, nudge } from './pending.ts';
import { requestAccess } from './requestAccess.ts';
import { approve, deny } from './review.ts';
import { signIn } from './signIn.ts';
import { targetOf, type Target } from './target.ts';
import type { Tools } from './tools.ts';
import { openElevatedTerminal, useAccess, useInLogin } from './useAccess.ts';

type Handler = (tools: Tools, target: Target | undefined) => Promise<unknown>;

/** Every command: its id and what it does. Compared with package.json by a test. */
export const commands = {
  'jitAccess.requestAccess': (tools) => requestAccess(tools),
  'jitAccess.askAgain': askAgain,
  'jitAccess.useAccess': useAccess,
  'jitAccess.useInLogin': useInLogin,
  'jitAccess.openElevatedTerminal': openElevatedTerminal,
  'jitAccess.dropAccess': dropAccess,
  'jitAccess.approve': approve,
  'jitAccess.deny': deny,
  'jitAccess.nudge': nudge,
  'jitAccess.cancelRequest': cancelRequest,
  'jitAccess.openRequest': async (tools, target) =>
    openRequest(target?.id ?? (await anyRequest(tools, target, l10n.t('Open Request'))).id),
  'jitAccess.copyId': async (tools, target) => {
    await copy(target?.id ?? (await anyRequest(tools, target, l10n.t('Copy Id'))).id);
    void tell(l10n.t('The request id is on the clipboard.'));
  },
  'jitAccess.refresh': ({ refresh }) => refresh.now(),
  'jitAccess.signIn': (tools) => signIn(tools),
  'jitAccess.showActions': showActions,
  'jitAccess.showLog': async ({ log }) => {
    log.show();
  },
  'jitAccess.openSettings': () => openSettings(),
} as const satisfies Record<string, Handler>;

export type CommandId = keyof typeof commands;

/** Registers every command at once, each in the one wrapper that turns failures into words and buttons. */
export function registerCommands(tools: Tools): vscode.Disposable {
  const registered = Object.entries<Handler>(commands).map(([id, handler]) =>
    vscode.commands.registerCommand(id, (argument: unknown) => {
      const target = targetOf(argument);
      return attempt(tools, async () => {
        await handler(tools, target);
      });
    }),
  );
  return vscode.Disposable.from(...registered);
}
