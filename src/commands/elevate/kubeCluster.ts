import * as l10n from '@vscode/l10n';
import type { Elevation } from '../../access/elevation.ts';
import { forMessage, forPick } from '../../access/untrusted/sinks.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { showInfo, withProgress } from '../../editor/messages.ts';
import { setting } from '../../editor/settings.ts';
import { Cancelled, pickOne, type Choice } from '../../editor/quickInput.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import type { KubeCluster } from '../../teleport/output/resourceSchema.ts';
import type { CommandTarget } from '../shared/commandTarget.ts';
import { chooseElevation } from '../shared/pickers.ts';
import type { ElevateServices } from './services.ts';

/**
 * Chooses the Kubernetes cluster for kubectl in an elevated terminal: the only one, the one in the
 * settings, or the one that the user picks. A failure does not keep the terminal from opening, because it
 * is useful without kubectl as well.
 */
export async function chooseKubeCluster(services: ElevateServices, elevation: Elevation): Promise<void> {
  const { kube, elevations } = services;
  if (elevation.where.kind !== 'private') return;
  const home = elevations.homeOf(elevation);
  try {
    const clusters = await withProgress(l10n.t('Looking for Kubernetes clusters…'), () => kube.list(home));
    const cluster = await chooseCluster(clusters);
    if (cluster === undefined) return;
    await withProgress(l10n.t('Preparing kubectl…'), () => kube.login(home, cluster));
    await elevations.change(elevation.where.home, { kube: cluster });
  } catch (error) {
    const kind = failureOf(error)?.kind;
    if (kind === undefined) throw error;
    // A cluster without Kubernetes fails in different ways, so these failures are only logged.
    if (kind !== 'tooOld' && kind !== 'refused')
      void showInfo(
        l10n.t('kubectl could not be prepared in this terminal; "tsh kube login" there may help.'),
      );
  }
}

async function chooseCluster(clusters: readonly KubeCluster[]): Promise<Untrusted | undefined> {
  const [only, ...others] = clusters;
  if (!only || others.length === 0) return only?.name;
  const preferred = untrusted(setting('kubernetesCluster').trim());
  if (clusters.some(({ name }) => name === preferred)) return preferred;
  const none: Choice<Untrusted | undefined> = {
    label: l10n.t('None'),
    description: l10n.t('kubectl stays without a cluster'),
    value: undefined,
  };
  const choices = clusters.map(({ name }): Choice<Untrusted | undefined> => ({
    label: `$(server-environment) ${forPick(name)}`,
    value: name,
  }));
  try {
    return await pickOne(
      { title: l10n.t('Elevated Terminal') },
      {
        choices: [...choices, none],
        placeholder: l10n.t('Which Kubernetes cluster should kubectl use there?'),
      },
    );
  } catch (error) {
    // The request is already assumed, so the terminal opens although the user closed this pick.
    if (error instanceof Cancelled) return undefined;
    throw error;
  }
}

/** An elevation whose kubectl uses another cluster than the chosen one. */
function mismatchedElevation(
  services: ElevateServices,
  target: CommandTarget | undefined,
  title: string,
): Promise<Elevation> {
  const noneText = l10n.t('kubectl of what is elevated is where it was pointed at.');
  const clusters = ({ kube, mismatch }: Elevation): string =>
    l10n.t('kubectl uses {0}; chosen: {1}', mismatch ? forPick(mismatch) : '-', kube ? forPick(kube) : '-');
  return chooseElevation(services, target, 'kubeCluster', { title, noneText }, clusters);
}

/**
 * Makes kubectl of an elevation use the chosen Kubernetes cluster again.
 * @throws TeleportFailure as `tsh kube login`; Cancelled
 */
export async function pointKubectlBack(services: ElevateServices, target?: CommandTarget): Promise<void> {
  const { elevations, kube } = services;
  const elevation = await mismatchedElevation(services, target, l10n.t('Point kubectl Back'));
  const { kube: cluster } = elevation;
  if (cluster === undefined) return;
  await withProgress(l10n.t('Preparing kubectl…'), () => kube.login(elevations.homeOf(elevation), cluster));
  const name = forMessage(cluster) ?? l10n.t('its Kubernetes cluster');
  void showInfo(l10n.t('kubectl of this access uses {0} again.', name));
}

/** Makes the cluster that kubectl of an elevation now uses the chosen one. */
export async function keepKubernetesCluster(
  services: ElevateServices,
  target?: CommandTarget,
): Promise<void> {
  const { where, mismatch } = await mismatchedElevation(
    services,
    target,
    l10n.t('Keep This Kubernetes Cluster'),
  );
  if (where.kind === 'private' && mismatch) await services.elevations.change(where.home, { kube: mismatch });
}
