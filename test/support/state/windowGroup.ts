// Several windows of a person, connected by real sockets, with the test's clock.
import { mkdir } from 'node:fs/promises';
import { TemporaryFolder } from '../temporaryFolder.ts';
import { MemoryFiles, TestWindow, ScriptedTsh } from './testWindow.ts';
import { HandClock } from './handClock.ts';

/** Windows that share a clock, a tsh and files, and elect a leader. */
export class WindowGroup {
  readonly clock = new HandClock();
  /** The tsh of all windows, so that its calls are counted over all of them. */
  readonly tsh = new ScriptedTsh();
  readonly windows: TestWindow[] = [];
  readonly #texts = new Map<string, string>();
  readonly #folder: TemporaryFolder;

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
  }

  static async open(): Promise<WindowGroup> {
    const folder = await TemporaryFolder.open();
    await mkdir(folder.at('locks'), { mode: 0o700 });
    return new WindowGroup(folder);
  }

  /** The path of the lock that the leader holds. */
  get lockPath(): string {
    return this.#folder.at('locks', 'leader');
  }

  /** Makes a window that has not started yet. */
  addWindow(options: { lockPath?: string; patience?: number } = {}): TestWindow {
    const { clock, tsh, lockPath } = this;
    const files = new MemoryFiles(this.#texts);
    const window = new TestWindow({ clock, tsh, files, lockPath, ...options });
    this.windows.push(window);
    return window;
  }

  /** Opens windows one after the other: the first leads, the others follow. */
  async openWindows(count: number): Promise<TestWindow[]> {
    const opened: TestWindow[] = [];
    for (let n = 0; n < count; n += 1) {
      const window = this.addWindow();
      opened.push(window);
      window.windows.start();
      await window.windows.decided(10_000);
    }
    return opened;
  }

  get leader(): TestWindow | undefined {
    return this.windows.find(({ windows }) => windows.leads);
  }

  /** Ends a window, as when it is closed or killed. */
  end({ windows, refresh }: TestWindow): void {
    refresh.dispose();
    windows.dispose();
  }

  async close(): Promise<void> {
    for (const window of this.windows) this.end(window);
    await this.#folder.close();
  }
}
