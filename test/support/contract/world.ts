// People at work on a cluster, through our client. Everything is done on copies of their homes.
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Draft } from '../../../src/access/requestDraft.ts';
import type { AccessRequest } from '../../../src/access/request.ts';
import { untrusted, type Untrusted, type RequestId } from '../../../src/access/text/untrusted.ts';
import type { Ability } from '../../../src/teleport/commands/abilities.ts';
import { Client } from '../../../src/teleport/commands/client.ts';
import { shellEnvironment } from '../../../src/teleport/process/environment.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import { TshKube } from '../../../src/teleport/commands/tshKube.ts';
import { currentOf, fillHome, kubeconfigOf, makeHome } from '../../../src/teleport/home/privateHome.ts';
import { run } from '../../../src/teleport/process/runProcess.ts';
import { ResourceSearch } from '../../../src/teleport/commands/tshResourceSearch.ts';
import type { Profile } from '../../../src/teleport/output/requestSchema.ts';
import { Tctl } from '../../../src/teleport/commands/tctl.ts';
import { Tsh } from '../../../src/teleport/commands/tsh.ts';
import { HomeLocks } from '../../../src/teleport/lock/homeLocks.ts';
import { execute, type Ran } from '../runProgram.ts';
import type { Candidate, Description } from './clusters.ts';

/** What tests ask for unless they say otherwise. */
const draft: Draft = { roles: [untrusted('kube-admin')], reason: 'contract', minutes: 60, reviewers: [] };

/** The description lacks what a test needs: it is left out. */
export class Lacking extends Error {}

/** Our client, and what it learned about what its user may do. */
export interface Clients {
  readonly tsh: Tsh;
  readonly tctl: Tctl;
  readonly kube: TshKube;
  readonly resources: ResourceSearch;
  readonly abilities: ReadonlyMap<Ability, boolean>;
}

export class World {
  readonly description: Description;
  readonly enterprise: boolean;
  readonly tsh: Tsh;
  readonly tctl: Tctl;
  readonly kube: TshKube;
  readonly resources: ResourceSearch;
  /** Where private homes and throwaway copies lie. */
  readonly root: string;
  readonly #folder: string;
  readonly #turns: HomeLocks;
  readonly #made: Set<RequestId>;
  readonly #undo: (() => Promise<unknown>)[] = [];
  readonly #people = new Map<string, Home>();
  #approved: Promise<RequestId> | undefined;
  #copies = 0;

  private constructor(description: Description, made: Set<RequestId>, folder: string) {
    this.description = description;
    this.#made = made;
    this.enterprise = description.edition === 'enterprise';
    this.#folder = folder;
    this.root = join(folder, 'private');
    this.#turns = new HomeLocks({ XDG_RUNTIME_DIR: folder }, () => Promise.resolve(run));
    ({ tsh: this.tsh, tctl: this.tctl, kube: this.kube, resources: this.resources } = this.clients());
  }

  static async open(candidate: Candidate): Promise<World> {
    const folder = await mkdtemp(join(await realpath(tmpdir()), 'jit-world-'));
    return new World(await candidate.describe(), candidate.made, folder);
  }

