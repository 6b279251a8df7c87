import { untrusted, type Untrusted } from '../../access/text/untrusted.ts';

/** Where the current context of a kubeconfig leads. */
export interface KubeContext {
  /** The Kubernetes cluster; of a context that is not Teleport's, its name. */
  readonly kube: Untrusted;
  /** Teleport's cluster; undefined where the context is not Teleport's. */
  readonly cluster: Untrusted | undefined;
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What an entry of a list of named things holds. */
function named(list: unknown, name: unknown, what: string): Json | undefined {
  const entries: unknown[] = Array.isArray(list) ? list : [];
  const found = entries.find((entry) => isObject(entry) && entry['name'] === name);
  const inside = isObject(found) ? found[what] : undefined;
  return isObject(inside) ? inside : undefined;
}

/**
 * Reads where kubectl would go: `tsh kube login` writes a user whose exec asks
 * `tsh kube credentials --kube-cluster=… --teleport-cluster=…`.
 * @returns undefined where no context is current, or the text is no kubeconfig; never throws
 */
export async function readKubeContext(text: string): Promise<KubeContext | undefined> {
  const config = await parsed(text);
  const current = config?.['current-context'];
  if (typeof current !== 'string' || current === '') return undefined;
  const context = named(config?.['contexts'], current, 'context');
  const user = named(config?.['users'], context?.['user'], 'user');
  const exec = user?.['exec'];
  const args: unknown[] = isObject(exec) && Array.isArray(exec['args']) ? exec['args'] : [];
  const kube = flag(args, '--kube-cluster');
  // A context that leads nowhere is no other cluster: kubectl says so itself.
  if (kube === undefined) return context && { kube: untrusted(current), cluster: undefined };
  const cluster = flag(args, '--teleport-cluster');
  return { kube: untrusted(kube), cluster: cluster === undefined ? undefined : untrusted(cluster) };
}

function flag(args: readonly unknown[], name: string): string | undefined {
  for (const [index, arg] of args.entries()) {
    if (typeof arg !== 'string') continue;
    if (arg.startsWith(`${name}=`)) return arg.slice(name.length + 1);
    const next = args[index + 1];
    if (arg === name && typeof next === 'string') return next;
  }
  return undefined;
}

async function parsed(text: string): Promise<Json | undefined> {
  try {
    const { parse } = await import('./lazyYaml.ts');
    const config: unknown = parse(text, { logLevel: 'silent' });
    return isObject(config) ? config : undefined;
  } catch {
    return undefined;
  }
}
