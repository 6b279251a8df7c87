import * as l10n from '@vscode/l10n';
import type { Elevation } from '../../access/elevation.ts';
import { forMessage } from '../../access/text/sinks.ts';
import { showInfo, withProgress } from '../../editor/messages.ts';
import { inTerminals } from '../shared/pickers.ts';
import type { CommandTarget } from '../shared/commandTarget.ts';
import type { ElevateServices } from './services.ts';

/** An elevation whose kubectl goes elsewhere than it was pointed at. */
function astray(
  services: ElevateServices,
  target: CommandTarget | undefined,
  title: string,
): Promise<Elevation> {
  const none = l10n.t('kubectl of what is elevated is where it was pointed at.');
  return inTerminals(services, target, title, ({ mismatch }) => mismatch !== undefined, none);
}

/**
 * Points kubectl of an elevation at its Kubernetes cluster again.
 * @throws TeleportFailure as `tsh kube login`
 */
export async function pointKubectlBack(services: ElevateServices, target?: CommandTarget): Promise<void> {
  const { elevations, kube } = services;
  const elevation = await astray(services, target, l10n.t('Point kubectl Back'));
  const { kube: cluster } = elevation;
  if (cluster === undefined) return;
  await withProgress(l10n.t('Preparing kubectl…'), () => kube.login(elevations.homeOf(elevation), cluster));
  const name = forMessage(cluster) ?? l10n.t('its Kubernetes cluster');
  void showInfo(l10n.t('kubectl of this access uses {0} again.', name));
}

/** Takes the cluster that kubectl of an elevation goes to for the one that was meant. */
export async function keepKubernetesCluster(
  services: ElevateServices,
  target?: CommandTarget,
): Promise<void> {
  const { where, mismatch } = await astray(services, target, l10n.t('Keep This Kubernetes Cluster'));
  if (where.kind === 'private' && mismatch) await services.elevations.setKubeCluster(where.home, mismatch);
}
