import * as v from 'valibot';
import type { Resource } from '../../access/request.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { maybeText, readCounted, text } from './schemaParts.ts';

/** A Kubernetes cluster that a login can reach. */
export interface KubeCluster {
  readonly name: Untrusted;
  readonly selected: boolean;
}

const kubeCluster = v.pipe(
  v.object({ kube_cluster_name: text, selected: v.fallback(v.boolean(), false) }),
  v.transform(({ kube_cluster_name, selected }): KubeCluster => ({ name: kube_cluster_name, selected })),
);

/** Reads `tsh kube ls --format=json`. */
export const readKubeClusters = (output: string): KubeCluster[] => readCounted(output, kubeCluster).items;

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
    return readCounted(output, searchRow).items.flatMap((row) => {
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
  const { heading, dashes, lines } = tableIn(output);
  const columns = columnsOf(heading, dashes);
  const rows = lines.map(
    (line) => new Map(columns.map(({ name, from, to }) => [name, line.slice(from, to).trim()])),
  );
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

/** The first table in an output: its headings, the line of dashes below them, and the lines up to a blank one. */
function tableIn(output: string): { heading: string; dashes: string; lines: readonly string[] } {
  const lines = output.split('\n');
  const at = lines.findIndex((line, index) => index > 0 && /^-+( -+)*\s*$/.test(line));
  if (at < 0) return { heading: '', dashes: '', lines: [] };
  const rows = lines.slice(at + 1);
  const end = rows.findIndex((line) => line.trim() === '');
  return {
    heading: lines[at - 1] ?? '',
    dashes: lines[at] ?? '',
    lines: rows.slice(0, end < 0 ? undefined : end),
  };
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
  if (output.trimStart().startsWith('[')) return readCounted(output, roleRow).items.map(({ Role }) => Role);
  return tableIn(output)
    .lines.map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name !== '')
    .map(untrusted);
}
