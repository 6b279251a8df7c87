import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';

/** The longest line that is read, in characters. A line holds at most a few hundred requests. */
const maxLine = 4 * 1024 * 1024;
/** The connection is closed when the other end has left more than this unread, in bytes. */
const maxUnread = 64 * 1024 * 1024;

/**
 * A connection between two windows. Each message is a line of JSON; lines that are no JSON arrive as
 * undefined.
 */
export class Channel {
  readonly #socket: Socket;
  /** Resolves when the connection has ended or could not be made. */
  readonly ended: Promise<void>;

  /** @param onMessage called for each message; the next message waits until it has finished */
  constructor(socket: Socket, onMessage: (value: unknown, from: Channel) => Promise<void> | void) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    // The end of the other process may arrive as an error; `ended` resolves in both cases.
    socket.on('error', () => undefined);
    this.ended = this.#read(onMessage).catch(() => {
      socket.destroy();
    });
  }

  /** Sends a value as a line of JSON. Nothing is sent after the connection has ended. */
  send(value: unknown): void {
    // A window that hung connects again when it works again.
    if (this.#socket.writableLength > maxUnread) this.#socket.destroy();
    if (this.#socket.writable) this.#socket.write(`${JSON.stringify(value)}\n`);
  }

  /** Closes the connection at once. Data that is not yet sent is lost; `ended` then resolves. */
  end(): void {
    this.#socket.destroy();
  }

  async #read(onMessage: (value: unknown, from: Channel) => Promise<void> | void): Promise<void> {
    let incomplete = '';
    for await (const chunk of this.#socket as AsyncIterable<string>) {
      const lines = (incomplete + chunk).split('\n');
      incomplete = lines.pop() ?? '';
      if (incomplete.length > maxLine) throw new RangeError('A line between windows is too long.');
      for (const line of lines) {
        await onMessage(parseLine(line), this);
        // Ten thousand requests are many lines, so other work of the window runs between them.
        await setImmediate();
      }
    }
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
