// A demo cluster with short ways to use it in tests.
import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  createCluster,
  moveClock,
  signInUser,
  type ClusterOptions,
  type DemoCluster,
} from '../../../demo/createCluster.ts';
import type { Fault } from '../../../demo/client/faults.ts';
import type { DemoEdition } from '../../../demo/resources/roles.ts';
import { isCatchingUp, readState } from '../../../demo/server/serverState.ts';
import { buildDemo, execute, type ProgramResult } from '../runProgram.ts';

/** A request as tsh prints it in JSON. */
export interface PrintedRequest {
  readonly metadata: { readonly name: string; readonly expires: string; readonly revision: string };
  readonly spec: {
    readonly state: number;
    readonly created: string;
    readonly expires: string;
    readonly resolve_reason?: string;
    readonly reviews?: readonly unknown[];
  };
}

/** The output of `tsh status` in JSON. */
export interface PrintedStatus {
  readonly active: {
    readonly active_requests?: readonly string[];
    readonly roles: readonly string[];
    readonly valid_until: string;
  };
}

/** A resource as tctl prints it in JSON. */
export interface PrintedResource {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly revision: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Returns the manifest of a role. */
export const roleManifest = (name: string, spec: object, version = 'v7'): object => ({
  kind: 'role',
  version,
  metadata: { name },
  spec,
});

export const approved = 2;
export const denied = 3;
export const minute = 60_000;

/** A demo cluster in a temporary folder, and the commands that tests run on it. */
export class DemoFixture {
  readonly cluster: DemoCluster;
  private readonly folder: string;

  private constructor(cluster: DemoCluster, folder: string) {
    this.cluster = cluster;
    this.folder = folder;
  }

  /** Creates a new cluster. */
  static async open(
    edition: DemoEdition = 'enterprise',
    options: Pick<ClusterOptions, 'before' | 'version' | 'accessLists'> = {},
  ): Promise<DemoFixture> {
    const folder = await mkdtemp(join(tmpdir(), "it's a demo-"));
    const program = await buildDemo(folder);
    return new DemoFixture(
      await createCluster(join(folder, 'c'), { ...options, edition, node: process.execPath, program }),
      folder,
    );
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  home(name: string): string {
    return (this.cluster.homes[name] ??= join(this.folder, 'copies', name));
  }

  env(home: string, env: Record<string, string> = {}): Record<string, string> {
    return { TZ: 'UTC', TELEPORT_HOME: this.home(home), ...env };
  }

  tsh(home: string, args: readonly string[], env: Record<string, string> = {}): Promise<ProgramResult> {
    return execute(this.cluster.tsh, args, this.env(home, env));
  }

  tctl(home: string, ...args: readonly string[]): Promise<ProgramResult> {
    return execute(this.cluster.tctl, args, this.env(home));
  }

  /** Runs `tctl create -f` on a file with these manifests. */
  async create(home: string, ...manifests: readonly (object | string)[]): Promise<ProgramResult> {
    const text = manifests.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
    const file = join(this.folder, 'given.yaml');
    await writeFile(file, text.join('\n---\n'));
    return this.tctl(home, 'create', '-f', '--', file);
  }

  /** Runs `tctl create -f` on a file with these manifests. @throws Error when it fails. */
  async mustCreate(home: string, ...manifests: readonly (object | string)[]): Promise<void> {
    const { exit, stderr } = await this.create(home, ...manifests);
    if (exit !== 0) throw new Error(stderr);
  }

  /** Returns the resources that `tctl get` prints. @throws Error when it fails. */
  async get<T = PrintedResource>(home: string, reference: string): Promise<T[]> {
    const { exit, stdout, stderr } = await this.tctl(home, 'get', '--format=json', '--', reference);
    if (exit !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as T[];
  }

  /** Creates a request, by default for kube-admin. Resolves to its id. */
  async createRequest(home: string, ...flags: readonly string[]): Promise<string> {
    const roles = flags.some((flag) => flag.startsWith('--roles')) ? [] : ['--roles=kube-admin'];
    const ran = await this.tsh(home, ['request', 'create', '--nowait', '--reason=r', ...roles, ...flags]);
    const id = /^Request ID: +(\S+)/m.exec(ran.stdout)?.[1];
    if (!id) throw new Error(ran.stderr);
    return id;
  }

  /** Creates a request and approves it as rita, or as ana on Community. Resolves to its id. */
  async createApprovedRequest(home: string, ...flags: readonly string[]): Promise<string> {
    const id = await this.createRequest(home, ...flags);
    const decided = this.cluster.homes['rita']
      ? await this.tsh('rita', ['request', 'review', '--approve', '--', id])
      : await this.tctl('ana', 'requests', 'approve', id);
    if (decided.exit !== 0) throw new Error(decided.stderr);
    return id;
  }

  assume(home: string, id: string, env: Record<string, string> = {}): Promise<ProgramResult> {
    return this.tsh(home, ['login', `--request-id=${id}`], env);
  }

  async list(home: string): Promise<PrintedRequest[]> {
    return JSON.parse((await this.tsh(home, ['request', 'ls', '--format=json'])).stdout) as PrintedRequest[];
  }

  async show(home: string, id: string): Promise<PrintedRequest> {
    return JSON.parse(
      (await this.tsh(home, ['request', 'show', '--format=json', id])).stdout,
    ) as PrintedRequest;
  }

  async status(home: string): Promise<PrintedStatus['active']> {
    return (JSON.parse((await this.tsh(home, ['status', '--format=json'])).stdout) as PrintedStatus).active;
  }

  async copyHome(from: string, to: string): Promise<void> {
    await rm(this.home(to), { recursive: true, force: true });
    await cp(this.home(from), this.home(to), { recursive: true });
  }

  signIn(person: string, home: string, ttlMinutes?: number): Promise<void> {
    return signInUser(this.cluster.dir, person, this.home(home), ttlMinutes);
  }

  moveClock(ms: number): Promise<void> {
    return moveClock(this.cluster.dir, ms);
  }

  setFaults(...faults: readonly Fault[]): Promise<void> {
    return writeFile(join(this.cluster.dir, 'faults.json'), JSON.stringify(faults));
  }

  /** Waits until the lists show the current state. */
  async waitForLists(): Promise<void> {
    while (isCatchingUp(readState(this.cluster.dir))) await wait(20);
  }

  /** Starts a call of tsh. `hasPrinted` of the result resolves when the call has printed `text`. */
  start(home: string, args: readonly string[], text: string): StartedCall {
    const child = spawn(this.cluster.tsh, args, { env: this.env(home), stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    const hasPrinted = new Promise<void>((resolve) => {
      const onData = (chunk: string): void => {
        printed += chunk;
        if (printed.includes(text)) resolve();
      };
      child.stdout.setEncoding('utf8').on('data', onData);
      child.stderr.setEncoding('utf8').on('data', onData);
    });
    const ended = new Promise<string>((resolve) => {
      child.on('close', (code, signal) => resolve(String(code ?? signal)));
    });
    return {
      hasPrinted,
      ended,
      printed: () => printed,
      kill: () => child.kill(),
    };
  }
}

/** A running call of tsh. */
export interface StartedCall {
  readonly hasPrinted: Promise<void>;
  /** Resolves to the exit code or the signal. */
  readonly ended: Promise<string>;
  printed(): string;
  kill(): void;
}
