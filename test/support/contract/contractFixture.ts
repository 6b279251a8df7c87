// Lets the contract tests act as several people on a cluster, with the client of the extension. All actions
// use copies of the people's profile folders.
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Draft } from '../../../src/access/requestDraft.ts';
import type { AccessRequest } from '../../../src/access/request.ts';
import { untrusted, type Untrusted, type RequestId } from '../../../src/access/untrusted/untrusted.ts';
import type { Ability } from '../../../src/teleport/commands/abilities.ts';
import type { Client, ClientParts } from '../../../src/teleport/commands/client.ts';
import { shellEnvironment } from '../../../src/teleport/environment/environment.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import { TshKube } from '../../../src/teleport/commands/tshKube.ts';
import { currentOf, fillHome, kubeconfigOf, makeHome } from '../../../src/teleport/home/privateHome.ts';
import { ResourceSearch } from '../../../src/teleport/commands/tshResourceSearch.ts';
import type { Profile } from '../../../src/teleport/output/loginSchema.ts';
import { Tctl } from '../../../src/teleport/commands/tctl.ts';
import { Tsh } from '../../../src/teleport/commands/tsh.ts';
import { HomeLocks } from '../../../src/teleport/lock/homeLocks.ts';
import { execute, type ProgramResult } from '../runProgram.ts';
import type { ContractCluster, ClusterDescription } from './clusters.ts';
import { loadRun, testClient } from '../testClient.ts';

/** The request that tests create by default. */
const draft: Draft = { roles: [untrusted('kube-admin')], reason: 'contract', minutes: 60, reviewers: [] };

/** Thrown when the cluster's description lacks a part that a test needs. The test is then skipped. */
export class MissingPrerequisite extends Error {}

/** The clients of the extension, and the abilities of the user that they recorded. */
export interface Clients {
  readonly tsh: Tsh;
  readonly tctl: Tctl;
  readonly kube: TshKube;
  readonly resources: ResourceSearch;
  readonly abilities: ReadonlyMap<Ability, boolean>;
}

/** The clients, people and requests of a contract suite. */
export class ContractFixture {
  readonly description: ClusterDescription;
  readonly enterprise: boolean;
  readonly tsh: Tsh;
  readonly tctl: Tctl;
  readonly kube: TshKube;
  readonly resources: ResourceSearch;
  /** The folder of private homes and temporary copies of logins. */
  readonly root: string;
  readonly #folder: string;
  readonly #locks: HomeLocks;
  readonly #createdRequests: Set<RequestId>;
  readonly #closeActions: (() => Promise<unknown>)[] = [];
  readonly #homes = new Map<string, Home>();
  #sharedApprovedRequest: Promise<RequestId> | undefined;
  #copies = 0;

  private constructor(description: ClusterDescription, createdRequests: Set<RequestId>, folder: string) {
    this.description = description;
    this.#createdRequests = createdRequests;
    this.enterprise = description.edition === 'enterprise';
    this.#folder = folder;
    this.root = join(folder, 'private');
    this.#locks = new HomeLocks({ XDG_RUNTIME_DIR: folder }, loadRun);
    ({ tsh: this.tsh, tctl: this.tctl, kube: this.kube, resources: this.resources } = this.newClients());
  }

  static async open(cluster: ContractCluster): Promise<ContractFixture> {
    const folder = await mkdtemp(join(await realpath(tmpdir()), 'jit-world-'));
    return new ContractFixture(await cluster.description(), cluster.createdRequests, folder);
  }

