import * as l10n from '@vscode/l10n';
import type { Elevation } from '../../access/elevation.ts';
import { forPick } from '../../access/text/sinks.ts';
import { untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import { showInfo, withProgress } from '../../editor/messages.ts';
import { setting } from '../../editor/settings.ts';
import { back, Cancelled, pickOne, type Choice } from '../../editor/quickInput.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import type { KubeCluster } from '../../teleport/output/resourceSchema.ts';
import type { ElevateServices } from './services.ts';

/**
 * Points kubectl of an elevated terminal at a Kubernetes cluster: the only one or the one in the settings without a
 * question, one of several as chosen. A terminal without kubectl is still a terminal, so nothing here keeps it from opening.
 */
export async function chooseKubeCluster(services: ElevateServices, elevation: Elevation): Promise<void> {
  const { kube, elevations } = services;
  if (elevation.where.kind !== 'private') return;
  const home = elevations.homeOf(elevation);
  try {
    const clusters = await withProgress(l10n.t('Looking for Kubernetes clusters…'), () => kube.list(home));
    const cluster = await oneOf(clusters);
    if (cluster === undefined) return;
    await withProgress(l10n.t('Preparing kubectl…'), () => kube.login(home, cluster));
    await elevations.setKubeCluster(elevation.where.home, cluster);
  } catch (error) {
    const kind = failureOf(error)?.kind;
    if (kind === undefined) throw error;
    // Teleport without Kubernetes says so in many ways; only the log has them all.
    if (kind !== 'tooOld' && kind !== 'refused')
      void showInfo(
        l10n.t('kubectl could not be prepared in this terminal; "tsh kube login" there may help.'),
      );
  }
}

async function oneOf(clusters: readonly KubeCluster[]): Promise<Untrusted | undefined> {
  const [only, ...others] = clusters;
  if (!only || others.length === 0) return only?.name;
  const usual = untrusted(setting('kubernetesCluster').trim());
  if (clusters.some(({ name }) => name === usual)) return usual;
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
    const answer = await pickOne(
      { title: l10n.t('Elevated Terminal') },
      {
        choices: [...choices, none],
        placeholder: l10n.t('Which Kubernetes cluster should kubectl use there?'),
      },
    );
    return answer === back ? undefined : answer;
  } catch (error) {
    // The access is in use already: leaving the question is no reason not to open its terminal.
    if (error instanceof Cancelled) return undefined;
    throw error;
  }
}
