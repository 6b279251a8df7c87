// `kubectl config …`
import { stringify } from 'yaml';
import { KubectlFailure, type KubectlArguments } from './arguments.ts';
import { mergedConfig } from './client.ts';
import { columns } from './getCommand.ts';
import { kubeconfigPaths, readKubeconfig, writeKubeconfig, type Kubeconfig } from '../kube/kubeconfig.ts';
import type { Output } from '../client/session.ts';

/** Runs one of the subcommands. */
export function configCommand(given: KubectlArguments, env: NodeJS.ProcessEnv, { out }: Output): void {
  const [, what = '', name] = given.words;
  const config = mergedConfig(given, env);
  const current = config['current-context'];
  switch (what) {
    case 'current-context':
      if (!current) throw new KubectlFailure('error: current-context is not set');
      {
        out(`${current}\n`);
        return;
      }
    case 'get-contexts': {
      out(given.text('output') === 'name' ? namesOf(config) : contextsOf(config));
      return;
    }
    case 'use-context': {
      const file = fileWith(given, env, name ?? '');
      change(file, (each) => {
        each['current-context'] = name ?? '';
      });
      out(`Switched to context "${name ?? ''}".\n`);
      return;
    }
    case 'set-context': {
      const named = given.yes('current') ? current : (name ?? '');
      const file = fileWith(given, env, named);
      const namespace = given.text('namespace');
      change(file, (each) => {
        each.contexts = each.contexts.map((context) =>
          context.name === named && namespace !== undefined
            ? { ...context, context: { ...context.context, namespace } }
            : context,
        );
      });
      out(`Context "${named}" modified.\n`);
      return;
    }
    case 'view': {
      out(
        stringify(shown(given.yes('minify') ? only(config, current) : config, given.yes('raw')), {
          indentSeq: false,
          lineWidth: 0,
          sortMapEntries: true,
        }),
      );
      return;
    }
    default:
      throw new KubectlFailure(`error: unknown command "config ${what}"`);
  }
}

const namesOf = ({ contexts }: Kubeconfig): string => contexts.map(({ name }) => `${name}\n`).join('');

const contextsOf = ({ contexts, 'current-context': current }: Kubeconfig): string =>
  columns([
    ['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE'],
    ...contexts.map(({ name, context }) => [
      name === current ? '*' : '',
      name,
      context.cluster,
      context.user,
      context.namespace ?? '',
    ]),
  ]);

/** The file a context stands in. */
function fileWith(given: KubectlArguments, env: NodeJS.ProcessEnv, name: string): string {
  const named = given.text('kubeconfig');
  const file = (named ? [named] : kubeconfigPaths(env)).find((path) =>
    readKubeconfig(path).contexts.some((each) => each.name === name),
  );
  if (file === undefined) throw new KubectlFailure(`error: no context exists with the name: "${name}"`);
  return file;
}

function change(path: string, edit: (config: Kubeconfig) => void): void {
  const config = readKubeconfig(path);
  edit(config);
  writeKubeconfig(path, config);
}

/** The config with what one context needs. */
function only(config: Kubeconfig, current: string): Kubeconfig {
  const context = config.contexts.find(({ name }) => name === current);
  return {
    ...config,
    clusters: config.clusters.filter(({ name }) => name === context?.context.cluster),
    contexts: context ? [context] : [],
    users: config.users.filter(({ name }) => name === context?.context.user),
  };
}

/** Certificates and tokens are left out unless `--raw` is given. */
function shown(config: Kubeconfig, raw: boolean): Kubeconfig {
  if (raw) return config;
  return {
    ...config,
    clusters: config.clusters.map((each) => ({
      ...each,
      cluster: {
        ...each.cluster,
        ...(each.cluster['certificate-authority-data']
          ? { 'certificate-authority-data': 'DATA+OMITTED' }
          : {}),
      },
    })),
    users: config.users.map((each) => ({
      ...each,
      user: { ...each.user, ...(each.user.token ? { token: 'REDACTED' } : {}) },
    })),
  };
}
