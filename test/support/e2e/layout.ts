import { EventEmitter } from 'node:events';
import type { Page, WebSocket } from 'playwright-core';

/**
 * The terminal layout that the window has sent to its server. The window sends it shortly after a terminal's
 * shell has started. After a reload only the terminals of the sent layout are restored.
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
      this.#changes.emit('change');
    });
  }

  /** Waits until the window has sent a layout with this number of terminals. */
  async waitForTerminals(terminals: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (this.#terminals !== terminals) return;
        this.#changes.off('change', check);
        resolve();
      };
      this.#changes.on('change', check);
      check();
    });
  }
}
