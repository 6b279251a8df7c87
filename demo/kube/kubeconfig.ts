// The kubeconfig as tsh reads and writes it: merged into what is there, names in order.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { Refusal } from '../cli/refusal.ts';

interface Named {
  readonly name: string;
}

interface Extension extends Named {
  readonly extension: unknown;
}

export interface KubeconfigCluster extends Named {
  readonly cluster: {
    readonly 'certificate-authority-data'?: string;
    readonly server?: string;
    readonly 'tls-server-name'?: string;
  };
}

export interface KubeconfigContext extends Named {
  readonly context: {
    readonly cluster: string;
    readonly extensions?: readonly Extension[];
    readonly namespace?: string;
    readonly user: string;
  };
}

export interface ExecPlugin {
  readonly apiVersion: string;
  readonly args?: readonly string[] | null;
  readonly command: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly provideClusterInfo?: boolean;
}

export interface KubeconfigUser extends Named {
  readonly user: { readonly exec?: ExecPlugin; readonly token?: string };
}

/** A kubeconfig; keys we do not know stay as they are. */
export interface Kubeconfig {
  apiVersion: string;
  clusters: KubeconfigCluster[];
  contexts: KubeconfigContext[];
  'current-context': string;
  kind: string;
  preferences: object;
  users: KubeconfigUser[];
}

/** The files kubectl reads, in its order. */
export const kubeconfigPaths = (env: NodeJS.ProcessEnv): string[] => {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean);
  return named.length ? named : [join(homedir(), '.kube', 'config')];
};

/** The one file tsh writes: the first. */
export const kubeconfigPath = (env: NodeJS.ProcessEnv): string => kubeconfigPaths(env)[0] ?? '';

/** Reads a kubeconfig; a missing file is an empty one. */
export function readKubeconfig(path: string): Kubeconfig {
  const read = parseFile(path);
  return {
    ...read,
    apiVersion: 'v1',
    clusters: read?.clusters ?? [],
    contexts: read?.contexts ?? [],
    'current-context': read?.['current-context'] ?? '',
    kind: 'Config',
    preferences: read?.preferences ?? {},
    users: read?.users ?? [],
  };
}

type Read = { readonly [key in keyof Kubeconfig]?: Kubeconfig[key] | null } | null;

function parseFile(path: string): Read {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Refusal(`failed to load existing kubeconfig ${JSON.stringify(path)}: ${String(error)}`);
  }
  try {
    return parse(text) as Read;
  } catch (error) {
    throw new Refusal(`failed to parse existing kubeconfig ${JSON.stringify(path)}: ${String(error)}`);
  }
}

/** Writes a kubeconfig laid out as Go does. */
export function writeKubeconfig(path: string, config: Kubeconfig): void {
  const byName = (a: Named, b: Named): number => (a.name < b.name ? -1 : 1);
  const { clusters, contexts, users } = config;
  const sorted = {
    ...config,
    clusters: clusters.toSorted(byName),
    contexts: contexts.toSorted(byName),
    users: users.toSorted(byName),
  };
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, stringify(sorted, { indentSeq: false, lineWidth: 0, sortMapEntries: true }), {
    mode: 0o600,
  });
}

/** The name's entry put in the place of an older one, or behind. */
export const withEntry = <T extends Named>(list: readonly T[], entry: T): T[] => [
  ...list.filter(({ name }) => name !== entry.name),
  entry,
];

/** The value of a context's extension. */
export const extensionOf = ({ context }: KubeconfigContext, name: string): unknown =>
  context.extensions?.find((each) => each.name === name)?.extension;

/** A context with an extension set or, without a value, gone. */
export function withExtension(
  context: KubeconfigContext,
  name: string,
  extension?: unknown,
): KubeconfigContext {
  const { extensions = [], ...rest } = context.context;
  const next = [
    ...extensions.filter((each) => each.name !== name),
    ...(extension === undefined ? [] : [{ extension, name }]),
  ];
  return { ...context, context: { ...rest, ...(next.length ? { extensions: next } : {}) } };
}
