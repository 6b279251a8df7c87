// `kubectl get`, `delete` and `logs`
import { stringify } from 'yaml';
import { kubeKindNamed, type KubeKind, type KubeObject } from '../kube/resourceKinds.ts';
import { KubectlFailure, type KubectlArguments } from './arguments.ts';
import { refusal, textOf, type KubeClient } from './client.ts';
import type { Output } from '../client/session.ts';

interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly {
    readonly cells: readonly (string | number)[];
    readonly object: Pick<KubeObject, 'metadata'>;
  }[];
}

const asTable = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

/** `pod x`, `pod/x` or `pods` as kind and name. */
function targetOf([word = '', named]: readonly string[]): { kind: KubeKind; name: string | undefined } {
  const [type = '', slashed] = word.split('/');
  const kind = kubeKindNamed(type);
  if (!kind) throw new KubectlFailure(`error: the server doesn't have a resource type "${type}"`);
  return { kind, name: slashed ?? named };
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

/** Prints one thing or a list of them. */
export async function get(client: KubeClient, given: KubectlArguments, { out, err }: Output): Promise<void> {
  const words = given.words.slice(1);
  if (!words.length) {
    throw new KubectlFailure(
      "error: Required resource not specified.\nSee 'kubectl get -h' for help and examples",
    );
  }
  const { kind, name } = targetOf(words);
  const everywhere = given.yes('all-namespaces') && kind.namespaced;
  const selector = given.text('selector');
  const path = pathOf(kind, everywhere ? undefined : client.namespace, name);
  const asked = selector ? `${path}?labelSelector=${encodeURIComponent(selector)}` : path;
  const output = given.text('output') ?? '';
  if (output === 'json' || output === 'yaml') {
    const answer = await client.ask<KubeObject & { items?: KubeObject[] }>('GET', asked);
    const shown = sorted(answer.items ? listOf(answer.items) : answer);
    out(output === 'json' ? `${JSON.stringify(shown, undefined, 4)}\n` : stringify(shown, yamlStyle));
    return;
  }
  if (output && output !== 'name' && output !== 'wide') {
    throw new KubectlFailure(
      `error: unable to match a printer suitable for the output format "${output}", allowed formats are: json,name,wide,yaml`,
    );
  }
  const table = await client.ask<Table>('GET', asked, asTable);
  if (output === 'name') {
    const type = kind.group ? `${kind.singular}.${kind.group}` : kind.singular;
    out(table.rows.map(({ object }) => `${type}/${object.metadata.name}\n`).join(''));
    return;
  }
  if (!table.rows.length) {
    const where = everywhere || !kind.namespaced ? '' : ` in ${client.namespace} namespace.`;
    err(`No resources found${where}\n`);
    return;
  }
  out(rowsOf(table, output === 'wide', everywhere, !given.yes('no-headers')));
}

const yamlStyle = { indentSeq: false, lineWidth: 0 };

const listOf = (items: readonly KubeObject[]): object => ({
  apiVersion: 'v1',
  items,
  kind: 'List',
  metadata: { resourceVersion: '' },
});

/** Keys in order, all the way down. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

function rowsOf(
  { columnDefinitions, rows }: Table,
  wide: boolean,
  namespaces: boolean,
  head: boolean,
): string {
  const shown = [...columnDefinitions.keys()].filter((at) => wide || columnDefinitions[at]?.priority === 0);
  const title = shown.map((at) => (columnDefinitions[at]?.name ?? '').toUpperCase());
  const lines = rows.map(({ cells, object }) => [
    ...(namespaces ? [object.metadata.namespace ?? ''] : []),
    ...shown.map((at) => String(cells[at] ?? '')),
  ]);
  return columns([...(head ? [[...(namespaces ? ['NAMESPACE'] : []), ...title]] : []), ...lines]);
}

/** Columns as kubectl sets them: three spaces between them. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => (at < row.length - 1 ? cell.padEnd((widths[at] ?? 0) + 3) : cell)).join('');
  return rows.map((row) => `${line(row)}\n`).join('');
}

/** Deletes one thing or several of a kind. */
export async function remove(client: KubeClient, given: KubectlArguments, { out }: Output): Promise<void> {
  const [, word = '', ...names] = given.words;
  const { kind, name } = targetOf([word, names[0]].filter((each) => each !== undefined));
  if (name === undefined) {
    throw new KubectlFailure('error: resource(s) were provided, but no name was specified');
  }
  for (const each of word.includes('/') ? [name] : names) {
    await client.ask('DELETE', pathOf(kind, client.namespace, each));
    const type = kind.group ? `${kind.singular}.${kind.group}` : kind.singular;
    out(`${type} ${JSON.stringify(each)} deleted\n`);
  }
}

/** Prints what a pod said; with `-f` until it is ended or cut off. */
export async function logs(client: KubeClient, given: KubectlArguments, { out }: Output): Promise<void> {
  const [, word] = given.words;
  if (word === undefined) throw new KubectlFailure("error: expected 'logs [-f] (POD | TYPE/NAME)'.");
  const kind = kubeKindNamed('pods');
  const name = word.replace(/^pods?\//, '');
  if (!kind) return;
  const query = new URLSearchParams();
  if (given.yes('follow')) query.set('follow', 'true');
  const tail = given.text('tail');
  if (tail !== undefined) query.set('tailLines', tail);
  const path = `${pathOf(kind, client.namespace, name)}/log?${query.toString()}`;
  const answer = await client.open('GET', path, '*/*');
  if ((answer.statusCode ?? 0) >= 400) throw refusal(await textOf(answer));
  try {
    for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) out(chunk);
  } catch {
    throw new KubectlFailure('error: unexpected EOF');
  }
}
