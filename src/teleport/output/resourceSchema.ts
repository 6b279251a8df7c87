import * as v from 'valibot';
import type { Resource } from '../../access/request.ts';
import { untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import { json, listOf, maybeText, parseWith, text } from './schemaParts.ts';

/** A Kubernetes cluster that can be reached with a login. */
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
  parseWith(kubeClusters, json(output)) ?? [];

/** A resource that may be asked for. */
export interface FoundResource {
  readonly resource: Resource;
  /** What a person knows it by: the host's name, else its own. */
  readonly name: Untrusted;
  /** `k=v,k=v`, as far as tsh showed it. */
  readonly labels?: Untrusted;
}

/** `/cluster/kind/name[/sub]`; undefined when it is none. */
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

const row = v.object({
  ResourceID: v.string(),
  Name: maybeText,
  DatabaseName: maybeText,
  Hostname: maybeText,
  Labels: maybeText,
});

/** Reads `tsh request search`: JSON where this tsh has it (18.5.1 and newer), else the table and the hint below it. */
export function readSearch(output: string): FoundResource[] {
  if (output.trimStart().startsWith('[')) {
    return parseWith(listOf(row), json(output)).flatMap((one) => {
      const resource = readResourceId(one.ResourceID);
      const name = one.Hostname ?? one.Name ?? one.DatabaseName ?? resource?.name;
      if (!resource || name === undefined) return [];
      return [{ resource, name, ...(one.Labels === undefined ? {} : { labels: one.Labels }) }];
    });
  }
  return readTable(output);
}

/**
 * The table cuts names and ids; the hint below it has the full ids in the same order. Where the two do not fit
 * together the hint alone counts: what is asked for must be what is meant.
 */
function readTable(output: string): FoundResource[] {
  const ids = [...output.matchAll(/--resource[= ](\S+)/g)].map(([, id = '']) => id);
  const resources = ids.map(readResourceId).filter((one) => one !== undefined);
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

/** Where each column stands, from the line of dashes below the headings. */
function columnsOf(heading: string, dashes: string): { name: string; from: number; to: number }[] {
  return [...dashes.matchAll(/-+/g)].map((match) => {
    const [from, to] = [match.index, match.index + match[0].length];
    return { name: heading.slice(from, to).trim(), from, to };
  });
}

const roleRow = v.object({ Role: text });

/** Reads `tsh request search --roles`, as JSON or as a table, whose first column is never cut. */
export function readRoles(output: string): Untrusted[] {
  if (output.trimStart().startsWith('['))
    return parseWith(listOf(roleRow), json(output)).map(({ Role }) => Role);
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
