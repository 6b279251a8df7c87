import * as l10n from '@vscode/l10n';
import type { RequestId } from '../access/untrusted/untrusted.ts';
import { copyText, showInfo } from '../editor/messages.ts';
import { isTrustedArgument } from '../editor/trustedArguments.ts';
import { openSettings } from '../editor/settings.ts';
import { showActions } from './showActions.ts';
import { askAgain } from './request/askAgain.ts';
import { runWithRecovery } from './login/runWithRecovery.ts';
import { chooseRequest } from './shared/pickers.ts';
import { copyEnvironment } from './elevate/copyEnvironment.ts';
import { continueAccess } from './elevate/continueAccess.ts';
import { dropAccess, dropAll } from './elevate/dropAccess.ts';
import { keepKubernetesCluster, pointKubectlBack } from './elevate/kubeCluster.ts';
import { openRequest } from './shared/openRequest.ts';
import { cancelRequest } from './request/cancelRequest.ts';
import { nudge } from './request/nudge.ts';
import { requestAccess } from './request/requestAccess.ts';
import { approve, deny } from './review/review.ts';
import { runInElevatedTerminal } from './elevate/runInElevatedTerminal.ts';
import { confirmSignIn, signIn } from './login/signIn.ts';
import { signOut } from './account/signOut.ts';
import { switchProfile } from './account/switchProfile.ts';
import { commandTarget, type CommandTarget } from './shared/commandTarget.ts';
import type { CommandId } from './shared/commandIds.ts';
import type { CommandServices } from './services.ts';
import { openElevatedTerminal, useAccess, useInLogin } from './elevate/useAccess.ts';
import type { CommandArgument } from './shared/runCommand.ts';

/** Runs a command. `argument` is passed only if this extension created it. */
type Handler = (
  services: CommandServices,
  target: CommandTarget | undefined,
  argument: object | undefined,
) => unknown;

/** Loaded at the first use, because few users check privileges. */
const privileges = () => import('./privileges/index.ts');

/** The handler of each command. */
const handlers: Record<CommandId, Handler> = {
  'jitAccess.requestAccess': (services) => requestAccess(services),
  'jitAccess.askAgain': askAgain,
  'jitAccess.useAccess': useAccess,
  'jitAccess.useInLogin': useInLogin,
  'jitAccess.openElevatedTerminal': openElevatedTerminal,
  'jitAccess.continueAccess': continueAccess,
  'jitAccess.runInElevatedTerminal': runInElevatedTerminal,
  'jitAccess.copyEnvironment': copyEnvironment,
  'jitAccess.pointKubectlBack': pointKubectlBack,
  'jitAccess.keepKubernetesCluster': keepKubernetesCluster,
  'jitAccess.dropAccess': dropAccess,
  'jitAccess.dropAll': (services, _, argument) => dropAll(services, argument !== undefined),
  'jitAccess.approve': approve,
  'jitAccess.deny': deny,
  'jitAccess.nudge': nudge,
  'jitAccess.cancelRequest': cancelRequest,
  'jitAccess.openRequest': async (services, target) =>
    openRequest(await chooseId(services, target, l10n.t('Open Request'))),
  'jitAccess.copyId': async (services, target) => {
    await copyText(await chooseId(services, target, l10n.t('Copy Id')));
    void showInfo(l10n.t('The request id is on the clipboard.'));
  },
  'jitAccess.refresh': ({ refresh }) => refresh.refreshNow(),
  'jitAccess.signIn': (services, _, argument) => (argument ? signIn(services) : confirmSignIn(services)),
  'jitAccess.signOut': (services) => signOut(services),
  'jitAccess.switchProfile': (services) => switchProfile(services),
  'jitAccess.doctor': async (services) => (await import('./doctor/runDoctor.ts')).runDoctor(services),
  'jitAccess.checkPrivileges': async (services) => (await privileges()).checkPrivileges(services),
  'jitAccess.saveReport': async (services) => (await privileges()).saveReport(services),
  'jitAccess.acceptFinding': async (services, _, argument) =>
    (await privileges()).acceptFinding(services, argument),
  'jitAccess.openFinding': async (services, _, argument) =>
    (await privileges()).openFinding(services, argument),
  'jitAccess.showActions': (services, _, argument) => showActions(services, argument !== undefined),
  'jitAccess.showLog': ({ log }) => log.show(),
  'jitAccess.openSettings': () => openSettings(),
  'jitAccess.setUpRoles': async (services) =>
    (await import('./setUpRoles/setUpRoles.ts')).setUpRoles(services),
  'jitAccess.openManifest': async (services) =>
    (await import('./manifests/openManifest.ts')).openAnyManifest(services),
  // Loaded at the first use, because few users administer roles.
  'jitAccess.applyRoles': async (services, _, argument) =>
    (await import('./applyRoles/applyRoles.ts')).applyRoles(services, filesIn(argument)),
  'jitAccess.undoApply': async (services) => (await import('./applyRoles/undoApply.ts')).undoApply(services),
  'jitAccess.applyShown': async (services) =>
    (await import('./applyRoles/applyRoles.ts')).applyFromDiff(services),
  'jitAccess.undoShown': async (services) =>
    (await import('./applyRoles/undoApply.ts')).undoFromDiff(services),
};

/** The id of the target, also of a request that the cluster no longer has, or of the one that the user picks. */
async function chooseId(
  services: CommandServices,
  target: CommandTarget | undefined,
  title: string,
): Promise<RequestId> {
  if (target) return target.id;
  return (
    await chooseRequest(services, target, 'open', { title, noneText: l10n.t('There are no requests.') })
  ).id;
}

/** The manifest files that another command of this extension passed. */
const filesIn = (argument: CommandArgument | undefined): CommandArgument['files'] => argument?.files;

/** Runs the handler of a command. `runWithRecovery` shows its failures as messages with buttons. */
export function handleCommand(services: CommandServices, id: CommandId, argument: unknown): Promise<void> {
  const target = commandTarget(argument);
  return runWithRecovery(services, async () => {
    await handlers[id](services, target, isTrustedArgument(argument) ? argument : undefined);
  });
}
