import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';

/** The longest line that is read, in characters; requests are sent a few hundred a line. */
const longest = 4 * 1024 * 1024;
/** Who has left so many bytes unread is let go. */
const unread = 64 * 1024 * 1024;

/** Two windows talk: a line of JSON each way at a time. What is no JSON is passed over. */
export class Channel {
  readonly #socket: Socket;
  /** Resolves when the other end is gone, or was never there. */
  readonly ended: Promise<void>;

  /** @param heard called for one value after the other, each when the one before is through */
  constructor(socket: Socket, heard: (value: unknown, from: Channel) => Promise<void> | void) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    // Its end may come as an error; both mean that it is gone.
    socket.on('error', () => undefined);
    this.ended = this.#read(heard).catch(() => {
      socket.destroy();
    });
  }

  send(value: unknown): void {
    // Who hangs comes again when it can.
    if (this.#socket.writableLength > unread) this.#socket.destroy();
    if (this.#socket.writable) this.#socket.write(`${JSON.stringify(value)}\n`);
  }

  end(): void {
    this.#socket.destroy();
  }

  async #read(heard: (value: unknown, from: Channel) => Promise<void> | void): Promise<void> {
    let rest = '';
    for await (const chunk of this.#socket as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longest) throw new RangeError('A line between windows is too long.');
      for (const line of lines) {
        await heard(parsed(line), this);
        // Ten thousand requests are many lines: what else the window has to do goes in between.
        await setImmediate();
      }
    }
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
