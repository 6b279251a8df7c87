// Runs kubectl in an elevated shell: the real one when it is on the PATH, otherwise the demo's kubectl beside
// tsh.
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parse } from 'yaml';
import { untrusted, type RequestId } from '../../../src/access/untrusted/untrusted.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import { kubeconfigOf } from '../../../src/teleport/home/privateHome.ts';
import { execute, type ProgramResult } from '../runProgram.ts';
import { findOnPath, RunningProgram } from '../runningProgram.ts';
import { skipTest } from './suite.ts';
import type { ContractFixture } from './contractFixture.ts';

/** A shell in which kubectl reaches the cluster's Kubernetes cluster. */
export class KubeShell {
  readonly home: Home;
  readonly id: RequestId;
  readonly env: Readonly<Record<string, string>>;
  readonly #kubectl: string;

  private constructor(home: Home, id: RequestId, env: Readonly<Record<string, string>>, kubectl: string) {
    this.home = home;
    this.id = id;
    this.env = env;
    this.#kubectl = kubectl;
  }

  /**
   * Elevates and signs in to the Kubernetes cluster. Skips the test when the cluster or kubectl is missing.
   */
  static async open(fixture: ContractFixture, context: Mocha.Context): Promise<KubeShell> {
    const { kubeCluster } = fixture.description;
    if (kubeCluster === undefined) skipTest(context, 'the description names no Kubernetes cluster');
    const { home, id } = await fixture.elevatedHome(await fixture.home('alice'));
    const env = await fixture.elevatedShellEnvironment(home);
    const kubectl = await findOnPath('kubectl', env);
    if (kubectl === undefined) skipTest(context, 'there is no kubectl here, nor one beside tsh');
    await fixture.kube.login(home, untrusted(kubeCluster));
    return new KubeShell(home, id, env, kubectl);
  }

  kubectl(...args: readonly string[]): Promise<ProgramResult> {
    return execute(this.#kubectl, args, { ...this.env });
  }

  /** Asks for the version, which every Kubernetes cluster reports, with the credentials of this shell. */
  version(...flags: readonly string[]): Promise<ProgramResult> {
    return this.kubectl('version', ...flags);
  }

  /** Starts `kubectl proxy`. Resolves to the program and a function that asks it for an HTTP status. */
  async proxy(): Promise<{ readonly running: RunningProgram; readonly status: () => Promise<number> }> {
    const running = new RunningProgram(this.#kubectl, ['proxy', '--port=0'], this.env);
    const [, port = ''] = await running.waitForOutput(/127\.0\.0\.1:(\d+)/);
    const status = async (): Promise<number> => {
      const response = await fetch(`http://127.0.0.1:${port}/version`);
      await response.arrayBuffer();
      return response.status;
    };
    return { running, status };
  }

  /** Reads the kubeconfig that lies beside the generations of the private home. */
  async config(): Promise<{
    readonly context: string;
    readonly namespace: string | undefined;
    readonly homes: readonly string[];
  }> {
    const text = await readFile(kubeconfigOf(dirname(this.home.folder)), 'utf8');
    const config = parse(text) as Kubeconfig;
    const context = config['current-context'];
    return {
      context,
      namespace: config.contexts.find(({ name }) => name === context)?.context.namespace,
      homes: config.users.flatMap(({ user }) =>
        (user.exec?.env ?? []).flatMap(({ name, value }) => (name === 'TELEPORT_HOME' ? [value] : [])),
      ),
    };
  }
}

interface Kubeconfig {
  readonly 'current-context': string;
  readonly contexts: readonly { readonly name: string; readonly context: { readonly namespace?: string } }[];
  readonly users: readonly {
    readonly user: { readonly exec?: { readonly env?: readonly { name: string; value: string }[] } };
  }[];
}