  /** Runs the actions given to `onClose`, the last one first, and removes all copies. */
  async close(): Promise<void> {
    for (const action of this.#closeActions.reverse()) await action().catch(() => undefined);
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Registers an action that runs when the suite ends, also after a failure. */
  onClose(action: () => Promise<unknown>): void {
    this.#closeActions.push(action);
  }

  /**
   * Returns the environment of this process without the variables that lead tsh to the login of the tests'
   * user.
   */
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

  /** Makes a client with these additional variables in its environment. */
  newClient(env: Readonly<Record<string, string>> = {}, parts: Partial<ClientParts> = {}): Client {
    return testClient(this.description, { env: this.environment(env), ...parts });
  }

  /** Makes separate clients, as the window of another person has them. */
  newClients(env: Readonly<Record<string, string>> = {}, configuration?: string): Clients {
    const abilities = new Map<Ability, boolean>();
    const client = this.newClient(env, { onAbility: (ability, works) => abilities.set(ability, works) });
    const options = configuration === undefined ? {} : { configuration };
    return {
      tsh: new Tsh(client),
      tctl: new Tctl({ client, root: this.root, ...options }),
      kube: new TshKube(client),
      resources: new ResourceSearch(client),
      abilities,
    };
  }

  /** Runs tsh or tctl directly, as a person does in a shell. */
  runDirectly(
    program: 'tsh' | 'tctl',
    home: Home,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<ProgramResult> {
    const tshVariables = { TELEPORT_HOME: home.folder, TELEPORT_ADD_KEYS_TO_AGENT: 'no' };
    return execute(this.description[program], args, this.environment({ ...tshVariables, ...env }));
  }

  /** Returns the environment of an elevated shell. */
  elevatedShellEnvironment(
    home: Home,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Record<string, string>> {
    return shellEnvironment(this.environment(env), {
      folder: home.folder,
      kubeconfig: kubeconfigOf(dirname(home.folder)),
      tsh: this.description.tsh,
      workspace: [],
    });
  }

  /** Makes a new folder for this suite. */
  async newFolder(): Promise<string> {
    const folder = join(this.#folder, `folder-${this.#copies++}`);
    await mkdir(folder, { mode: 0o700 });
    return folder;
  }

  /** Copies the profile folder of a person's main login. */
  async copyMainLogin(name: string): Promise<Home> {
    const from = this.description.homes[name];
    if (from === undefined) throw new MissingPrerequisite(`the description names nobody called ${name}`);
    return this.copyHome(from);
  }

  /** Copies a profile folder. */
  async copyHome(from: string): Promise<Home> {
    const to = join(this.#folder, `home-${this.#copies++}`);
    await cp(from, to, { recursive: true });
    return new Home(to, undefined, this.#locks);
  }

  /** Returns the suite's copy of a person's profile folder. Tests must not change its login. */
  async home(name: string): Promise<Home> {
    const home = this.#homes.get(name) ?? (await this.copyMainLogin(name));
    this.#homes.set(name, home);
    return home;
  }

  /** The person who administers roles and locks, and on Community requests too. */
  get administrator(): Untrusted {
    return untrusted(this.enterprise ? 'eve' : 'ana');
  }

  adminHome(): Promise<Home> {
    return this.home(this.enterprise ? 'eve' : 'ana');
  }

  /** Makes an empty profile folder. */
  async emptyHome(): Promise<Home> {
    return new Home(await this.newFolder(), undefined, this.#locks);
  }

  /** Makes a private home and fills it from a main login. */
  async privateHome(mainLogin: Home): Promise<Home> {
    const { folder } = await makeHome(this.root);
    await fillHome(folder, mainLogin.folder);
    return new Home(currentOf(folder), mainLogin.folder, this.#locks);
  }

  /** Makes a private home in which the shared approved request is assumed. */
  async elevatedHome(mainLogin: Home): Promise<{ home: Home; id: RequestId }> {
    return this.elevatedHomeWith(await this.sharedApprovedRequest(), mainLogin);
  }

  /** Makes a private home in which a request is assumed that the test may revoke or delete. */
  async elevatedHomeWith(id: RequestId, mainLogin: Home): Promise<{ home: Home; id: RequestId }> {
    const home = await this.privateHome(mainLogin);
    await this.tsh.assume(home, id);
    return { home, id };
  }

  /** Creates a request that the last suite deletes. Resolves to its id. */
  async createRequest(changes: Partial<Draft> = {}, name = 'alice'): Promise<RequestId> {
    const id = await this.tsh.create(await this.home(name), { ...draft, ...changes });
    this.#createdRequests.add(id);
    return id;
  }

  /** Decides a request as the person who may on this edition. Resolves to the decided request. */
  async decide(id: RequestId, verdict: 'approve' | 'deny', reason = 'contract'): Promise<AccessRequest> {
    await this.#decide(id, verdict, reason);
    return this.show(id);
  }

  async #decide(id: RequestId, verdict: 'approve' | 'deny', reason: string): Promise<void> {
    if (this.enterprise) await this.tsh.review(await this.home('rita'), id, verdict, reason);
    else await this.tctl.decide(await this.adminHome(), id, verdict, { reason, me: this.administrator });
  }

  /** Creates a request of alice's that is approved. */
  async newApprovedRequest(changes: Partial<Draft> = {}): Promise<RequestId> {
    const id = await this.createRequest(changes);
    await this.#decide(id, 'approve', 'contract');
    return id;
  }

  /** Returns an approved request of alice's that tests share. They must not revoke or delete it. */
  sharedApprovedRequest(): Promise<RequestId> {
    return (this.#sharedApprovedRequest ??= this.newApprovedRequest());
  }

  async show(id: RequestId, name = 'alice'): Promise<AccessRequest> {
    return this.tsh.show(await this.home(name), id);
  }

  /** Reads the profile of a home, which must be signed in. */
  async profile(home: Home): Promise<Profile> {
    const login = await this.tsh.status(home);
    assert.equal(login.kind, 'signedIn');
    return 'profile' in login ? login.profile : assert.fail();
  }

  /** Deletes a request. Resolves to false when the administrator may not. */
  async removeRequest(id: RequestId): Promise<boolean> {
    return (await this.#removeRequests([id])) === '';
  }

  /** Deletes the requests of all suites, as far as the administrator may. */
  async removeCreatedRequests(): Promise<void> {
    if (
      this.#createdRequests.size === 0 ||
      !/not found/.test(await this.#removeRequests([...this.#createdRequests]))
    )
      return;
    // tctl deletes none of several requests when one of them does not exist anymore.
    for (const id of this.#createdRequests) await this.#removeRequests([id]);
  }

  /** Deletes requests. Resolves to tctl's error message, or to an empty text on success. */
  async #removeRequests(ids: readonly RequestId[]): Promise<string> {
    const args = ['requests', 'rm', '--force', ids.join(',')];
    const { exit, stderr } = await this.runDirectly('tctl', await this.adminHome(), args);
    if (exit !== 0) return stderr;
    for (const id of ids) this.#createdRequests.delete(id);
    return '';
  }
}
