// People at work on a cluster, through our client. Everything is done on copies of their homes.
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Draft } from '../../src/access/draft.ts';
import type { AccessRequest } from '../../src/access/request.ts';
import { foreign, type RequestId } from '../../src/access/text.ts';
import { Client } from '../../src/teleport/client.ts';
import { failureOf, type FailureKind } from '../../src/teleport/failure.ts';
import { Home } from '../../src/teleport/home.ts';
import { currentOf, fillHome, makeHome } from '../../src/teleport/privateHome.ts';
import { run } from '../../src/teleport/process.ts';
import type { Profile } from '../../src/teleport/schema.ts';
import { Tsh } from '../../src/teleport/tsh.ts';
import { execute } from '../replay/program.ts';
import { clusters, type Candidate, type Description } from './cluster.ts';

/** What tests ask for unless they say otherwise. */
const draft: Draft = { roles: [foreign('kube-admin')], reason: 'contract', minutes: 60, reviewers: [] };

export class World {
  readonly description: Description;
  readonly enterprise: boolean;
  readonly tsh: Tsh;
  readonly #folder: string;
  readonly #close: () => Promise<void>;
  readonly #made: RequestId[] = [];
  readonly #people = new Map<string, Home>();
  #copies = 0;

  private constructor(description: Description, folder: string, close: () => Promise<void>) {
    this.description = description;
    this.enterprise = description.edition === 'enterprise';
    this.tsh = new Tsh(this.client());
    this.#folder = folder;
    this.#close = close;
  }

  static async open(candidate: Candidate): Promise<World> {
    const { description, close } = await candidate.open();
    const folder = await mkdtemp(join(await realpath(tmpdir()), 'jit-world-'));
    return new World(description, folder, close);
  }

  /** Removes what was made: requests as far as somebody may, and every copy. */
  async close(): Promise<void> {
    if (this.#made.length > 0) await this.remove(...this.#made);
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
    await this.#close();
  }

  /** A client whose own environment has these variables too. */
  client(env: Record<string, string> = {}): Client {
    const { description } = this;
    return new Client({
      loadRun: () => Promise.resolve(run),
      env: { ...process.env, ...description.env, ...env },
      places: (name) => ({ setting: description[name], env: {}, without: [] }),
      log: () => undefined,
      elapsed: () => performance.now(),
    });
  }

  /** A fresh copy of somebody's everyday home. */
  async copyOf(name: string): Promise<Home> {
    const from = this.description.homes[name];
    if (from === undefined) throw new Error(`Nobody called ${name} here.`);
    return this.copied(from);
  }

  async copied(from: string): Promise<Home> {
    const to = join(this.#folder, `home-${this.#copies++}`);
    await cp(from, to, { recursive: true });
    return new Home(to);
  }

  /** The home of somebody whose login these tests do not change. */
  async home(name: string): Promise<Home> {
    const home = this.#people.get(name) ?? (await this.copyOf(name));
    this.#people.set(name, home);
    return home;
  }

  /** An empty folder as a home. */
  async emptyHome(): Promise<Home> {
    const folder = join(this.#folder, `home-${this.#copies++}`);
    await mkdir(folder, { mode: 0o700 });
    return new Home(folder);
  }

  /** A private home, filled from an everyday one. */
  async privateHome(everyday: Home): Promise<Home> {
    const { folder } = await makeHome(join(this.#folder, 'private'));
    await fillHome(folder, everyday.folder);
    return new Home(currentOf(folder), everyday.folder);
  }

  async ask(changes: Partial<Draft> = {}, name = 'alice'): Promise<RequestId> {
    const id = await this.tsh.create(await this.home(name), { ...draft, ...changes });
    this.#made.push(id);
    return id;
  }

  /** Decides as whoever may here; resolves to the request as it then stands. */
  async decide(id: RequestId, verdict: 'approve' | 'deny', reason = 'contract'): Promise<AccessRequest> {
    if (this.enterprise) await this.tsh.review(await this.home('rita'), id, verdict, reason);
    else await this.#administer('requests', verdict, `--reason=${reason}`, id);
    return this.show(id);
  }

  async granted(changes: Partial<Draft> = {}): Promise<RequestId> {
    const id = await this.ask(changes);
    assert.equal((await this.decide(id, 'approve')).state, 'approved');
    return id;
  }

  async show(id: RequestId, name = 'alice'): Promise<AccessRequest> {
    return this.tsh.show(await this.home(name), id);
  }

  async profile(home: Home): Promise<Profile> {
    const login = await this.tsh.status(home);
    assert.equal(login.kind, 'signedIn');
    return 'profile' in login ? login.profile : assert.fail();
  }

  /** Deletes requests; false where nobody here may. */
  async remove(...ids: readonly RequestId[]): Promise<boolean> {
    try {
      await this.#administer('requests', 'rm', '--force', ids.join(','));
      return true;
    } catch {
      return false;
    }
  }

  async #administer(...args: readonly string[]): Promise<void> {
    const home = await this.home(this.enterprise ? 'eve' : 'ana');
    const env = { ...process.env, ...this.description.env, TELEPORT_HOME: home.folder };
    const { exit, stderr } = await execute(this.description.tctl, args, env);
    if (exit !== 0) throw new Error(stderr);
  }
}

/** One suite for every cluster there is, or for those of one edition. */
export function onEveryCluster(
  title: string,
  suite: (world: () => World) => void,
  edition?: Description['edition'],
): void {
  for (const candidate of clusters.filter((one) => edition === undefined || one.edition === edition)) {
    describe(`${title} (${candidate.name})`, function () {
      this.timeout(30_000);
      let world: World | undefined;
      before(async () => {
        world = await World.open(candidate);
      });
      after(() => world?.close());
      suite(() => world ?? assert.fail('not open'));
    });
  }
}

/** Leaves a test out, saying why. */
export function lacking(context: Mocha.Context, why: string): never {
  console.log(`      left out: ${why}`);
  return context.skip();
}

export const failsWith = (promise: Promise<unknown>, kind: FailureKind): Promise<void> =>
  assert.rejects(promise, (error) => {
    assert.equal(failureOf(error)?.kind, kind, String(failureOf(error)?.said ?? error));
    return true;
  });

/** Asks again until it is so: lists lag. */
export async function eventually<T>(ask: () => Promise<T>, so: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (so(answer)) return answer;
  }
}

/** Every file below a folder with its contents. */
export async function contents(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files[path] = (await readFile(path)).toString('base64');
  }
  return files;
}

/** An id that no cluster knows. */
export const unknown = '00000000-0000-4000-8000-000000000000' as RequestId;
