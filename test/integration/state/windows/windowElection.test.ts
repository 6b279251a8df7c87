import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { dirname } from 'node:path';
import { listenAsHolder } from '../../../../src/teleport/lock/localSocket.ts';
import { takeLock } from '../../../../src/teleport/lock/processLock.ts';
import { until } from '../../../support/temporaryFolder.ts';
import { OtherProcess } from '../../../support/processes/otherProcess.ts';
import { WindowGroup } from '../../../support/state/windowGroup.ts';
import type { TestWindow } from '../../../support/state/testWindow.ts';

describe('the windows of a person', function () {
  this.timeout(30_000);
  let room: WindowGroup;
  let others: OtherProcess[];
  beforeEach(async () => {
    room = await WindowGroup.open();
    others = [];
  });
  afterEach(async () => {
    await Promise.all(others.map((other) => other.kill()));
    await room.close();
  });

  const other = (): OtherProcess => {
    const one = new OtherProcess('leadingWindow.ts', room.lockPath);
    others.push(one);
    return one;
  };
  const leading = (windows: readonly TestWindow[]): number => windows.filter((one) => one.windows.leads).length;
  const following = (windows: readonly TestWindow[]): number =>
    windows.filter((one) => one.windows.leader !== undefined).length;

  it('one leads, the others follow', async () => {
    const windows = await room.openWindows(10);
    assert.deepEqual([leading(windows), following(windows)], [1, 9]);
    assert.equal(windows[0]?.windows.leads, true);
  });

  it('however many come at once, one leads and never two', async () => {
    const windows = Array.from({ length: 8 }, () => room.addWindow());
    for (const { windows: one } of windows) {
      one.onDidChangeRole(() => assert.ok(leading(windows) <= 1));
      one.start();
    }
    await until(() => leading(windows) === 1 && following(windows) === 7);
  });

  it('when the one that leads is closed, another does, and nothing is left in the end', async () => {
    const windows = await room.openWindows(3);
    for (const left of [2, 1, 0]) {
      room.leader?.windows.dispose();
      await until(
        () => leading(windows) === Math.min(1, left) && following(windows) === Math.max(0, left - 1),
      );
    }
    await until(async () => (await readdir(dirname(room.lockPath))).length === 0);
  });

  it('when the one that leads is killed, another does within five seconds, and the rest follow that', async () => {
    const killed = other();
    await killed.waitForLine('leads');
    const windows = await room.openWindows(3);
    assert.deepEqual([leading(windows), following(windows)], [0, 3]);
    const begun = performance.now();
    await killed.kill();
    await until(() => leading(windows) === 1 && following(windows) === 2);
    assert.ok(performance.now() - begun < 5_000, String(performance.now() - begun));
    assert.ok(existsSync(`${room.lockPath}~`), 'and what the killed one left is its own now');
  });

  it('one whose window no longer answers steps down, follows, and does not come back before it answers', async () => {
    const [first, second] = await room.openWindows(2);
    assert.ok(first && second);
    first.isVisible = false;
    await until(() => second.windows.leads && first.windows.leader !== undefined);
    second.windows.dispose();
    await room.openWindows(1);
    assert.equal(first.windows.leads, false);
    room.leader?.windows.dispose();
    await until(() => first.windows.leader === undefined);
    first.isVisible = true;
    await until(() => first.windows.leads);
  });

  it('one whose window never answered does not lead, and one that comes later does', async () => {
    const dead = room.addWindow();
    dead.isVisible = false;
    dead.windows.start();
    const [alive] = await room.openWindows(1);
    assert.deepEqual([dead.windows.leads, alive?.windows.leads], [false, true]);
    await until(() => dead.windows.leader !== undefined);
  });

  it('where there can be no socket each is on its own', async () => {
    const windows = [1, 2].map(() => room.addWindow({ seat: '/nowhere/seat' }));
    for (const one of windows) one.windows.start();
    await until(() => leading(windows) === 2);
  });

  it('garbage from a window does not disturb the one that leads', async () => {
    const [first, second] = await room.openWindows(2);
    assert.ok(first && second);
    const rude = createConnection(`${room.lockPath}~`);
    rude.on('error', () => undefined);
    await once(rude, 'connect');
    const said = [
      'no JSON\n',
      '\n\n{"kind":"learned"}\n',
      '{"kind":"ask","n":"x"}\nnull\n[]\n"x"\n{"__proto__":{"kind":"login"}}\n',
      '{"kind":"login","n":1,"login":{"kind":"signedIn","profile":{}}}\n',
      `{"kind":"learned","n":1,"request":{"id":"../../x"}}\n`,
      'half a line',
    ];
    for (const one of said) rude.write(one);
    second.windowSync.setAttention({ focused: true, viewing: true });
    await until(() => first.store.snapshot.login.kind !== 'starting' || room.clock.secondsToNext === 0);
    await room.clock.advance(3_000);
    assert.equal(first.store.snapshot.login.kind, 'signedIn');
    const closed = new Promise<void>((resolve) => rude.once('close', () => resolve()));
    while (!rude.destroyed) {
      if (!rude.write('x'.repeat(1024 * 1024)))
        await Promise.race([once(rude, 'drain').catch(() => closed), closed]);
    }
    await until(() => first.windows.followers.length === 1);
    assert.equal(first.windows.leads, true);
  });

  it('garbage from the one that leads does not disturb a window, which goes on by itself when that is gone', async () => {
    const seat = await takeLock(room.lockPath);
    const heard: string[] = [];
    const server = await listenAsHolder(room.lockPath, (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        heard.push(String(data));
        socket.destroy();
      });
      socket.write(
        'no JSON\n{"kind":"state"}\n{"kind":"tell","n":1,"change":{"kind":"asked"}}\n{"kind":"requ',
      );
      socket.write('ests","set":[{"id":1}],"gone":[]}\n{"kind":"asked","n":77}\n');
    });
    const [window] = await room.openWindows(1);
    assert.ok(window);
    await until(() => heard.length > 1);
    assert.deepEqual(window.announced, []);
    assert.equal(window.store.snapshot.login.kind, 'starting');
    server.close();
    seat.release();
    await until(() => window.windows.leads);
  });
});
