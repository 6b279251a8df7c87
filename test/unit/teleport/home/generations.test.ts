import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { currentOf, fillHome, makeHome, nextGeneration } from '../../../../src/teleport/home/privateHome.ts';
import { failsWith } from '../../../support/failsWith.ts';
import { useTemporaryFolder } from '../../../support/temporaryFolder.ts';

const proxy = 'ent.example.test';

describe('a private home that is continued', () => {
  const folder = useTemporaryFolder();
  let mainLogin: string;
  let home: string;

  beforeEach(async () => {
    mainLogin = folder.at('tsh');
    await mkdir(join(mainLogin, 'keys', proxy), { recursive: true });
    await writeFile(join(mainLogin, 'current-profile'), proxy);
    await writeFile(join(mainLogin, `${proxy}.yaml`), 'x');
    await writeKey('first');
    home = (await makeHome(folder.at('run'))).folder;
    await fillHome(home, mainLogin);
  });

  const writeKey = (key: string): Promise<void> => writeFile(join(mainLogin, 'keys', proxy, 'alice'), key);
  const readKey = (): Promise<string> => readFile(join(currentOf(home), 'keys', proxy, 'alice'), 'utf8');
  const names = async (): Promise<string[]> => (await readdir(home)).sort();

  it('goes on with the old copy until the new one is taken, then has nothing of the old', async () => {
    await writeKey('second');
    const next = await nextGeneration(home, mainLogin);
    assert.equal(await readKey(), 'first');
    assert.equal(await readFile(join(next.path, 'keys', proxy, 'alice'), 'utf8'), 'second');
    await next.activate();
    assert.equal(await readKey(), 'second');
    assert.deepEqual(await names(), ['current', 'gen-2', 'kubeconfig']);
    assert.equal(await readlink(currentOf(home)), 'gen-2');
  });

  it('six times keeps its one kubeconfig, whose context a person chose', async () => {
    await writeFile(join(home, 'kubeconfig'), 'chosen: namespace');
    for (let swap = 0; swap < 6; swap++) await (await nextGeneration(home, mainLogin)).activate();
    assert.equal(await readFile(join(home, 'kubeconfig'), 'utf8'), 'chosen: namespace');
    assert.deepEqual(await names(), ['current', 'gen-7', 'kubeconfig']);
  });

  it('has a current copy at every moment while it is swapped', async () => {
    const stop = new AbortController();
    const reading = (async () => {
      while (!stop.signal.aborted) await readlink(currentOf(home));
    })();
    for (let swap = 0; swap < 20; swap++) await (await nextGeneration(home, mainLogin)).activate();
    stop.abort();
    await reading;
  });

  it('that could not be filled again goes on as it was', async () => {
    await symlink('/etc/hostname', join(mainLogin, 'keys', proxy, 'bob'));
    await failsWith(nextGeneration(home, mainLogin), 'untrustedHome');
    assert.equal(await readKey(), 'first');
    assert.deepEqual(await names(), ['current', 'gen-1', 'kubeconfig']);
  });

  it('whose new copy is not wanted after all goes on as it was', async () => {
    await (await nextGeneration(home, mainLogin)).discard();
    assert.deepEqual(await names(), ['current', 'gen-1', 'kubeconfig']);
  });

  it('after a window was killed in the middle takes another number', async () => {
    await nextGeneration(home, mainLogin);
    await symlink('gen-9', join(home, 'next'));
    await (await nextGeneration(home, mainLogin)).activate();
    assert.deepEqual(await names(), ['current', 'gen-3', 'kubeconfig']);
  });
});
