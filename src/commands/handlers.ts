import * as l10n from '@vscode/l10n';
import { copy, tell } from '../editor/messages.ts';
import { isOurs } from '../editor/ours.ts';
import { openSettings } from '../editor/settings.ts';
import { showActions } from './actions.ts';
import { askAgain } from './askAgain.ts';
import { attempt } from './attempt.ts';
import { anyRequest } from './choose.ts';
import { copyEnvironment } from './copyEnvironment.ts';
import { doctor } from './doctor.ts';
import { continueAccess } from './continueAccess.ts';
import { dropAccess, dropAll } from './givingBack.ts';
import { keepKubernetesCluster, pointKubectlBack } from './kubeMismatch.ts';
import { openRequest } from './openRequest.ts';
import { cancelRequest, nudge } from './pending.ts';
import { requestAccess } from './requestAccess.ts';
import { approve, deny } from './review.ts';
import { runInTerminal } from './runInTerminal.ts';
import { signIn } from './signIn.ts';
import { signOut } from './signOut.ts';
import { switchProfile } from './switchProfile.ts';
import { targetOf, type Target } from './target.ts';
import type { CommandId } from './index.ts';
import type { Tools } from './tools.ts';
import { openElevatedTerminal, useAccess, useInLogin } from './useAccess.ts';

/** `ours` is the command's argument, where it is an object we made. */
type Handler = (tools: Tools, target: Target | undefined, ours: object | undefined) => unknown;

/** Loaded at its first use. */
const privileges = () => import('./privileges.ts');

/** What each command does. */
const handlers: Record<CommandId, Handler> = {
  'jitAccess.requestAccess': (tools) => requestAccess(tools),
  'jitAccess.askAgain': askAgain,
  'jitAccess.useAccess': useAccess,
  'jitAccess.useInLogin': useInLogin,
  'jitAccess.openElevatedTerminal': openElevatedTerminal,
  'jitAccess.continueAccess': continueAccess,
  'jitAccess.runInElevatedTerminal': runInTerminal,
  'jitAccess.copyEnvironment': copyEnvironment,
  'jitAccess.pointKubectlBack': pointKubectlBack,
  'jitAccess.keepKubernetesCluster': keepKubernetesCluster,
  'jitAccess.dropAccess': dropAccess,
  'jitAccess.dropAll': (tools) => dropAll(tools),
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
  'jitAccess.signOut': (tools) => signOut(tools),
  'jitAccess.switchProfile': (tools) => switchProfile(tools),
  'jitAccess.doctor': (tools) => doctor(tools),
  'jitAccess.checkPrivileges': async (tools) => (await privileges()).checkPrivileges(tools),
  'jitAccess.saveReport': async (tools) => (await privileges()).saveReport(tools),
  'jitAccess.acceptFinding': async (tools, _, ours) => (await privileges()).acceptFinding(tools, ours),
  'jitAccess.openFinding': async (tools, _, ours) => (await privileges()).openFinding(tools, ours),
  'jitAccess.showActions': showActions,
  'jitAccess.showLog': ({ log }) => log.show(),
  'jitAccess.openSettings': () => openSettings(),
  'jitAccess.setUpRoles': async (tools) => (await import('./setUpRoles.ts')).setUpRoles(tools),
  'jitAccess.openManifest': async (tools) => (await import('./openManifest.ts')).openAnyManifest(tools),
  // Loaded when it is needed: few people administer roles.
  'jitAccess.applyRoles': async (tools) => (await import('./applyRoles.ts')).applyRoles(tools),
  'jitAccess.undoApply': async (tools) => (await import('./undoApply.ts')).undoApply(tools),
  'jitAccess.applyShown': async (tools) => (await import('./applyRoles.ts')).applyShown(tools),
  'jitAccess.undoShown': async (tools) => (await import('./undoApply.ts')).undoShown(tools),
};

/** Runs a command in the one wrapper that turns failures into words and buttons. */
export function runCommand(tools: Tools, id: CommandId, argument: unknown): Promise<void> {
  const target = targetOf(argument);
  return attempt(tools, async () => {
    await handlers[id](tools, target, isOurs(argument) ? argument : undefined);
  });
}
