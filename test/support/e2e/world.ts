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

/** What a test may want different from the usual. */
export interface E2eOptions {
  readonly release?: VscodeRelease;
  /** Enterprise, unless said otherwise. */
  readonly edition?: DemoTestCluster['edition'];
  /** True: the cluster as it is before requests are set up, with standing admin rights. */
  readonly beforeSetup?: boolean;
  readonly settings?: ServerOptions['settings'];
  /** True: folders open in Restricted Mode. */
  readonly trust?: boolean;
  /** Who sits in Alice's place, and in Rita's. */
  readonly people?: readonly [string, string?];
  /** True: Rita does not open VS Code; she decides in a shell. */
  readonly withoutReviewer?: boolean;
  /** Changes a person's folders or environment before the window opens. */
  readonly prepare?: (person: TestPerson, demo: DemoTestCluster) => TestPerson | Promise<TestPerson>;
}

/** One person at work: a server, and a window of it in a browser. */
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

  /** Opens another window; it shares settings and global storage with the first, and nothing else. */
  async openWindow(): Promise<Workbench> {
    this.window = await openWorkbench(this.#browser, this.server);
    return this.window;
  }

  /** Starts the server anew, after a stop or a kill, with what it had stored, and opens a window. */
  async restart(): Promise<Workbench> {
    await this.server.stop();
    this.server = await startServer({ ...this.#options, port: this.server.port });
    return this.openWindow();
  }
}

/** Alice, who asks for access, and Rita, who reviews (Ana on Community), side by side on a demo cluster of their own. */
export interface E2eFixture {
  readonly demo: DemoTestCluster;
  readonly browser: Browser;
  readonly alice: Actor;
  readonly rita: Actor;
  /** Those who have a window. */
  readonly actors: readonly Actor[];
  /** Moves the time of the cluster and of the extension on. */
  moveClock(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/** Test windows always show their terminals' tabs. */
const settings = { 'terminal.integrated.tabs.hideCondition': 'never' };

/** Where mocha is called by hand. `npm test` has built before, and two files at a time would clear it for each other. */
let built = process.env['JIT_TEST_BUILT'] ? Promise.resolve() : undefined;

/** Builds once a process, makes a demo cluster, and lets both people in. */
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
  const [alice, rita] = await Promise.all([startActor(requester), options.withoutReviewer ? undefined : startActor(reviewer)]);
  return {
    demo,
    browser,
    alice,
    get rita() {
      if (!rita) throw new Error('Rita has no window in this world.');
      return rita;
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
