// The command `kubectl get`.
import { kubeKinds, type KubeKind } from '../kube/fixedWorld.ts';
import { KubectlFailure, type KubeClient } from './client.ts';
import type { Output } from '../client/session.ts';

/** The API server's answer to a request for a table. */
interface Table {
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows: readonly {
    readonly cells: readonly string[];
    readonly object: { readonly metadata: { readonly namespace?: string } };
  }[];
}

const asTable = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

/** Finds a kind by any of its names: `pods`, `pod`, `po`. */
export const kindNamed = (word: string): KubeKind | undefined =>
  kubeKinds.find(({ resource, singular, short }) => [resource, singular, short].includes(word));

/** Prints one object or a list of objects. `words` is `pods`, `pod x` or `pod/x`. */
export async function get(
  client: KubeClient,
  words: readonly string[],
  allNamespaces: boolean,
  { out, err }: Output,
): Promise<void> {
  const [type = '', name] = words.flatMap((word) => word.split('/'));
  const kind = kindNamed(type);
  if (!kind) {
    const kinds = kubeKinds.map(({ resource }) => resource).join(', ');
    throw new KubectlFailure(`error: the demo cluster has no resource type "${type}", only ${kinds}`);
  }
  const namespace = allNamespaces || !kind.namespaced ? undefined : client.namespace;
  const parts = [
    ...(namespace === undefined ? [] : ['namespaces', namespace]),
    kind.resource,
    name ?? [],
  ].flat();
  const path = ['/api/v1', ...parts.map(encodeURIComponent)].join('/');
  const { columnDefinitions, rows } = await client.requestJson<Table>('GET', path, asTable);
  if (!rows.length) {
    err(`No resources found${namespace === undefined ? '' : ` in ${namespace} namespace.`}\n`);
    return;
  }
  const withNamespace = allNamespaces && kind.namespaced;
  const head = columnDefinitions.map((column) => column.name.toUpperCase());
  out(
    columns([
      [...(withNamespace ? ['NAMESPACE'] : []), ...head],
      ...rows.map(({ cells, object }) => [
        ...(withNamespace ? [object.metadata.namespace ?? ''] : []),
        ...cells,
      ]),
    ]),
  );
}

/** Formats rows as columns with three spaces between them, as kubectl does. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => (at < row.length - 1 ? cell.padEnd((widths[at] ?? 0) + 3) : cell)).join('');
  return rows.map((row) => `${line(row)}\n`).join('');
}
