import * as l10n from '@vscode/l10n';
import { copyText, showInfo } from '../editor/messages.ts';
import { isTrustedArgument } from '../editor/trustedArguments.ts';
import { openSettings } from '../editor/settings.ts';
import { showActions } from './showActions.ts';
import { askAgain } from './request/requestAgain.ts';
import { runWithRecovery } from './login/runWithRecovery.ts';
import { anyRequest } from './shared/pickers.ts';
import { copyEnvironment } from './elevate/copyEnvironment.ts';
import { runDoctor } from './doctor/runDoctor.ts';
import { continueAccess } from './elevate/continueAccess.ts';
import { dropAccess, dropAll } from './elevate/dropAccess.ts';
import { keepKubernetesCluster, pointKubectlBack } from './elevate/kubeMismatch.ts';
import { openRequest } from './shared/openRequest.ts';
import { cancelRequest, nudge } from './request/pendingRequest.ts';
import { requestAccess } from './request/requestAccess.ts';
import { approve, deny } from './review/review.ts';
import { runInTerminal } from './elevate/runInTerminal.ts';
import { signIn } from './login/signIn.ts';
import { signOut } from './account/signOut.ts';
import { switchProfile } from './account/switchProfile.ts';
import { commandTarget, type CommandTarget } from './shared/commandTarget.ts';
import type { CommandId } from './shared/commandIds.ts';
import type { Tools } from './shared/services.ts';
import { openElevatedTerminal, useAccess, useInLogin } from './elevate/useAccess.ts';

/** `ours` is the command's argument, where it is an object we made. */
type Handler = (tools: Tools, target: CommandTarget | undefined, ours: object | undefined) => unknown;

/** Loaded at its first use. */
const privileges = () => import('./privileges/index.ts');

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
    await copyText(target?.id ?? (await anyRequest(tools, target, l10n.t('Copy Id'))).id);
    void showInfo(l10n.t('The request id is on the clipboard.'));
  },
  'jitAccess.refresh': ({ refresh }) => refresh.now(),
  'jitAccess.signIn': (tools) => signIn(tools),
  'jitAccess.signOut': (tools) => signOut(tools),
  'jitAccess.switchProfile': (tools) => switchProfile(tools),
  'jitAccess.doctor': (tools) => runDoctor(tools),
  'jitAccess.checkPrivileges': async (tools) => (await privileges()).checkPrivileges(tools),
  'jitAccess.saveReport': async (tools) => (await privileges()).saveReport(tools),
  'jitAccess.acceptFinding': async (tools, _, ours) => (await privileges()).acceptFinding(tools, ours),
  'jitAccess.openFinding': async (tools, _, ours) => (await privileges()).openFinding(tools, ours),
  'jitAccess.showActions': showActions,
  'jitAccess.showLog': ({ log }) => log.show(),
  'jitAccess.openSettings': () => openSettings(),
  'jitAccess.setUpRoles': async (tools) => (await import('./setUpRoles/setUpRoles.ts')).setUpRoles(tools),
  'jitAccess.openManifest': async (tools) =>
    (await import('./manifests/openManifest.ts')).openAnyManifest(tools),
  // Loaded when it is needed: few people administer roles.
  'jitAccess.applyRoles': async (tools) => (await import('./applyRoles/applyRoles.ts')).applyRoles(tools),
  'jitAccess.undoApply': async (tools) => (await import('./applyRoles/undoApply.ts')).undoApply(tools),
  'jitAccess.applyShown': async (tools) => (await import('./applyRoles/applyRoles.ts')).applyShown(tools),
  'jitAccess.undoShown': async (tools) => (await import('./applyRoles/undoApply.ts')).undoShown(tools),
};

/** Runs a command in the one wrapper that turns failures into words and buttons. */
export function handleCommand(tools: Tools, id: CommandId, argument: unknown): Promise<void> {
  const target = commandTarget(argument);
  return runWithRecovery(tools, async () => {
    await handlers[id](tools, target, isTrustedArgument(argument) ? argument : undefined);
  });
}
