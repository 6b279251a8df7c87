// Reads and writes a kubeconfig as tsh does: keeps existing entries and sorts entries by name.
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

/** An entry of `clusters`: the address of an API server and the CA that signs its certificate. */
export interface KubeconfigCluster extends Named {
  readonly cluster: {
    readonly 'certificate-authority-data'?: string;
    readonly server?: string;
    readonly 'tls-server-name'?: string;
  };
}

/** An entry of `contexts`: a cluster, a user and a namespace under one name. */
export interface KubeconfigContext extends Named {
  readonly context: {
    readonly cluster: string;
    readonly extensions?: readonly Extension[];
    readonly namespace?: string;
    readonly user: string;
  };
}

/** The program that kubectl runs to get a credential. */
export interface ExecPlugin {
  readonly apiVersion: string;
  readonly args?: readonly string[] | null;
  readonly command: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly provideClusterInfo?: boolean;
}

/** An entry of `users`: a program that gives a credential, or a token. */
export interface KubeconfigUser extends Named {
  readonly user: { readonly exec?: ExecPlugin; readonly token?: string };
}

/** A kubeconfig. Unknown keys are kept unchanged. */
export interface Kubeconfig {
  apiVersion: string;
  clusters: KubeconfigCluster[];
  contexts: KubeconfigContext[];
  'current-context': string;
  kind: string;
  preferences: object;
  users: KubeconfigUser[];
}

/** Returns the paths of the files that kubectl reads, in its order. */
export const kubeconfigPaths = (env: NodeJS.ProcessEnv): string[] => {
  const paths = (env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean);
  return paths.length ? paths : [join(homedir(), '.kube', 'config')];
};

/** Returns the path of the file that tsh writes: the first that kubectl reads. */
export const kubeconfigPath = (env: NodeJS.ProcessEnv): string => kubeconfigPaths(env)[0] ?? '';

/**
 * Reads a kubeconfig. Returns an empty one when the file is missing.
 * @throws Refusal when it cannot be read.
 */
export function readKubeconfig(path: string): Kubeconfig {
  const parsed = parseFile(path);
  return {
    ...parsed,
    apiVersion: 'v1',
    clusters: parsed?.clusters ?? [],
    contexts: parsed?.contexts ?? [],
    'current-context': parsed?.['current-context'] ?? '',
    kind: 'Config',
    preferences: parsed?.preferences ?? {},
    users: parsed?.users ?? [],
  };
}

type ParsedKubeconfig = { readonly [key in keyof Kubeconfig]?: Kubeconfig[key] | null } | null;

function parseFile(path: string): ParsedKubeconfig {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Refusal(`failed to load existing kubeconfig ${JSON.stringify(path)}: ${String(error)}`);
  }
  try {
    return parse(text) as ParsedKubeconfig;
  } catch (error) {
    throw new Refusal(`failed to parse existing kubeconfig ${JSON.stringify(path)}: ${String(error)}`);
  }
}

/** Writes a kubeconfig in the layout that Go's YAML writer gives it. */
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

/** Returns the list with the entry at its end and without an older entry of the same name. */
export const withEntry = <T extends Named>(list: readonly T[], entry: T): T[] => [
  ...list.filter(({ name }) => name !== entry.name),
  entry,
];

/** Returns the value of a context's extension, or undefined. */
export const extensionOf = ({ context }: KubeconfigContext, name: string): unknown =>
  context.extensions?.find((each) => each.name === name)?.extension;

/** Returns the context with an extension set, or without the extension when no value is given. */
export function withExtension(
  context: KubeconfigContext,
  name: string,
  extension?: unknown,
): KubeconfigContext {
  const { extensions = [], ...rest } = context.context;
  const kept = [
    ...extensions.filter((each) => each.name !== name),
    ...(extension === undefined ? [] : [{ extension, name }]),
  ];
  return { ...context, context: { ...rest, ...(kept.length ? { extensions: kept } : {}) } };
}
