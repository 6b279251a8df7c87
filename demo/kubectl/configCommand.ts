// The commands `kubectl config …`.
import { stringify } from 'yaml';
import { KubectlFailure, type KubectlArguments } from './arguments.ts';
import { mergedConfig } from './client.ts';
import { columns } from './getCommand.ts';
import { kubeconfigPaths, readKubeconfig, writeKubeconfig, type Kubeconfig } from '../kube/kubeconfig.ts';
import type { Output } from '../client/session.ts';

/** Runs a subcommand of `kubectl config`. Throws a KubectlFailure for an unknown one. */
export function configCommand(given: KubectlArguments, env: NodeJS.ProcessEnv, { out }: Output): void {
  const [, subcommand = '', name] = given.words;
  const config = mergedConfig(given, env);
  const current = config['current-context'];
  switch (subcommand) {
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
      const target = given.isSet('current') ? current : (name ?? '');
      const file = fileWith(given, env, target);
      const namespace = given.text('namespace');
      change(file, (each) => {
        each.contexts = each.contexts.map((context) =>
          context.name === target && namespace !== undefined
            ? { ...context, context: { ...context.context, namespace } }
            : context,
        );
      });
      out(`Context "${target}" modified.\n`);
      return;
    }
    case 'view': {
      out(
        stringify(redacted(given.isSet('minify') ? minified(config, current) : config, given.isSet('raw')), {
          indentSeq: false,
          lineWidth: 0,
          sortMapEntries: true,
        }),
      );
      return;
    }
    default:
      throw new KubectlFailure(`error: unknown command "config ${subcommand}"`);
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

/** Returns the first kubeconfig file that holds the context. Throws a KubectlFailure when no file does. */
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

/** Reduces the config to one context, its cluster and its user. */
function minified(config: Kubeconfig, current: string): Kubeconfig {
  const context = config.contexts.find(({ name }) => name === current);
  return {
    ...config,
    clusters: config.clusters.filter(({ name }) => name === context?.context.cluster),
    contexts: context ? [context] : [],
    users: config.users.filter(({ name }) => name === context?.context.user),
  };
}

/** Replaces certificates and tokens by placeholders, unless `raw` is true. */
function redacted(config: Kubeconfig, raw: boolean): Kubeconfig {
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
