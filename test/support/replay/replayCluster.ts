// A demo cluster on which recorded commands are run again and their output is compared.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createCluster, moveClock, signInUser, type DemoCluster } from '../../../demo/createCluster.ts';
import type { Fault } from '../../../demo/client/faults.ts';
import type { DemoEdition } from '../../../demo/resources/roles.ts';
import { changeState, isCatchingUp, readState } from '../../../demo/server/serverState.ts';
import { buildDemo, execute, type ProgramResult } from '../runProgram.ts';
import { creationTime, IdPairing, readRecording, type Recording } from '../recordings.ts';

/** The approximate time that a call needs before it reads the clock, in ms. */
const startupTime = 40;

/** A demo cluster with the mapping between its ids and files and the recorded ones. */
export class ReplayCluster {
  readonly cluster: DemoCluster;
  private readonly folder: string;
  private readonly pairing = new IdPairing();
  private readonly files = new Map<string, string>();
  private readonly started = new Map<string, { child: ChildProcess; done: Promise<ProgramResult> }>();

  private constructor(cluster: DemoCluster, folder: string) {
    this.cluster = cluster;
    this.folder = folder;
  }

  static async open(edition: DemoEdition, signedInAt: string): Promise<ReplayCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'replay-'));
    const program = await buildDemo(folder);
    const dir = join(folder, 'cluster');
    await mkdir(dir);
    await writeFile(join(dir, 'clock'), String(Date.parse(signedInAt) - Date.now()));
    const cluster = await createCluster(dir, { edition, node: process.execPath, program });
    const stage = new ReplayCluster(cluster, folder);
    await stage.provideFile('/etc/hostname', 'vm\n');
    await stage.provideFile('/etc/teleport.yaml', 'version: v3\nauth_service: {enabled: yes}\n');
    return stage;
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  home(person: string): string {
    return (this.cluster.homes[person] ??= join(this.cluster.dir, 'homes', person));
  }

  /** Sets the cluster's time. */
  async setTime(time: string | number): Promise<void> {
    const target = typeof time === 'string' ? Date.parse(time) : time;
    const offset = Number(await readFile(this.cluster.clock, 'utf8'));
    await moveClock(this.cluster.dir, target - startupTime - Date.now() - offset);
  }

  async signIn(person: string, at: string, home = person, ttlMinutes?: number): Promise<void> {
    await this.setTime(at);
    await rm(this.home(home), { recursive: true, force: true });
    await signInUser(this.cluster.dir, person, this.home(home), ttlMinutes);
  }

  async copyHome(from: string, to: string): Promise<void> {
    await rm(this.home(to), { recursive: true, force: true });
    await cp(this.home(from), this.home(to), { recursive: true });
  }

  async setFaults(faults: readonly Fault[]): Promise<void> {
    await writeFile(join(this.cluster.dir, 'faults.json'), JSON.stringify(faults));
  }

  /** Waits until the lists show the current state. */
  async waitForLists(): Promise<void> {
    while (isCatchingUp(readState(this.cluster.dir))) await wait(20);
  }

  /**
   * Marks these requests as changed now, so that lists lag as if this machine had needed no time since the
   * change.
   */
  markJustChanged(...ids: readonly string[]): Promise<void> {
    const ours = ids.map((id) => this.pairing.toDemoIds(id));
    changeState(this.cluster.dir, ({ requests }) => {
      for (const stored of requests) if (ours.includes(stored.now?.id ?? '')) stored.changed = Date.now();
    });
    return Promise.resolve();
  }

  /** Gives a request its recorded time of creation, because a busy machine creates it later. Lists follow that order. */
  #setCreated(id: string, created: number): void {
    changeState(this.cluster.dir, ({ requests }) => {
      for (const stored of requests) if (stored.now?.id === id) stored.now = { ...stored.now, created };
    });
  }

  /** Runs a command that was not recorded. `id` is the recorded id of the request that it creates. */
  async runUnrecorded(home: string, argv: readonly string[], id?: string): Promise<ProgramResult> {
    if (id) await this.setTime(creationTime(id));
    const ran = await this.runProgram(home, this.demoArguments(argv), {});
    const made = /^Request ID: +(\S+)/m.exec(ran.stdout)?.[1];
    if (id && made) this.#setCreated(made, creationTime(id));
    if (id) assert.ok(made !== undefined && this.pairing.pair(id, made), `no request made: ${ran.stderr}`);
    return ran;
  }

  /**
   * Runs a recorded command and compares the output. A request is created at the time of the recorded one.
   */
  async replay(name: string, home: string): Promise<void> {
    const recorded = readRecording(name);
    const recordedId = /^Creating request\.\.\.\nRequest ID: +(\S+)/.exec(recorded.stdout)?.[1];
    if (recordedId) await this.setTime(creationTime(recordedId));
    if (recorded.exit === 'timeout') {
      await this.start(name, home);
      this.started.get(name)?.child.kill('SIGKILL');
      await this.finish(name);
    } else {
      const ran = await this.runProgram(home, this.demoArguments(recorded.argv), recorded.env);
      const made = /^Request ID: +(\S+)/m.exec(ran.stdout)?.[1];
      if (recordedId && made) this.#setCreated(made, creationTime(recordedId));
      this.compare(recorded, ran);
    }
  }

  /** Starts a recorded command that waits for an approval. Resolves when it prints that it waits. */
  async start(name: string, home: string): Promise<void> {
    const recorded = readRecording(name);
    const [program = '', ...args] = this.demoArguments(recorded.argv);
    const child = spawn(this.programPath(program), args, {
      env: this.environment(home, recorded.env),
      stdio: 'pipe',
    });
    child.stdin.end();
    const ran = { stdout: '', stderr: '' };
    child.stderr.setEncoding('utf8').on('data', (text: string) => (ran.stderr += text));
    const done = new Promise<ProgramResult>((resolve) => {
      child.on('close', (code) => resolve({ ...ran, exit: code ?? 'timeout' }));
    });
    this.started.set(name, { child, done });
    await new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        ran.stdout += text;
        if (ran.stdout.includes('Waiting for request approval...\n')) resolve();
      });
      child.on('close', () => resolve());
    });
  }

  /** Waits for the end of a started command and compares its output. */
  async finish(name: string): Promise<void> {
    const ran = await this.started.get(name)?.done;
    assert.ok(ran, `${name} was not begun`);
    this.compare(readRecording(name), ran);
  }

  private compare(recorded: Recording, ran: ProgramResult): void {
    const inRecordedTerms = (ours: string, theirs: string): string => {
      const folders = [this.folder, JSON.stringify(this.folder).slice(1, -1)];
      const text = folders.reduce((all, folder) => all.replaceAll(`${folder}/home/`, '/home/'), ours);
      return this.pairing.toRecordedTerms(text, theirs);
    };
    assert.deepEqual(
      {
        exit: ran.exit,
        stdout: inRecordedTerms(ran.stdout, recorded.stdout),
        stderr: inRecordedTerms(ran.stderr, recorded.stderr),
      },
      { exit: recorded.exit, stdout: recorded.stdout, stderr: recorded.stderr },
    );
  }

  /** Writes a file that replaces a recorded file in the arguments of later commands. */
  async provideFile(name: string, text: string): Promise<void> {
    const path = join(this.folder, basename(name));
    await writeFile(path, text);
    this.files.set(name, path);
  }

  /** Sets the time of the nodes' heartbeat. */
  setHeartbeat(time: string): Promise<void> {
    changeState(this.cluster.dir, (state) => {
      state.started = Date.parse(time);
    });
    return Promise.resolve();
  }

  /** Returns recorded arguments with the ids and files of this cluster. */
  private demoArguments(argv: readonly string[]): string[] {
    const file = (word: string): string | undefined => this.files.get(word.replace(/^@/, ''));
    return argv.map((word) => {
      const ours = file(word);
      return ours === undefined ? this.pairing.toDemoIds(word) : word.startsWith('@') ? `@${ours}` : ours;
    });
  }

  private runProgram(
    home: string,
    [program = '', ...args]: readonly string[],
    env: Recording['env'],
  ): Promise<ProgramResult> {
    return execute(this.programPath(program), args, this.environment(home, env));
  }

  private programPath(name: string): string {
    return name === 'tctl' ? this.cluster.tctl : this.cluster.tsh;
  }

  /** Returns the recorded environment, with a kubeconfig in a folder of this cluster. */
  private environment(home: string, env: Recording['env']): Record<string, string> {
    const KUBECONFIG = this.folder + (env['KUBECONFIG'] ?? `/home/${home}/.kube/config`);
    return { TZ: 'UTC', TELEPORT_HOME: this.home(home), ...env, KUBECONFIG };
  }
}
