import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import * as v from 'valibot';

/** The longest line that is read, in characters. A line holds at most a few hundred requests. */
const maxLine = 4 * 1024 * 1024;
/** The connection is closed when the other end has left more than this unread, in bytes. */
const maxUnread = 64 * 1024 * 1024;

/**
 * A line: a message, a question (`ask` is its number), or the answer to the question of that number. Question 0
 * only asks whether the other process still runs; the channel answers it itself.
 */
const lineSchema = v.object({
  ask: v.exactOptional(v.number()),
  answer: v.exactOptional(v.number()),
  value: v.exactOptional(v.unknown()),
});
type Line = v.InferOutput<typeof lineSchema>;

/** What came through a channel. */
export interface ReceivedMessage {
  /** Undefined when the line was no JSON or had another form. */
  readonly message: unknown;
  readonly from: Channel;
  /** Answers the message, if it is a question. `null` says that this window does not know the question. */
  readonly answer?: (value: unknown) => void;
}

/** A connection between two windows. Each message is a line of JSON. */
export class Channel {
  readonly #socket: Socket;
  readonly #onMessage: (received: ReceivedMessage) => Promise<void>;
  /** The questions of this window that wait for their answers, by number. */
  readonly #open = new Map<number, (answer: unknown) => void>();
  #asked = 0;
  #received = 0;
  /** Resolves when the connection has ended or could not be made. */
  readonly ended: Promise<void>;

  /** @param onMessage called for each message. The next line waits until it has finished, unless it is a question. */
  constructor(socket: Socket, onMessage: (received: ReceivedMessage) => Promise<void>) {
    this.#socket = socket;
    this.#onMessage = onMessage;
    socket.setEncoding('utf8');
    // The end of the other process may arrive as an error; `ended` resolves in both cases.
    socket.on('error', () => undefined);
    this.ended = this.#read()
      .catch(() => this.end())
      .then(() => {
        for (const resolve of this.#open.values()) resolve(undefined);
      });
  }

  /** Sends a message. Nothing is sent after the connection has ended. */
  send(value: unknown): void {
    this.#write({ value });
  }

  /**
   * Sends a question and waits for its answer, however long the other window works on it.
   * @param patience how long the other process may send nothing at all, in ms
   * @returns the answer; `undefined` when the connection ended before, `null` when the other process hangs or
   *   does not know the question
   */
  ask(value: unknown, patience: number): Promise<unknown> {
    const number = (this.#asked += 1);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#open.set(number, resolve);
    this.#write({ ask: number, value });
    let received = this.#received;
    let silences = 0;
    // Two silent checks in a row: one alone may mean that this process itself was blocked.
    const check = setInterval(() => {
      silences = this.#received === received ? silences + 1 : 0;
      received = this.#received;
      if (silences === 2) resolve(null);
      else this.#write({ ask: 0 });
    }, patience / 2);
    return promise.finally(() => {
      clearInterval(check);
      this.#open.delete(number);
    });
  }

  /** Closes the connection at once. Data that is not yet sent is lost; `ended` then resolves. */
  end(): void {
    this.#socket.destroy();
  }

  #write(line: Line): void {
    // A window that hung connects again when it works again.
    if (this.#socket.writableLength > maxUnread) this.end();
    if (this.#socket.writable) this.#socket.write(`${JSON.stringify(line)}\n`);
  }

  async #read(): Promise<void> {
    let incomplete = '';
    for await (const chunk of this.#socket as AsyncIterable<string>) {
      const lines = (incomplete + chunk).split('\n');
      incomplete = lines.pop() ?? '';
      if (incomplete.length > maxLine) throw new RangeError('A line between windows is too long.');
      for (const line of lines) {
        await this.#act(parseLine(line));
        // Ten thousand requests are many lines, so other work of the window runs between them.
        await setImmediate();
      }
    }
  }

  async #act({ ask, answer, value: message }: Line): Promise<void> {
    this.#received += 1;
    if (ask === 0) this.#write({ answer: 0 });
    else if (answer !== undefined) this.#open.get(answer)?.(message ?? null);
    else if (ask === undefined) await this.#onMessage({ message, from: this });
    else
      void this.#onMessage({
        message,
        from: this,
        answer: (value) => this.#write({ answer: ask, value }),
      });
  }
}

function parseLine(line: string): Line {
  try {
    return v.parse(lineSchema, JSON.parse(line));
  } catch {
    return {};
  }
}
