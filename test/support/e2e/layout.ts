import { EventEmitter } from 'node:events';
import type { Page, WebSocket } from 'playwright-core';

/**
 * What the window has told its server about its terminals. Only what was told is there again after a reload, and it
 * is told a moment after a terminal's shell has started.
 */
export class TerminalLayout {
  #terminals = 0;
  readonly #changes = new EventEmitter().setMaxListeners(0);

  constructor(page: Page) {
    page.on('websocket', (socket) => this.#listen(socket));
  }

  #listen(socket: WebSocket): void {
    socket.on('framesent', ({ payload }) => {
      const text = typeof payload === 'string' ? payload : payload.toString('latin1');
      const layout = /\$setTerminalLayoutInfo.*?("workspaceId".*)/s.exec(text)?.[1];
      if (layout === undefined) return;
      this.#terminals = layout.match(/"terminal":\d+/g)?.length ?? 0;
      this.#changes.emit('told');
    });
  }

  /** Waits until the server knows so many terminals of this window. */
  async waitForTerminals(terminals: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (this.#terminals !== terminals) return;
        this.#changes.off('told', check);
        resolve();
      };
      this.#changes.on('told', check);
      check();
    });
  }
}
