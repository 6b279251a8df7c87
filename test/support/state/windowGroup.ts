// Several windows of one person, with real sockets between them. Their time is the test's.
import { mkdir } from 'node:fs/promises';
import { Folder } from '../temporaryFolder.ts';
import { RememberedFiles, Stage, ToldTsh } from './testWindow.ts';
import { Time } from './handClock.ts';

export class Room {
  readonly time = new Time();
  /** One tsh for all: what it is asked is counted over all windows. */
  readonly tsh = new ToldTsh();
  readonly windows: Stage[] = [];
  readonly #kept = new Map<string, string>();
  readonly #folder: Folder;

  private constructor(folder: Folder) {
    this.#folder = folder;
  }

  static async open(): Promise<Room> {
    const folder = await Folder.open();
    await mkdir(folder.at('turns'), { mode: 0o700 });
    return new Room(folder);
  }

  get seat(): string {
    return this.#folder.at('turns', 'seat');
  }

  /** A window that does nothing yet. */
  window(parts: { seat?: string; patience?: number } = {}): Stage {
    const { time, tsh, seat } = this;
    const files = new RememberedFiles(this.#kept);
    const window = new Stage({ time, tsh, files, seat, ...parts });
    this.windows.push(window);
    return window;
  }

  /** Opens windows: the first leads, the others follow. */
  async enter(count: number): Promise<Stage[]> {
    const entered: Stage[] = [];
    for (let n = 0; n < count; n += 1) {
      const window = this.window();
      entered.push(window);
      window.windows.start();
      await window.windows.decided(10_000);
    }
    return entered;
  }

  get leader(): Stage | undefined {
    return this.windows.find(({ windows }) => windows.leads);
  }

  async close(): Promise<void> {
    for (const { windows, refresh } of this.windows) {
      refresh.stop();
      windows.stop();
    }
    await this.#folder.close();
  }
}
