import * as l10n from '@vscode/l10n';
import { resourceId, type Draft } from '../../access/requestDraft.ts';
import { forPick } from '../../access/untrusted/sinks.ts';
import { resourceName, type Resource } from '../../access/request.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { showInfo, withProgress } from '../../editor/messages.ts';
import {
  back,
  pickOne,
  pickSome,
  typeText,
  type Choice,
  type StepPosition,
} from '../../editor/quickInput.ts';
import { searchKinds, type SearchKind } from '../../teleport/commands/tshResourceSearch.ts';
import type { FoundResource } from '../../teleport/output/resourceSchema.ts';

/** Searches for requestable resources of a kind. */
export type Search = (kind: SearchKind, words: readonly string[]) => Promise<readonly FoundResource[]>;

function kindWords(kind: SearchKind): string {
  switch (kind) {
    case 'node':
      return l10n.t('Servers');
    case 'kube_cluster':
      return l10n.t('Kubernetes clusters');
    case 'db':
      return l10n.t('Databases');
    case 'app':
      return l10n.t('Applications');
    case 'windows_desktop':
      return l10n.t('Windows desktops');
  }
}

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
export async function askResources(
  draft: Draft,
  position: StepPosition,
  search: Search,
): Promise<Draft | typeof back> {
  const kind = await pickOne<SearchKind>(
    { ...position, canGoBack: true },
    {
      choices: searchKinds.map((searchKind) => ({
        label: `$(${icons[searchKind]}) ${kindWords(searchKind)}`,
        value: searchKind,
      })),
      placeholder: l10n.t('What kind of resource?'),
    },
  );
  if (kind === back) return back;
  const words = await typeText(
    { ...position, canGoBack: true },
    {
      value: '',
      placeholder: l10n.t('Words in its name or labels; empty for all'),
      prompt: l10n.t('While a resource request is in use, other resources are hidden from it'),
      check: () => undefined,
    },
  );
  if (words === back) return askResources(draft, position, search);
  const resources = await withProgress(l10n.t('Searching…'), () => search(kind, words.split(/[\s,]+/)));
  if (resources.length === 0) {
    void showInfo(l10n.t('{0}: nothing found that you may request.', kindWords(kind)));
    return askResources(draft, position, search);
  }
  const chosenBefore = new Set(draft.resources?.map(resourceId));
  const chosen = await pickSome<Resource>(
    { ...position, canGoBack: true },
    {
      choices: resources.map(choiceOf),
      placeholder: l10n.t('Which ones? Tick them, then press Enter'),
      isSelected: (resource) => chosenBefore.has(resourceId(resource)),
    },
    true,
  );
  if (chosen === back) return askResources(draft, position, search);
  return { ...draft, roles: [], resources: chosen };
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
