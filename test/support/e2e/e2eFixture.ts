import type { Browser } from 'playwright-core';
import { buildExtension, root } from '../../../scripts/build.ts';
import { launchChromium } from '../../../scripts/hosts/chromium.ts';
import {
  type DemoTestCluster,
  createDemoCluster,
  freshFolder,
  type TestPerson,
  removeFolder,
  setUpPerson,
} from '../../../scripts/hosts/people.ts';
import { type Server, type ServerOptions, startServer } from '../../../scripts/hosts/server.ts';
import type { VscodeRelease } from '../../../scripts/hosts/vscode.ts';
import { moveClock } from '../../../demo/createCluster.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

/** Options that replace the defaults of the fixture. */
export interface E2eOptions {
  readonly release?: VscodeRelease;
  /** The edition of the cluster, by default Enterprise. */
  readonly edition?: DemoTestCluster['edition'];
  /** Starts with a cluster on which access requests are not set up and admin rights are standing. */
  readonly beforeSetup?: boolean;
  readonly settings?: ServerOptions['settings'];
  /** Enables workspace trust, so that folders open in Restricted Mode. */
  readonly trust?: boolean;
  /** The people who replace Alice and Rita. */
  readonly people?: readonly [string, string?];
  /** Opens no VS Code for Rita, who then decides in a shell. */
  readonly withoutReviewer?: boolean;
  /** Changes a person's folders or environment before the window opens. */
  readonly prepare?: (person: TestPerson, demo: DemoTestCluster) => TestPerson | Promise<TestPerson>;
}

/** A person with a VS Code server and a window of it in a browser. */
export class Actor {
  readonly person: TestPerson;
  server: Server;
  /** The window that was opened last. */
  window: Workbench;
  readonly #browser: Browser;
  readonly #options: ServerOptions;

  private constructor(
    person: TestPerson,
    browser: Browser,
    options: ServerOptions,
    server: Server,
    window: Workbench,
  ) {
    this.person = person;
    this.#browser = browser;
    this.#options = options;
    this.server = server;
    this.window = window;
  }

  static async start(person: TestPerson, browser: Browser, options: ServerOptions): Promise<Actor> {
    const server = await startServer(options);
    return new Actor(person, browser, options, server, await openWorkbench(browser, server));
  }

  /** Opens another window. It shares only settings and global storage with the first. */
  async openWindow(): Promise<Workbench> {
    this.window = await openWorkbench(this.#browser, this.server);
    return this.window;
  }

  /** Restarts the server with its stored data, also after it was killed, and opens a window. */
  async restart(): Promise<Workbench> {
    await this.server.stop();
    this.server = await startServer({ ...this.#options, port: this.server.port });
    return this.openWindow();
  }
}

/** Alice, who requests access, and Rita (Ana on Community), who reviews, on their own demo cluster. */
export interface E2eFixture {
  readonly demo: DemoTestCluster;
  readonly browser: Browser;
  readonly alice: Actor;
  readonly rita: Actor;
  /** The people who have a window. */
  readonly actors: readonly Actor[];
  /** Advances the time of the cluster and of the extension. */
  moveClock(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/** The settings of all test windows: they always show the tabs of terminals. */
const settings = { 'terminal.integrated.tabs.hideCondition': 'never' };

/**
 * The build for a run of mocha by hand. `npm test` builds the extension before, and parallel test files must
 * not build it, because a build clears the files that the others use.
 */
let built = process.env['JIT_TEST_BUILT'] ? Promise.resolve() : undefined;

/** Builds the extension once per process, creates a demo cluster, and opens VS Code for both people. */
export async function startE2eFixture(options: E2eOptions = {}): Promise<E2eFixture> {
  await (built ??= buildExtension());
  const folder = await freshFolder();
  const demo = await createDemoCluster(folder, options.edition, { before: options.beforeSetup ?? false });
  const browser = await launchChromium();
  const startActor = async (name: string): Promise<Actor> => {
    const base = await setUpPerson(folder, demo, name);
    const person = (await options.prepare?.(base, demo)) ?? base;
    return Actor.start(person, browser, {
      release: options.release ?? 'newest',
      folder: person.workspace,
      userData: person.userData,
      extensions: [root],
      env: person.env,
      settings: { ...settings, ...options.settings },
      trust: options.trust ?? false,
    });
  };
  const [requester = 'alice', reviewer = demo.homes['rita'] ? 'rita' : 'ana'] = options.people ?? [];
  const [alice, rita] = await Promise.all([
    startActor(requester),
    options.withoutReviewer ? undefined : startActor(reviewer),
  ]);
  return {
    demo,
    browser,
    alice,
    get rita() {
      // Where Rita is the first person, she is the only one with a window.
      const reviewer = rita ?? (requester === 'rita' ? alice : undefined);
      if (!reviewer) throw new Error('Rita has no window in this world.');
      return reviewer;
    },
    actors: rita ? [alice, rita] : [alice],
    moveClock: (ms) => moveClock(demo.dir, ms),
    async stop() {
      await browser.close();
      await Promise.all([alice.server.stop(), rita?.server.stop()]);
      await removeFolder(folder);
    },
  };
}
