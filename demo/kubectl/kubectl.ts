// A stand-in for kubectl on machines without it. It has the commands with which users check their access.
import { parseArgs } from 'node:util';
import { Refusal } from '../cli/refusal.ts';
import { reviewPath, unplayed } from '../kube/apiResponses.ts';
import { kubeKinds } from '../kube/fixedWorld.ts';
import { kubeconfigPath, readKubeconfig, writeKubeconfig } from '../kube/kubeconfig.ts';
import { KubeClient, KubectlFailure } from './client.ts';
import { get, kindNamed } from './get.ts';
import { proxy } from './proxy.ts';
import type { Output } from '../client/session.ts';

const clientVersion = 'v1.31.4';

/** Runs one call of kubectl with `argv`. Resolves to the exit code. */
export async function runKubectl(argv: readonly string[]): Promise<number> {
  const output: Output = {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  };
  try {
    return await run(argv, output);
  } catch (error) {
    if (!(error instanceof KubectlFailure) && !(error instanceof Refusal)) throw error;
    output.err(`${error instanceof Refusal ? 'error: ' : ''}${error.message}\n`);
    return 1;
  }
}

const options = {
  namespace: { type: 'string', short: 'n' },
  'all-namespaces': { type: 'boolean', short: 'A' },
  kubeconfig: { type: 'string' },
  port: { type: 'string', short: 'p', default: '8001' },
  client: { type: 'boolean' },
  current: { type: 'boolean' },
} as const;

/** Reads the command line. @throws KubectlFailure for a flag that the stand-in does not have. */
function readArguments(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    const [flag = 'this'] = /(?<=')-[^\s',]+/.exec((error as Error).message) ?? [];
    throw new KubectlFailure(`error: ${unplayed(`kubectl with ${flag}`)}\n${usage}`);
  }
}

async function run(argv: readonly string[], output: Output): Promise<number> {
  const { values: flags, positionals } = readArguments(argv);
  const [command, ...words] = positionals;
  const kubeconfig = flags.kubeconfig ?? kubeconfigPath(process.env);
  const client = (): KubeClient => new KubeClient(kubeconfig, flags.namespace);
  switch (command) {
    case undefined:
      output.out(usage);
      return 0;
    case 'get':
      await get(client(), words, flags['all-namespaces'] ?? false, output);
      return 0;
    case 'auth':
      return canI(client(), words, output);
    case 'config':
      output.out(configCommand(kubeconfig, words[0], flags.current ? flags.namespace : undefined));
      return 0;
    case 'version':
      output.out(`Client Version: ${clientVersion} (stand-in of the demo cluster)\n`);
      if (!flags.client) {
        const { gitVersion } = await client().requestJson<{ gitVersion: string }>('GET', '/version');
        output.out(`Server Version: ${gitVersion}\n`);
      }
      return 0;
    case 'proxy':
      return proxy(client(), Number(flags.port), output);
    default:
      throw new KubectlFailure(`error: ${unplayed(`kubectl ${command}`)}\n${usage}`);
  }
}

const usage = `A stand-in for kubectl, for the demo cluster.

  kubectl get ${kubeKinds.map(({ resource }) => resource).join('|')} [NAME] [-n NAMESPACE | -A]
  kubectl auth can-i VERB TYPE [-n NAMESPACE]
  kubectl config current-context | set-context --current --namespace=NAMESPACE
  kubectl proxy [--port=PORT] | version [--client]
`;

/** Runs `kubectl auth can-i`. Resolves to the exit code. */
async function canI(
  client: KubeClient,
  [subcommand, verb, type]: readonly string[],
  { out }: Output,
): Promise<number> {
  if (subcommand !== 'can-i' || !verb || !type) throw new KubectlFailure(usage);
  const kind = kindNamed(type);
  const scope = kind?.namespaced === false ? {} : { namespace: client.namespace };
  const resourceAttributes = { verb, resource: kind?.resource ?? type, ...scope };
  const body = { spec: { resourceAttributes } };
  type Answer = { status: { allowed: boolean } };
  const { status } = await client.requestJson<Answer>('POST', reviewPath, 'application/json', body);
  out(status.allowed ? 'yes\n' : 'no\n');
  return status.allowed ? 0 : 1;
}

/** Runs `kubectl config`: returns the current context, or changes its namespace. */
function configCommand(file: string, subcommand = '', namespace: string | undefined): string {
  const config = readKubeconfig(file);
  const current = config['current-context'];
  if (!current) throw new KubectlFailure('error: current-context is not set');
  if (subcommand === 'current-context') return `${current}\n`;
  if (subcommand !== 'set-context' || namespace === undefined)
    throw new KubectlFailure(`error: ${unplayed(`kubectl config ${subcommand}`)}\n${usage}`);
  const contexts = config.contexts.map((each) =>
    each.name === current ? { ...each, context: { ...each.context, namespace } } : each,
  );
  writeKubeconfig(file, { ...config, contexts });
  return `Context "${current}" modified.\n`;
}
