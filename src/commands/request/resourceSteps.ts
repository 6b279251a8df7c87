import * as l10n from '@vscode/l10n';
import { resourceId, type Draft } from '../../access/requestDraft.ts';
import { forPick } from '../../access/untrusted/sinks.ts';
import { resourceName, type Resource } from '../../access/request.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { showInfo, withProgress } from '../../editor/messages.ts';
import { pickOne, pickSome, typeText, type Choice } from '../../editor/quickInput.ts';
import { WentBack, type StepPosition } from '../../editor/runSteps.ts';
import { searchKinds, type SearchKind } from '../../teleport/commands/tshResourceSearch.ts';
import type { FoundResource } from '../../teleport/output/resourceSchema.ts';

/** Searches for requestable resources of a kind. */
export type Search = (kind: SearchKind, words: readonly string[]) => Promise<readonly FoundResource[]>;

const kindWords = (kind: SearchKind): string =>
  ({
    node: l10n.t('Servers'),
    kube_cluster: l10n.t('Kubernetes clusters'),
    db: l10n.t('Databases'),
    app: l10n.t('Applications'),
    windows_desktop: l10n.t('Windows desktops'),
  })[kind];

const icons: Readonly<Record<SearchKind, string>> = {
  node: 'server',
  kube_cluster: 'server-environment',
  db: 'database',
  app: 'globe',
  windows_desktop: 'vm',
};

/** The names of resources in one line. */
export const resourceWords = (resources: readonly Resource[]): string =>
  resources.map((resource) => forPick(resourceName(resource))).join(', ');

/**
 * Asks for a kind and for search words, and then for the resources. Only resources that are already in the
 * draft are ticked.
 * @throws Cancelled
 */
export async function askResources(draft: Draft, position: StepPosition, search: Search): Promise<Draft> {
  const kind = await pickOne<SearchKind>(position, {
    choices: searchKinds.map((each) => ({ label: `$(${icons[each]}) ${kindWords(each)}`, value: each })),
    placeholder: l10n.t('What kind of resource?'),
    isSelected: (each) => each === searchKinds[0],
  });
  const words = await typeText(position, {
    value: '',
    placeholder: l10n.t('Words in its name or labels; empty for all'),
    prompt: l10n.t('While a resource request is in use, other resources are hidden from it'),
    check: () => undefined,
  });
  const found = await withProgress(l10n.t('Searching…'), () => search(kind, words.split(/[\s,]+/)));
  if (found.length === 0) {
    void showInfo(l10n.t('{0}: nothing found that you may request.', kindWords(kind)));
    throw new WentBack();
  }
  const chosenBefore = new Set(draft.resources?.map(resourceId));
  const resources = await pickSome<Resource>(
    position,
    {
      choices: found.map(choiceOf),
      placeholder: l10n.t('Which ones? Tick them, then press Enter'),
      isSelected: (resource) => chosenBefore.has(resourceId(resource)),
    },
    true,
  );
  return { ...draft, roles: [], resources };
}

function choiceOf({ resource, name, labels }: FoundResource): Choice<Resource> {
  const id: Untrusted = untrusted(resourceId(resource));
  return {
    label: forPick(name),
    ...(labels === undefined ? {} : { description: forPick(labels) }),
    detail: forPick(id),
    value: { ...resource, label: name },
  };
}
