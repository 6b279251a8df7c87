import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { Channel } from '../../../../src/state/windows/jsonLineSocket.ts';
import { TemporaryFolder } from '../../../support/temporaryFolder.ts';

describe('a question between two windows', () => {
  let folder: TemporaryFolder;
  let server: Server;
  let channel: Channel;
  let other: Socket;
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    server = createServer().listen(folder.at('socket'));
    await once(server, 'listening');
    const connected = once(server, 'connection') as Promise<[Socket]>;
    channel = new Channel(createConnection(folder.at('socket')), () => Promise.resolve());
    [other] = await connected;
  });
  afterEach(async () => {
    channel.end();
    server.close();
    await folder.close();
  });

  /** Hands each line of the channel to the other window until that sends a line with `value`. */
  async function play(answerTo: (line: { ask: number }) => object | undefined): Promise<void> {
    for await (const line of createInterface(other)) {
      const answer = answerTo(JSON.parse(line) as { ask: number });
      if (answer) other.write(`${JSON.stringify(answer)}\n`);
      if (answer && 'value' in answer) return;
    }
  }

  it('waits as long as the other one works on it', async () => {
    let pings = 0;
    const played = play(({ ask }) => {
      if (ask === 1) return undefined;
      pings += 1;
      return pings < 8 ? { answer: 0 } : { answer: 1, value: 'late' };
    });
    assert.equal(await channel.ask('anything', 100), 'late');
    await played;
  });

  it('is given up when the other one hangs, does not know it, or ends', async () => {
    assert.equal(await channel.ask('anything', 100), null);
    const played = play(({ ask }) => (ask === 2 ? { answer: 2, value: undefined } : undefined));
    assert.equal(await channel.ask('anything', 60_000), null);
    await played;
    const asked = channel.ask('anything', 60_000);
    other.destroy();
    assert.equal(await asked, undefined);
  });
});
