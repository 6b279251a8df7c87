import * as v from 'valibot';
import type { Resource } from '../../access/request.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { parseJson, listOf, maybeText, parseWith, text } from './schemaParts.ts';

/** A Kubernetes cluster that a login can reach. */
export interface KubeCluster {
  readonly name: Untrusted;
  readonly selected: boolean;
}

const kubeCluster = v.pipe(
  v.object({ kube_cluster_name: text, selected: v.fallback(v.boolean(), false) }),
  v.transform(({ kube_cluster_name, selected }): KubeCluster => ({ name: kube_cluster_name, selected })),
);
const kubeClusters = v.nullable(listOf(kubeCluster));

/** Reads `tsh kube ls --format=json`. */
export const readKubeClusters = (output: string): KubeCluster[] =>
  parseWith(kubeClusters, parseJson(output)) ?? [];

/** A resource that may be requested. */
export interface FoundResource {
  readonly resource: Resource;
  /** The name shown to the user: the host name if there is one, else the resource's name. */
  readonly name: Untrusted;
  /** The labels as `k=v,k=v`. tsh may cut them. */
  readonly labels?: Untrusted;
}

/** Reads a resource id, `/cluster/kind/name[/sub]`; undefined for another text. */
export function readResourceId(id: string): Resource | undefined {
  const match = /^\/([^/\s]+)\/([^/\s]+)\/([^/\s]+)(?:\/(\S+))?$/.exec(id);
  if (!match) return undefined;
  const [, cluster = '', kind = '', name = '', sub] = match;
  return {
    cluster: untrusted(cluster),
    kind: untrusted(kind),
    name: untrusted(name),
    ...(sub === undefined ? {} : { sub: untrusted(sub) }),
  };
}

const searchRow = v.object({
  ResourceID: v.string(),
  Name: maybeText,
  DatabaseName: maybeText,
  Hostname: maybeText,
  Labels: maybeText,
});

/** Reads `tsh request search`: JSON from tsh 18.5.1 and newer, else a table with a hint below it. */
export function readSearch(output: string): FoundResource[] {
  if (output.trimStart().startsWith('[')) {
    return parseWith(listOf(searchRow), parseJson(output)).flatMap((row) => {
      const resource = readResourceId(row.ResourceID);
      const name = row.Hostname ?? row.Name ?? row.DatabaseName ?? resource?.name;
      if (!resource || name === undefined) return [];
      return [{ resource, name, ...(row.Labels === undefined ? {} : { labels: row.Labels }) }];
    });
  }
  return readTable(output);
}

/**
 * Reads the table of `tsh request search`. The table cuts names and ids; the hint below it has the full ids
 * in the same order. If the numbers of rows and ids differ, only the hint is used, so that a row never shows
 * another resource's id.
 */
function readTable(output: string): FoundResource[] {
  const ids = [...output.matchAll(/--resource[= ](\S+)/g)].map(([, id = '']) => id);
  const resources = ids.map(readResourceId).filter((resource) => resource !== undefined);
  const lines = output.split('\n');
  const dashes = lines.findIndex((line) => /^-+( -+)*\s*$/.test(line));
  const columns = dashes > 0 ? columnsOf(lines[dashes - 1] ?? '', lines[dashes] ?? '') : [];
  const end = lines.findIndex((line, at) => at > dashes && line.trim() === '');
  const rows = lines
    .slice(dashes + 1, end < 0 ? undefined : end)
    .map((line) => new Map(columns.map(({ name, from, to }) => [name, line.slice(from, to).trim()])));
  return resources.map((resource, at): FoundResource => {
    const cells = rows.length === resources.length ? rows[at] : undefined;
    const hostname = cells?.get('Hostname');
    const labels = cells?.get('Labels');
    return {
      resource,
      name: hostname ? untrusted(hostname) : resource.name,
      ...(labels ? { labels: untrusted(labels) } : {}),
    };
  });
}

/** The name and position of each column, from the line of dashes below the headings. */
function columnsOf(heading: string, dashes: string): { name: string; from: number; to: number }[] {
  return [...dashes.matchAll(/-+/g)].map((match) => {
    const [from, to] = [match.index, match.index + match[0].length];
    return { name: heading.slice(from, to).trim(), from, to };
  });
}

const roleRow = v.object({ Role: text });

/**
 * Reads `tsh request search --roles`, as JSON or as a table. tsh never cuts the first column of that table.
 */
export function readRoles(output: string): Untrusted[] {
  if (output.trimStart().startsWith('['))
    return parseWith(listOf(roleRow), parseJson(output)).map(({ Role }) => Role);
  const lines = output.split('\n');
  const dashes = lines.findIndex((line) => /^-+( -+)*\s*$/.test(line));
  if (dashes < 1) return [];
  const end = lines.findIndex((line, at) => at > dashes && line.trim() === '');
  return lines
    .slice(dashes + 1, end < 0 ? undefined : end)
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name !== '')
    .map(untrusted);
}
