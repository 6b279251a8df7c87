import assert from 'node:assert/strict';
import { mkdir, rename, rm, symlink, utimes, writeFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { watchProfile } from '../../../../src/state/windows/watchProfile.ts';
import { second } from '../../../support/samples.ts';
import { TemporaryFolder, gate, until } from '../../../support/temporaryFolder.ts';
import type { Disposable } from '../../../../src/state/emitter.ts';

describe('a login that changes on the disk', () => {
  let folder: TemporaryFolder;
  let watchers: Disposable[];
  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    watchers = [];
  });
  afterEach(async () => {
    for (const watcher of watchers) watcher.dispose();
    await folder.close();
  });

  /** Writes a profile as tsh does. */
  async function signIn(home: string, certificate: string): Promise<void> {
    await mkdir(join(home, 'keys', 'ent.test', 'alice-ssh'), { recursive: true });
    await writeFile(join(home, 'current-profile'), 'ent.test\n');
    await writeFile(join(home, 'ent.test.yaml'), 'user: alice\n');
    await writeFile(join(home, 'keys', 'ent.test', 'alice-x509.pem'), certificate);
    await writeFile(join(home, 'keys', 'ent.test', 'alice-ssh', 'ent.test-cert.pub'), certificate);
  }

  /** Watches a profile folder and counts the reported changes. */
  async function countChanges(home: string) {
    const seen = { count: 0 };
    const ready = gate();
    watchers.push(
      watchProfile(
        home,
        () => (seen.count += 1),
        () => ready.open(),
      ),
    );
    await ready.opened;
    return seen;
  }

  /** Makes a change and asserts that it is reported within two seconds. */
  async function assertSeen(seen: { count: number }, change: () => Promise<unknown>): Promise<void> {
    const before = seen.count;
    const startedAt = performance.now();
    await change();
    await until(() => seen.count > before);
    assert.ok(performance.now() - startedAt < 2 * second, `${performance.now() - startedAt} ms`);
  }

  it('is seen once, when all its files are written', async () => {
    const home = folder.at('tsh');
    await signIn(home, 'a');
    const seen = await countChanges(home);
    await assertSeen(seen, () => signIn(home, 'b'));
    await assertSeen(seen, () => signIn(home, 'c'));
    assert.equal(seen.count, 2);
  });

  it('is seen where the folder was not there yet, nor the one it lies in', async () => {
    const home = folder.at('deep', 'down', 'tsh');
    const seen = await countChanges(home);
    await assertSeen(seen, () => signIn(home, 'a'));
    await assertSeen(seen, () => signIn(home, 'b'));
  });

  it('is seen through links, also when they come to lead elsewhere', async () => {
    await signIn(folder.at('one'), 'a');
    await signIn(folder.at('two'), 'b');
    await symlink(folder.at('one'), folder.at('link'));
    await symlink(folder.at('link'), folder.at('tsh'));
    const seen = await countChanges(folder.at('tsh'));
    await assertSeen(seen, () => signIn(folder.at('one'), 'c'));
    await symlink(folder.at('two'), folder.at('next'));
    await assertSeen(seen, () => rename(folder.at('next'), folder.at('tsh')));
    await assertSeen(seen, () => signIn(folder.at('two'), 'd'));
  });

  it('is seen when the folder is removed, and when it is made again', async () => {
    const home = folder.at('tsh');
    await signIn(home, 'a');
    const seen = await countChanges(home);
    await assertSeen(seen, () => rm(home, { recursive: true }));
    await assertSeen(seen, () => signIn(home, 'b'));
    await assertSeen(seen, () => rm(join(home, 'keys'), { recursive: true }));
    await assertSeen(seen, () => signIn(home, 'c'));
  });

  it('is not seen where a program only touches its files, or writes the same, or what is for kubectl', async () => {
    const home = folder.at('tsh');
    await signIn(home, 'a');
    await mkdir(join(home, 'keys', 'ent.test', 'alice-kube'), { recursive: true });
    const seen = await countChanges(home);
    for (let n = 0; n < 5; n += 1) {
      await signIn(home, 'a');
      await utimes(join(home, 'ent.test.yaml'), n, n);
      await writeFile(join(home, 'keys', 'ent.test', 'alice-kube', `${n}.crt`), 'x');
      await writeFile(join(home, 'keys', 'ent.test', 'kube_credentials.lock'), '');
      await rm(join(home, 'keys', 'ent.test', 'kube_credentials.lock'));
      await writeFile(join(home, 'known_hosts'), String(n));
    }
    // A report of one of the changes above would come before the report of this change.
    await assertSeen(seen, () => signIn(home, 'b'));
    assert.equal(seen.count, 1);
    assert.equal(await readFile(join(home, 'current-profile'), 'utf8'), 'ent.test\n');
  });

  it('is not seen any more once nobody watches', async () => {
    const home = folder.at('tsh');
    await signIn(home, 'a');
    const seen = await countChanges(home);
    for (const watcher of watchers) watcher.dispose();
    const other = await countChanges(home);
    await assertSeen(other, () => signIn(home, 'b'));
    assert.equal(seen.count, 0);
  });
});
