// A stand-in for kubectl on machines without it. It has the commands with which users check their access.
import { systemClock } from '../../src/state/clock.ts';
import { Refusal } from '../cli/refusal.ts';
import { kubeKindNamed } from '../kube/kubeKinds.ts';
import { KubectlFailure, readArguments, type KubectlArguments } from './arguments.ts';
import { KubeClient, mergedConfig, selectContext } from './client.ts';
import { configCommand } from './configCommand.ts';
import { columns, get, logs, remove } from './getCommand.ts';
import { proxy } from './proxyCommand.ts';
import type { Output } from '../client/session.ts';

const clientVersion = 'v1.31.4';

/** Runs one call of kubectl with `argv`. Resolves to the exit code. */
export async function runKubectl(argv: readonly string[]): Promise<number> {
  const output: Output = {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  };
  try {
    return await run(readArguments(argv), output);
  } catch (error) {
    if (!(error instanceof KubectlFailure) && !(error instanceof Refusal)) throw error;
    output.err(`${error instanceof Refusal ? 'error: ' : ''}${error.message}\n`);
    return 1;
  }
}

async function run(given: KubectlArguments, output: Output): Promise<number> {
  const { env } = process;
  const [command, ...words] = given.words;
  const client = (): KubeClient =>
    new KubeClient(selectContext(given, mergedConfig(given, env)), () => systemClock.now());
  switch (command) {
    case undefined:
      output.out(usage);
      return 0;
    case 'get':
      await get(client(), given, output);
      return 0;
    case 'delete':
      await remove(client(), given, output);
      return 0;
    case 'logs':
      await logs(client(), given, output);
      return 0;
    case 'auth':
      return auth(client(), words, output);
    case 'config':
      configCommand(given, env, output);
      return 0;
    case 'version':
      output.out(`Client Version: ${clientVersion} (stand-in of the demo cluster)\n`);
      if (!given.isSet('client')) {
        const { gitVersion } = await client().requestJson<{ gitVersion: string }>('GET', '/version');
        output.out(`Server Version: ${gitVersion}\n`);
      }
      return 0;
    case 'cluster-info': {
      const connected = client();
      await connected.requestJson('GET', '/api');
      output.out(`Kubernetes control plane is running at ${connected.server}\n`);
      return 0;
    }
    case 'proxy':
      return proxy(client(), Number(given.text('port') ?? 8001), output);
    default:
      throw new KubectlFailure(`error: unknown command "${command}" for "kubectl"`);
  }
}

const usage = `A stand-in for kubectl, for the demo cluster.

  kubectl get TYPE [NAME] [-n NAMESPACE | -A] [-o wide|name|json|yaml]
  kubectl logs [-f] POD
  kubectl delete TYPE NAME
  kubectl auth whoami | can-i VERB TYPE
  kubectl config current-context | get-contexts | use-context | set-context | view
  kubectl proxy | version | cluster-info
`;

/** Runs `kubectl auth whoami` or `kubectl auth can-i`. Resolves to the exit code. */
async function auth(
  client: KubeClient,
  [subcommand, verb = '', type = '']: readonly string[],
  { out }: Output,
) {
  if (subcommand === 'whoami') {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const { status } = await client.requestJson<Whoami>('POST', path, 'application/json', {});
    const { username, groups } = status.userInfo;
    const rows = [
      ['Username', username],
      ['Groups', `[${groups.join(' ')}]`],
    ];
    out(columns([['ATTRIBUTE', 'VALUE'], ...rows]));
    return 0;
  }
  if (subcommand !== 'can-i' || !verb || !type)
    throw new KubectlFailure('error: unknown command for "kubectl auth"');
  const [resource = '', subresource] = type.split('/');
  const kind = kubeKindNamed(resource);
  const resourceAttributes = {
    verb,
    resource: kind?.resource ?? resource,
    ...(kind ? { group: kind.group } : {}),
    ...(subresource === undefined ? {} : { subresource }),
    ...(kind?.namespaced === false ? {} : { namespace: client.namespace }),
  };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const { status } = await client.requestJson<AccessReview>('POST', path, 'application/json', {
    spec: { resourceAttributes },
  });
  out(status.allowed ? 'yes\n' : 'no\n');
  return status.allowed ? 0 : 1;
}

/** The part of a SelfSubjectReview that `whoami` prints. */
interface Whoami {
  readonly status: { readonly userInfo: { readonly username: string; readonly groups: readonly string[] } };
}

/** The part of a SelfSubjectAccessReview that `can-i` prints. */
interface AccessReview {
  readonly status: { readonly allowed: boolean };
}