  /** Undoes what was done, the last first, and removes every copy. */
  async close(): Promise<void> {
    for (const undo of this.#undo.reverse()) await undo().catch(() => undefined);
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Something to be done when the suite ends, whatever came of it. */
  undoing(undo: () => Promise<unknown>): void {
    this.#undo.push(undo);
  }

  /** The environment of this program: tsh finds nothing of the person who runs the tests. */
  environment(env: Readonly<Record<string, string>> = {}): Record<string, string> {
    const own = Object.entries(process.env).filter(
      ([name]) => !/^(TELEPORT_|TSH_|SSH_AUTH_SOCK$|KUBECONFIG$|XDG_|NODE_OPTIONS$)/.test(name),
    );
    const home = { HOME: this.#folder, USERPROFILE: this.#folder };
    return {
      ...(Object.fromEntries(own) as Record<string, string>),
      ...home,
      ...this.description.env,
      ...env,
    };
  }

  /** A client whose own environment has these variables too. */
  client(env: Readonly<Record<string, string>> = {}): Client {
    const { description } = this;
    return new Client({
      loadRun: () => Promise.resolve(run),
      env: this.environment(env),
      places: (name) => ({ setting: description[name], env: {}, without: [] }),
      log: () => undefined,
      elapsed: () => performance.now(),
    });
  }

  /** Another client of its own, such as another person's window has it. */
  clients(env: Readonly<Record<string, string>> = {}, configuration?: string): Clients {
    const client = this.client(env);
    const abilities = new Map<Ability, boolean>();
    const noticed = (ability: Ability, works: boolean): void => void abilities.set(ability, works);
    const own = configuration === undefined ? {} : { configuration };
    return {
      tsh: new Tsh(client, noticed),
      tctl: new Tctl({ client, root: this.root, noticed, ...own }),
      kube: new TshKube(client, noticed),
      resources: new ResourceSearch(client, noticed),
      abilities,
    };
  }

  /** Runs tsh or tctl without our client, such as a person types it. */
  typed(
    program: 'tsh' | 'tctl',
    home: Home,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Ran> {
    const quiet = { TELEPORT_HOME: home.folder, TELEPORT_ADD_KEYS_TO_AGENT: 'no' };
    return execute(this.description[program], args, this.environment({ ...quiet, ...env }));
  }

  /** What a shell elevated by us has as its environment. */
  shell(home: Home, env: Readonly<Record<string, string>> = {}): Record<string, string> {
    return shellEnvironment(this.environment(env), {
      folder: home.folder,
      kubeconfig: kubeconfigOf(dirname(home.folder)),
      tsh: this.description.tsh,
      without: [],
    });
  }

  /** A folder of this suite's own. */
  async folder(): Promise<string> {
    const folder = join(this.#folder, `folder-${this.#copies++}`);
    await mkdir(folder, { mode: 0o700 });
    return folder;
  }

  /** A fresh copy of somebody's main login's folder. */
  async copyOf(name: string): Promise<Home> {
    const from = this.description.homes[name];
    if (from === undefined) throw new Lacking(`the description names nobody called ${name}`);
    return this.copied(from);
  }

  async copied(from: string): Promise<Home> {
    const to = join(this.#folder, `home-${this.#copies++}`);
    await cp(from, to, { recursive: true });
    return new Home(to, undefined, this.#turns);
  }

  /** The home of somebody whose login these tests do not change. */
  async home(name: string): Promise<Home> {
    const home = this.#people.get(name) ?? (await this.copyOf(name));
    this.#people.set(name, home);
    return home;
  }

  /** Who administers: roles and locks; on Community requests too. */
  get administrator(): Untrusted {
    return untrusted(this.enterprise ? 'eve' : 'ana');
  }

  admin(): Promise<Home> {
    return this.home(this.enterprise ? 'eve' : 'ana');
  }

  /** An empty folder as a home. */
  async emptyHome(): Promise<Home> {
    return new Home(await this.folder(), undefined, this.#turns);
  }

  /** A private home, filled from an ordinary one. */
  async privateHome(mainLogin: Home): Promise<Home> {
    const { folder } = await makeHome(this.root);
    await fillHome(folder, mainLogin.folder);
    return new Home(currentOf(folder), mainLogin.folder, this.#turns);
  }

  /** A private home in which the request is in use that any test may use. */
  async elevated(mainLogin: Home): Promise<{ home: Home; id: RequestId }> {
    return this.elevatedBy(await this.approved(), mainLogin);
  }

  /** The same with a request of one's own, which may be revoked or deleted. */
  async elevatedBy(id: RequestId, mainLogin: Home): Promise<{ home: Home; id: RequestId }> {
    const home = await this.privateHome(mainLogin);
    await this.tsh.assume(home, id);
    return { home, id };
  }

  async ask(changes: Partial<Draft> = {}, name = 'alice'): Promise<RequestId> {
    const id = await this.tsh.create(await this.home(name), { ...draft, ...changes });
    this.#made.add(id);
    return id;
  }

  /** Decides as whoever may here; resolves to the request as it then stands. */
  async decide(id: RequestId, verdict: 'approve' | 'deny', reason = 'contract'): Promise<AccessRequest> {
    await this.#decide(id, verdict, reason);
    return this.show(id);
  }

  async #decide(id: RequestId, verdict: 'approve' | 'deny', reason: string): Promise<void> {
    if (this.enterprise) await this.tsh.review(await this.home('rita'), id, verdict, reason);
    else await this.tctl.decide(await this.admin(), id, verdict, { reason, me: this.administrator });
  }

  /** A new request of alice's that is approved. */
  async granted(changes: Partial<Draft> = {}): Promise<RequestId> {
    const id = await this.ask(changes);
    await this.#decide(id, 'approve', 'contract');
    return id;
  }

  /** An approved request of alice's for all who only need one. */
  approved(): Promise<RequestId> {
    return (this.#approved ??= this.granted());
  }

  async show(id: RequestId, name = 'alice'): Promise<AccessRequest> {
    return this.tsh.show(await this.home(name), id);
  }

  async profile(home: Home): Promise<Profile> {
    const login = await this.tsh.status(home);
    assert.equal(login.kind, 'signedIn');
    return 'profile' in login ? login.profile : assert.fail();
  }

  /** Deletes a request; false where nobody here may. */
  async remove(id: RequestId): Promise<boolean> {
    return (await this.#remove([id])) === '';
  }

  /** Deletes what all suites asked for, as far as somebody may. */
  async sweep(): Promise<void> {
    if (this.#made.size === 0 || !/not found/.test(await this.#remove([...this.#made]))) return;
    // tctl deletes none of several when one of them is gone already.
    for (const id of this.#made) await this.#remove([id]);
  }

  /** What tctl says against it; nothing when it is done. */
  async #remove(ids: readonly RequestId[]): Promise<string> {
    const args = ['requests', 'rm', '--force', ids.join(',')];
    const { exit, stderr } = await this.typed('tctl', await this.admin(), args);
    if (exit !== 0) return stderr;
    for (const id of ids) this.#made.delete(id);
    return '';
  }
}
