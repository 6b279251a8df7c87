// A demo cluster on which recorded runs are played again.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createCluster, moveClock, signInPerson, type DemoCluster } from '../../../demo/createCluster.ts';
import type { Fault } from '../../../demo/client/faults.ts';
import type { DemoEdition } from '../../../demo/resources/roles.ts';
import { changeState, isCatchingUp, readState } from '../../../demo/server/serverState.ts';
import { buildDemo, execute, type Ran } from '../runProgram.ts';
import { madeAt, Pairing, recording, type Recording } from '../recordings.ts';

/** How long a call takes before it looks at the clock, in ms, about. */
const start = 40;

export class Stage {
  readonly cluster: DemoCluster;
  private readonly folder: string;
  private readonly pairing = new Pairing();
  private readonly files = new Map<string, string>();
  private readonly waiting = new Map<string, { child: ChildProcess; done: Promise<Ran> }>();

  private constructor(cluster: DemoCluster, folder: string) {
    this.cluster = cluster;
    this.folder = folder;
  }

  static async open(edition: DemoEdition, signedInAt: string): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'replay-'));
    const program = await buildDemo(folder);
    const dir = join(folder, 'cluster');
    await mkdir(dir);
    await writeFile(join(dir, 'clock'), String(Date.parse(signedInAt) - Date.now()));
    const cluster = await createCluster(dir, { edition, node: process.execPath, program });
    const stage = new Stage(cluster, folder);
    await stage.file('/etc/hostname', 'vm\n');
    await stage.file('/etc/teleport.yaml', 'version: v3\nauth_service: {enabled: yes}\n');
    return stage;
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  home(person: string): string {
    return (this.cluster.homes[person] ??= join(this.cluster.dir, 'homes', person));
  }

  /** Sets the cluster's time. */
  async at(time: string | number): Promise<void> {
    const target = typeof time === 'string' ? Date.parse(time) : time;
    const offset = Number(await readFile(this.cluster.clock, 'utf8'));
    await moveClock(this.cluster.dir, target - start - Date.now() - offset);
  }

  async signIn(person: string, at: string, home = person, ttlMinutes?: number): Promise<void> {
    await this.at(at);
    await rm(this.home(home), { recursive: true, force: true });
    await signInPerson(this.cluster.dir, person, this.home(home), ttlMinutes);
  }

  async copy(from: string, to: string): Promise<void> {
    await rm(this.home(to), { recursive: true, force: true });
    await cp(this.home(from), this.home(to), { recursive: true });
  }

  async faults(faults: readonly Fault[]): Promise<void> {
    await writeFile(join(this.cluster.dir, 'faults.json'), JSON.stringify(faults));
  }

  /** Until the lists show everything. */
  async caughtUp(): Promise<void> {
    while (isCatchingUp(readState(this.cluster.dir))) await wait(20);
  }

  /** Makes these requests appear made just now to the lists, however long this machine took since. */
  justChanged(...ids: readonly string[]): Promise<void> {
    const ours = ids.map((id) => this.pairing.toOurs(id));
    changeState(this.cluster.dir, ({ requests }) => {
      for (const stored of requests) if (ours.includes(stored.now?.id ?? '')) stored.changed = Date.now();
    });
    return Promise.resolve();
  }

  /** Runs what was not recorded. `id` names the request it makes as the recordings do. */
  async run(home: string, argv: readonly string[], id?: string): Promise<Ran> {
    if (id) await this.at(madeAt(id));
    const ran = await this.call(home, this.words(argv), {});
    const made = /^Request ID: +(\S+)/m.exec(ran.stdout)?.[1];
    if (id) assert.ok(made !== undefined && this.pairing.pair(id, made), `no request made: ${ran.stderr}`);
    return ran;
  }

  /** Plays one recording and compares; a request it made is made at the same time as the recorded one. */
  async play(name: string, home: string): Promise<void> {
    const recorded = recording(name);
    const made = /^Creating request\.\.\.\nRequest ID: +(\S+)/.exec(recorded.stdout)?.[1];
    if (made) await this.at(madeAt(made));
    if (recorded.exit === 'timeout') {
      await this.begin(name, home);
      this.waiting.get(name)?.child.kill('SIGKILL');
      await this.finish(name);
    } else {
      this.compare(recorded, await this.call(home, this.words(recorded.argv), recorded.env));
    }
  }

  /** Starts a recording that waits, until it says so. */
  async begin(name: string, home: string): Promise<void> {
    const recorded = recording(name);
    const [program = '', ...args] = this.words(recorded.argv);
    const child = spawn(this.program(program), args, {
      env: this.environment(home, recorded.env),
      stdio: 'pipe',
    });
    child.stdin.end();
    const ran = { stdout: '', stderr: '' };
    child.stderr.setEncoding('utf8').on('data', (text: string) => (ran.stderr += text));
    const done = new Promise<Ran>((resolve) => {
      child.on('close', (code) => resolve({ ...ran, exit: code ?? 'timeout' }));
    });
    this.waiting.set(name, { child, done });
    await new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        ran.stdout += text;
        if (ran.stdout.includes('Waiting for request approval...\n')) resolve();
      });
      child.on('close', () => resolve());
    });
  }

  /** Waits for the end of what was begun, and compares. */
  async finish(name: string): Promise<void> {
    const ran = await this.waiting.get(name)?.done;
    assert.ok(ran, `${name} was not begun`);
    this.compare(recording(name), ran);
  }

  private compare(recorded: Recording, ran: Ran): void {
    const said = (ours: string, theirs: string): string => {
      const places = [this.folder, JSON.stringify(this.folder).slice(1, -1)];
      const text = places.reduce((all, place) => all.replaceAll(`${place}/home/`, '/home/'), ours);
      return this.pairing.inTheirTerms(text, theirs);
    };
    assert.deepEqual(
      {
        exit: ran.exit,
        stdout: said(ran.stdout, recorded.stdout),
        stderr: said(ran.stderr, recorded.stderr),
      },
      { exit: recorded.exit, stdout: recorded.stdout, stderr: recorded.stderr },
    );
  }

  /** Writes a file; from then on arguments that name it mean this one. */
  async file(name: string, text: string): Promise<void> {
    const path = join(this.folder, basename(name));
    await writeFile(path, text);
    this.files.set(name, path);
  }

  /** When the nodes said last that they were there. */
  heartbeat(time: string): Promise<void> {
    changeState(this.cluster.dir, (state) => {
      state.started = Date.parse(time);
    });
    return Promise.resolve();
  }

  /** Recorded arguments with our ids and our files. */
  private words(argv: readonly string[]): string[] {
    const file = (word: string): string | undefined => this.files.get(word.replace(/^@/, ''));
    return argv.map((word) => {
      const ours = file(word);
      return ours === undefined ? this.pairing.toOurs(word) : word.startsWith('@') ? `@${ours}` : ours;
    });
  }

  private call(
    home: string,
    [program = '', ...args]: readonly string[],
    env: Recording['env'],
  ): Promise<Ran> {
    return execute(this.program(program), args, this.environment(home, env));
  }

  private program(name: string): string {
    return name === 'tctl' ? this.cluster.tctl : this.cluster.tsh;
  }

  /** The recorded environment; what lay in a home lies in a folder of this stage. */
  private environment(home: string, env: Recording['env']): Record<string, string> {
    const KUBECONFIG = this.folder + (env['KUBECONFIG'] ?? `/home/${home}/.kube/config`);
    return { TZ: 'UTC', TELEPORT_HOME: this.home(home), ...env, KUBECONFIG };
  }
}
