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

describe('the windows of a person', () => {
  let windowGroup: WindowGroup;
  let others: OtherProcess[];
  beforeEach(async () => {
    windowGroup = await WindowGroup.open();
    others = [];
  });
  afterEach(async () => {
    await Promise.all(others.map((other) => other.kill()));
    await windowGroup.close();
  });

  const startOtherLeader = (): OtherProcess => {
    const other = new OtherProcess('leadingWindow.ts', windowGroup.lockPath);
    others.push(other);
    return other;
  };
  const leaderCount = (windows: readonly TestWindow[]): number =>
    windows.filter((window) => window.windows.leads).length;
  const followerCount = (windows: readonly TestWindow[]): number =>
    windows.filter((window) => window.windows.leader !== undefined).length;

  it('one leads, the others follow', async () => {
    const windows = await windowGroup.openWindows(10);
    assert.deepEqual([leaderCount(windows), followerCount(windows)], [1, 9]);
    assert.equal(windows[0]?.windows.leads, true);
  });

  it('however many come at once, one leads and never two', async () => {
    const windows = Array.from({ length: 8 }, () => windowGroup.addWindow());
    for (const { windows: election } of windows) {
      election.onDidChangeRole(() => assert.ok(leaderCount(windows) <= 1));
      election.start();
    }
    await until(() => leaderCount(windows) === 1 && followerCount(windows) === 7);
  });

  it('when the one that leads is closed, another does, and nothing is left in the end', async () => {
    const windows = await windowGroup.openWindows(3);
    for (const remaining of [2, 1, 0]) {
      windowGroup.leader?.windows.dispose();
      await until(
        () =>
          leaderCount(windows) === Math.min(1, remaining) &&
          followerCount(windows) === Math.max(0, remaining - 1),
      );
    }
    await until(async () => (await readdir(dirname(windowGroup.lockPath))).length === 0);
  });

  it('when the one that leads is killed, another does within five seconds, and the rest follow that', async () => {
    const killed = startOtherLeader();
    await killed.waitForLine('leads');
    const windows = await windowGroup.openWindows(3);
    assert.deepEqual([leaderCount(windows), followerCount(windows)], [0, 3]);
    const start = performance.now();
    await killed.kill();
    await until(() => leaderCount(windows) === 1 && followerCount(windows) === 2);
    assert.ok(performance.now() - start < 5_000, String(performance.now() - start));
    assert.ok(existsSync(`${windowGroup.lockPath}~`), 'and what the killed one left is its own now');
  });

  it('one whose window no longer answers steps down, follows, and does not come back before it answers', async () => {
    const [first, second] = await windowGroup.openWindows(2);
    assert.ok(first && second);
    first.isVisible = false;
    await until(() => second.windows.leads && first.windows.leader !== undefined);
    second.windows.dispose();
    await windowGroup.openWindows(1);
    assert.equal(first.windows.leads, false);
    windowGroup.leader?.windows.dispose();
    await until(() => first.windows.leader === undefined);
    first.isVisible = true;
    await until(() => first.windows.leads);
  });

  it('one whose window never answered does not lead, and one that comes later does', async () => {
    const dead = windowGroup.addWindow();
    dead.isVisible = false;
    dead.windows.start();
    const [alive] = await windowGroup.openWindows(1);
    assert.deepEqual([dead.windows.leads, alive?.windows.leads], [false, true]);
    await until(() => dead.windows.leader !== undefined);
  });

  it('where there can be no socket each is on its own', async () => {
    const windows = [1, 2].map(() => windowGroup.addWindow({ lockPath: '/nowhere/leader' }));
    for (const window of windows) window.windows.start();
    await until(() => leaderCount(windows) === 2);
  });

  it('garbage from a window does not disturb the one that leads', async () => {
    const [first, second] = await windowGroup.openWindows(2);
    assert.ok(first && second);
    const garbageSender = createConnection(`${windowGroup.lockPath}~`);
    garbageSender.on('error', () => undefined);
    await once(garbageSender, 'connect');
    const garbage = [
      'no JSON\n',
      '\n\n{"value":{"kind":"attention"}}\n',
      '{"ask":"x"}\nnull\n[]\n"x"\n{"__proto__":{"ask":1}}\n{"answer":1,"value":{"request":{}}}\n',
      '{"ask":1,"value":{"kind":"unknown"}}\n{"ask":2}\n',
      '{"ask":3,"value":{"kind":"show","id":"../../x"}}\n',
      'half a line',
    ];
    for (const text of garbage) garbageSender.write(text);
    second.refresh.setAttention({ focused: true, viewing: true });
    await until(
      () => first.store.snapshot.login.kind !== 'starting' || windowGroup.clock.secondsToNext === 0,
    );
    await windowGroup.clock.advance(3_000);
    assert.equal(first.store.snapshot.login.kind, 'signedIn');
    const closed = new Promise<void>((resolve) => garbageSender.once('close', () => resolve()));
    while (!garbageSender.destroyed) {
      if (!garbageSender.write('x'.repeat(1024 * 1024)))
        await Promise.race([once(garbageSender, 'drain').catch(() => closed), closed]);
    }
    await until(() => first.windows.followers.length === 1);
    assert.equal(first.windows.leads, true);
  });

  it('garbage from the one that leads does not disturb a window, which goes on by itself when that is gone', async () => {
    const lock = await takeLock(windowGroup.lockPath);
    const received: string[] = [];
    const server = await listenAsHolder(windowGroup.lockPath, (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        received.push(String(data));
        socket.destroy();
      });
      socket.write(
        'no JSON\n{"value":{"kind":"state"}}\n{"ask":1,"value":{"kind":"announce","change":{"kind":"toReview"}}}\n',
      );
      socket.write('{"value":{"kind":"requ');
      socket.write('ests","changed":[{"id":1}],"gone":[]}}\n{"answer":77,"value":{"request":{}}}\n');
    });
    const [window] = await windowGroup.openWindows(1);
    assert.ok(window);
    await until(() => received.length > 1);
    assert.deepEqual(window.announced, []);
    assert.equal(window.store.snapshot.login.kind, 'starting');
    server.close();
    lock.release();
    await until(() => window.windows.leads);
  });
});
