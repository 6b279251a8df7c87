// A demo cluster with Kubernetes, an elevated profile folder on it, and the programs that use it.
import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { spawn, type ChildProcess } from 'node:child_process';
import { readState } from '../../../demo/server/serverState.ts';
import { execute, type ProgramResult } from '../runProgram.ts';
import { DemoFixture } from './demoCluster.ts';

/** Finds a program on this machine's PATH. Returns its path, or undefined. */
export function findProgram(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** A program that runs in the background. */
export interface BackgroundProgram {
  /** Resolves when the program has printed `text`. Rejects when it ends before. */
  readonly waitForOutput: (text: string) => Promise<void>;
  /** Resolves to the exit code or the signal. */
  readonly ended: Promise<string>;
  readonly child: ChildProcess;
  readonly printed: () => string;
}

/** Starts a program and collects its output. */
export function startProgram(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
): BackgroundProgram {
  const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let printed = '';
  let onOutput = (): void => undefined;
  const onData = (chunk: string): void => {
    printed += chunk;
    onOutput();
  };
  child.stdout.setEncoding('utf8').on('data', onData);
  child.stderr.setEncoding('utf8').on('data', onData);
  const ended = new Promise<string>((done) => {
    child.on('close', (code, signal) => done(String(code ?? signal)));
  });
  const waitForOutput = (text: string): Promise<void> =>
    new Promise((done, fail) => {
      onOutput = () => {
        if (printed.includes(text)) done();
      };
      onOutput();
      void ended.then(() => fail(new Error(`ended, having said: ${printed}`)));
    });
  return { waitForOutput, ended, child, printed: () => printed };
}

/** A demo cluster with kube-admin assumed in the profile folder `kube`, which has its own kubeconfig. */
export class KubeFixture {
  readonly demo: DemoFixture;
  readonly request: string;
  readonly kubeconfig: string;

  private constructor(demo: DemoFixture, request: string) {
    this.demo = demo;
    this.request = request;
    this.kubeconfig = demo.home('kubeconfig');
  }

  static async open(): Promise<KubeFixture> {
    const demo = await DemoFixture.open();
    const request = await demo.createApprovedRequest('alice');
    await demo.copyHome('alice', 'kube');
    await demo.assume('kube', request);
    return new KubeFixture(demo, request);
  }

  close(): Promise<void> {
    return this.demo.close();
  }

  get dir(): string {
    return this.demo.cluster.dir;
  }

  get port(): number {
    return readState(this.dir).kube?.port ?? 0;
  }

  env(): Record<string, string> {
    const { PATH = '' } = process.env;
    return this.demo.env('kube', { PATH, HOME: dirname(this.kubeconfig), KUBECONFIG: this.kubeconfig });
  }

  tsh(...args: readonly string[]): Promise<ProgramResult> {
    return execute(this.demo.cluster.tsh, args, this.env());
  }

  /** Logs in to the Kubernetes cluster, as a person does before using kubectl. */
  async login(): Promise<this> {
    const { exit, stderr } = await this.tsh('kube', 'login', 'prod-eu');
    if (exit !== 0) throw new Error(stderr);
    return this;
  }

  /** Locks the access request, which ends the access it gave. */
  async lock(): Promise<void> {
    const ran = await this.demo.tctl('eve', 'lock', `--access-request=${this.request}`, '--message=stop');
    if (ran.exit !== 0) throw new Error(ran.stderr);
  }

  /** Runs `tsh kube credentials`. */
  credentials(): Promise<ProgramResult> {
    const { proxy, cluster } = readState(this.dir);
    return this.tsh(
      ...['kube', 'credentials', '--kube-cluster=prod-eu'],
      ...[`--teleport-cluster=${cluster}`, `--proxy=${proxy}`],
    );
  }
}
