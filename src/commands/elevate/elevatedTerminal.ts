import * as l10n from '@vscode/l10n';
import { isInUse, type Elevation } from '../../access/elevation.ts';
import { forTerminalName } from '../../access/untrusted/sinks.ts';
import type { AccessRequest } from '../../access/request.ts';
import { showInfo, showWarning, withProgress } from '../../editor/messages.ts';
import { Cancelled } from '../../editor/quickInput.ts';
import { isRemote } from '../../editor/remote.ts';
import { openSettings } from '../../editor/settings.ts';
import { typingSetting } from '../../editor/terminals/terminalSettings.ts';
import type { TerminalPlan } from '../../editor/terminals/terminals.ts';
import { lostVariables } from '../../teleport/shell/processEnvironment.ts';
import { TeleportFailure } from '../../teleport/process/failure.ts';
import { variableWords } from '../../text/surroundings.ts';
import type { Profile } from '../../teleport/output/loginSchema.ts';
import { requireTrust } from '../shared/requireTrust.ts';
import { chooseKubeCluster } from './kubeCluster.ts';
import { environmentFor, shellVerdict, checkShell } from './checkShell.ts';
import type { ElevateServices } from './services.ts';

/**
 * Returns only if VS Code can open terminals.
 * @throws Cancelled in an untrusted workspace, after a warning
 */
export const requireTerminals = (): Promise<void> =>
  requireTrust(
    l10n.t('VS Code opens no terminals in Restricted Mode. Nothing was elevated; trust this folder first.'),
  );

/**
 * Assumes a request in a private home and chooses the Kubernetes cluster for kubectl there. A request is
 * assumed only once, also if this is called again in the meantime.
 * @throws TeleportFailure; Cancelled if the request is in use or being assumed
 */
export async function elevate(
  services: ElevateServices,
  request: AccessRequest,
  profile: Profile,
): Promise<Elevation> {
  const { store, elevations } = services;
  await requireTerminals();
  if (store.snapshot.busy.has(request.id) || isInUse(request, store.snapshot.elevations))
    throw new Cancelled();
  store.setBusy(request.id, 'assuming');
  // The check of the shell starts now, so that the terminal does not have to wait for it later.
  void shellVerdict(services);
  try {
    const elevation = await withProgress(l10n.t('Opening an elevated terminal…'), () =>
      elevations.assumePrivately(request, profile),
    );
    await chooseKubeCluster(services, elevation);
    return elevation;
  } finally {
    store.setBusy(request.id, undefined);
  }
}

/** Shows the terminal of an elevation; opens one if there is none. */
export async function showTerminal(services: ElevateServices, elevation: Elevation): Promise<void> {
  const { where } = elevation;
  if (where.kind !== 'private' || services.terminals.reveal(where.home)) return;
  await services.terminals.open(await planTerminal(services, elevation));
}

/**
 * Plans a terminal of an elevation after the check of the user's shell. Once the terminal is open, its
 * shell is added to the record of the home and its environment is checked.
 * @throws TeleportFailure `gone` if the elevation has no private home in use; Cancelled if it was dropped
 *   in the meantime
 */
export async function planTerminal(
  services: ElevateServices,
  { where, roles }: Elevation,
): Promise<TerminalPlan> {
  const { elevations } = services;
  if (where.kind !== 'private' || elevations.folderOf(where.home) === undefined)
    throw new TeleportFailure({ kind: 'gone' });
  await requireTerminals();
  const { home } = where;
  await checkShell(services);
  const folder = elevations.folderOf(home);
  if (folder === undefined) throw new Cancelled();
  const env = await environmentFor(services, folder);
  const [first, ...others] = roles;
  // VS Code draws the name over the terminal's tab as Markdown (seen in 1.139).
  const name = first ? forTerminalName(first).replace(/[*`~<>|]/g, ' ') : l10n.t('elevated');
  return {
    home,
    name: others.length > 0 ? `${name} +${String(others.length)}` : name,
    env,
    onStarted: async (pid) => {
      await elevations.shells.add(home, pid);
      void showRemoteNotice(services);
      void offerTypingSetting(services);
      return isAsPlanned(services, pid, env);
    },
  };
}

/** Whether a new shell has the elevated environment. Warns if VS Code or another extension has changed it. */
async function isAsPlanned(
  services: ElevateServices,
  pid: number,
  env: Readonly<Record<string, string>>,
): Promise<boolean> {
  const names = await lostVariables(pid, { env, workspace: services.workspace() });
  if (names.length > 0) void showLostVariables(services, names);
  return names.length === 0;
}

async function showLostVariables(services: ElevateServices, names: readonly string[]): Promise<void> {
  services.log.warn(`a terminal was started with another ${names.join(' and ')} than ours`);
  const others = names.filter((name) => name !== 'PATH');
  const text =
    others.length > 0
      ? l10n.t(
          'This terminal is not elevated as it should be: something, most likely another extension, changed {0} in it.',
          variableWords(names),
        )
      : l10n.t(
          'kubectl or tsh in this elevated terminal could be programs of the workspace: something, most likely another extension, put a folder of the workspace, or one without a full path, into PATH.',
        );
  if (await showWarning(text, { title: l10n.t('Show Log'), value: true })) services.log.show();
}

/** Tells the user once for each remote machine, as long as claims are kept, that the private homes are on that machine. */
async function showRemoteNotice({ files, elevations }: ElevateServices): Promise<void> {
  if (!isRemote()) return;
  const { space } = await elevations.owners.thisWindow();
  if (!(await files.claim(`copy-on-${space.machine}`))) return;
  void showInfo(
    l10n.t(
      'This window works on another machine: the private copy of your login lies there, until you give it back.',
    ),
    // VS Code shows a long message in full only if it has a button.
    { title: l10n.t('OK'), value: true },
  );
}

/**
 * Says that a Python extension may have typed into an elevated terminal that VS Code has restored, and offers its
 * setting.
 */
export async function warnOfTypedText(): Promise<void> {
  const name = typingSetting();
  if (name === undefined) return;
  const text = l10n.t(
    'VS Code restored an elevated terminal, and the Python extension may have typed a command into it, which runs a file of the workspace with your access. Look at the terminal. The setting "{0}" switches it off.',
    name,
  );
  if (await showWarning(text, { title: l10n.t('Open Setting'), value: true })) await openSettings(name);
}

/**
 * Says once in a while, as long as claims are kept, that a Python extension may type into elevated terminals, and
 * offers its setting. VS Code has no way to prevent that in a terminal that it restores.
 */
async function offerTypingSetting({ files }: ElevateServices): Promise<void> {
  const name = typingSetting();
  if (name === undefined || !(await files.claim(`typed-${name}`))) return;
  const text = l10n.t(
    'The Python extension types a command into terminals, which runs a file of the workspace. It leaves out a new elevated terminal, but not one that VS Code restores after a reload of the window: there it would run with your access. The setting "{0}" switches it off.',
    name,
  );
  if (await showWarning(text, { title: l10n.t('Open Setting'), value: true })) await openSettings(name);
}
