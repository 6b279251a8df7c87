// The commands `kubectl get`, `delete` and `logs`.
import { stringify } from 'yaml';
import { kubeKindNamed, type KubeKind, type KubeObject } from '../kube/kubeKinds.ts';
import { KubectlFailure, type KubectlArguments } from './arguments.ts';
import { statusFailure, bodyText, type KubeClient } from './client.ts';
import type { Output } from '../client/session.ts';

/** The API server's answer to a request for a table. */
interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly {
    readonly cells: readonly (string | number)[];
    readonly object: Pick<KubeObject, 'metadata'>;
  }[];
}

const asTable = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

/** Reads `pod x`, `pod/x` or `pods` as kind and name. Throws a KubectlFailure for an unknown kind. */
function targetOf([word = '', nextWord]: readonly string[]): { kind: KubeKind; name: string | undefined } {
  const [type = '', nameAfterSlash] = word.split('/');
  const kind = kubeKindNamed(type);
  if (!kind) throw new KubectlFailure(`error: the server doesn't have a resource type "${type}"`);
  return { kind, name: nameAfterSlash ?? nextWord };
}

const pathOf = (
  { group, namespaced, resource }: KubeKind,
  namespace: string | undefined,
  name?: string,
): string =>
  [
    group ? `/apis/${group}/v1` : '/api/v1',
    ...(namespaced && namespace !== undefined ? ['namespaces', namespace] : []),
    resource,
    ...(name === undefined ? [] : [encodeURIComponent(name)]),
  ].join('/');

/** Runs `kubectl get`: prints one object or a list of objects. */
export async function get(client: KubeClient, given: KubectlArguments, { out, err }: Output): Promise<void> {
  const words = given.words.slice(1);
  if (!words.length) {
    throw new KubectlFailure(
      "error: Required resource not specified.\nSee 'kubectl get -h' for help and examples",
    );
  }
  const { kind, name } = targetOf(words);
  const allNamespaces = given.isSet('all-namespaces') && kind.namespaced;
  const selector = given.text('selector');
  const path = pathOf(kind, allNamespaces ? undefined : client.namespace, name);
  const requestPath = selector ? `${path}?labelSelector=${encodeURIComponent(selector)}` : path;
  const output = given.text('output') ?? '';
  if (output === 'json' || output === 'yaml') {
    const response = await client.requestJson<KubeObject & { items?: KubeObject[] }>('GET', requestPath);
    const printed = sorted(response.items ? listOf(response.items) : response);
    out(output === 'json' ? `${JSON.stringify(printed, undefined, 4)}\n` : stringify(printed, yamlStyle));
    return;
  }
  if (output && output !== 'name' && output !== 'wide') {
    throw new KubectlFailure(
      `error: unable to match a printer suitable for the output format "${output}", allowed formats are: json,name,wide,yaml`,
    );
  }
  const table = await client.requestJson<Table>('GET', requestPath, asTable);
  if (output === 'name') {
    const type = kind.group ? `${kind.singular}.${kind.group}` : kind.singular;
    out(table.rows.map(({ object }) => `${type}/${object.metadata.name}\n`).join(''));
    return;
  }
  if (!table.rows.length) {
    const where = allNamespaces || !kind.namespaced ? '' : ` in ${client.namespace} namespace.`;
    err(`No resources found${where}\n`);
    return;
  }
  out(rowsOf(table, output === 'wide', allNamespaces, !given.isSet('no-headers')));
}

const yamlStyle = { indentSeq: false, lineWidth: 0 };

const listOf = (items: readonly KubeObject[]): object => ({
  apiVersion: 'v1',
  items,
  kind: 'List',
  metadata: { resourceVersion: '' },
});

/** Sorts the keys of an object and of all objects in it. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

/** Formats a table. `wide` adds the columns with a priority, `withNamespace` a column for the namespace. */
function rowsOf(
  { columnDefinitions, rows }: Table,
  wide: boolean,
  withNamespace: boolean,
  withHead: boolean,
): string {
  const shown = [...columnDefinitions.keys()].filter((at) => wide || columnDefinitions[at]?.priority === 0);
  const title = shown.map((at) => (columnDefinitions[at]?.name ?? '').toUpperCase());
  const lines = rows.map(({ cells, object }) => [
    ...(withNamespace ? [object.metadata.namespace ?? ''] : []),
    ...shown.map((at) => String(cells[at] ?? '')),
  ]);
  return columns([...(withHead ? [[...(withNamespace ? ['NAMESPACE'] : []), ...title]] : []), ...lines]);
}

/** Formats rows as columns with three spaces between them, as kubectl does. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => (at < row.length - 1 ? cell.padEnd((widths[at] ?? 0) + 3) : cell)).join('');
  return rows.map((row) => `${line(row)}\n`).join('');
}

/** Runs `kubectl delete`: deletes one or several objects of a kind. */
export async function remove(client: KubeClient, given: KubectlArguments, { out }: Output): Promise<void> {
  const [, word = '', ...names] = given.words;
  const { kind, name } = targetOf([word, names[0]].filter((each) => each !== undefined));
  if (name === undefined) {
    throw new KubectlFailure('error: resource(s) were provided, but no name was specified');
  }
  for (const each of word.includes('/') ? [name] : names) {
    await client.requestJson('DELETE', pathOf(kind, client.namespace, each));
    const type = kind.group ? `${kind.singular}.${kind.group}` : kind.singular;
    out(`${type} ${JSON.stringify(each)} deleted\n`);
  }
}

/**
 * Runs `kubectl logs`: prints the log of a pod. With `-f` it continues until the server closes the
 * connection.
 */
export async function logs(client: KubeClient, given: KubectlArguments, { out }: Output): Promise<void> {
  const [, word] = given.words;
  if (word === undefined) throw new KubectlFailure("error: expected 'logs [-f] (POD | TYPE/NAME)'.");
  const kind = kubeKindNamed('pods');
  const name = word.replace(/^pods?\//, '');
  if (!kind) return;
  const query = new URLSearchParams();
  if (given.isSet('follow')) query.set('follow', 'true');
  const tail = given.text('tail');
  if (tail !== undefined) query.set('tailLines', tail);
  const path = `${pathOf(kind, client.namespace, name)}/log?${query.toString()}`;
  const response = await client.send('GET', path, '*/*');
  if ((response.statusCode ?? 0) >= 400) throw statusFailure(await bodyText(response));
  try {
    for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) out(chunk);
  } catch {
    throw new KubectlFailure('error: unexpected EOF');
  }
}
