import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';

/** The cluster of the current context in a kubeconfig. */
export interface KubeContext {
  /** The Kubernetes cluster; the name of the context if Teleport did not write it. */
  readonly kube: Untrusted;
  /** The Teleport cluster; undefined if Teleport did not write the context. */
  readonly cluster: Untrusted | undefined;
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value under `key` of the list entry with a name. */
function entryNamed(list: unknown, name: unknown, key: string): Json | undefined {
  const entries: unknown[] = Array.isArray(list) ? list : [];
  const entry = entries.find((candidate) => isObject(candidate) && candidate['name'] === name);
  const value = isObject(entry) ? entry[key] : undefined;
  return isObject(value) ? value : undefined;
}

/**
 * Reads the cluster that kubectl would use. `tsh kube login` writes a user that runs
 * `tsh kube credentials --kube-cluster=… --teleport-cluster=…`.
 * @returns undefined if there is no current context or the text is not a kubeconfig; never throws
 */
export async function readKubeContext(text: string): Promise<KubeContext | undefined> {
  const config = await parseConfig(text);
  const current = config?.['current-context'];
  if (typeof current !== 'string' || current === '') return undefined;
  const context = entryNamed(config?.['contexts'], current, 'context');
  const user = entryNamed(config?.['users'], context?.['user'], 'user');
  const exec = user?.['exec'];
  const args: unknown[] = isObject(exec) && Array.isArray(exec['args']) ? exec['args'] : [];
  const kube = flagValue(args, '--kube-cluster');
  // A current context without an entry is no other cluster; kubectl reports that error itself.
  if (kube === undefined) return context && { kube: untrusted(current), cluster: undefined };
  const cluster = flagValue(args, '--teleport-cluster');
  return { kube: untrusted(kube), cluster: cluster === undefined ? undefined : untrusted(cluster) };
}

/** The value of a flag, written as `--name=value` or `--name value`. */
function flagValue(args: readonly unknown[], name: string): string | undefined {
  for (const [index, arg] of args.entries()) {
    if (typeof arg !== 'string') continue;
    if (arg.startsWith(`${name}=`)) return arg.slice(name.length + 1);
    const next = args[index + 1];
    if (arg === name && typeof next === 'string') return next;
  }
  return undefined;
}

async function parseConfig(text: string): Promise<Json | undefined> {
  try {
    const { parse } = await import('./lazyYaml.ts');
    const config: unknown = parse(text, { logLevel: 'silent' });
    return isObject(config) ? config : undefined;
  } catch {
    return undefined;
  }
}
