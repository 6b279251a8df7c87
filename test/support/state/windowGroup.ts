// Several windows of one person, with real sockets between them. Their time is the test's.
import { mkdir } from 'node:fs/promises';
import { TemporaryFolder } from '../temporaryFolder.ts';
import { MemoryFiles, TestWindow, ScriptedTsh } from './testWindow.ts';
import { HandClock } from './handClock.ts';

export class WindowGroup {
  readonly clock = new HandClock();
  /** One tsh for all: what it is asked is counted over all windows. */
  readonly tsh = new ScriptedTsh();
  readonly windows: TestWindow[] = [];
  readonly #texts = new Map<string, string>();
  readonly #folder: TemporaryFolder;

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
  }

  static async open(): Promise<WindowGroup> {
    const folder = await TemporaryFolder.open();
    await mkdir(folder.at('turns'), { mode: 0o700 });
    return new WindowGroup(folder);
  }

  get lockPath(): string {
    return this.#folder.at('turns', 'seat');
  }

  /** A window that does nothing yet. */
  addWindow(options: { seat?: string; patience?: number } = {}): TestWindow {
    const { clock: time, tsh, lockPath: seat } = this;
    const files = new MemoryFiles(this.#texts);
    const window = new TestWindow({ clock: time, tsh, files, lockPath: seat, ...options });
    this.windows.push(window);
    return window;
  }

  /** Opens windows: the first leads, the others follow. */
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

  async close(): Promise<void> {
    for (const { windows, refresh } of this.windows) {
      refresh.dispose();
      windows.dispose();
    }
    await this.#folder.close();
  }
}
