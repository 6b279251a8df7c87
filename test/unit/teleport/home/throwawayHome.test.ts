import assert from 'node:assert/strict';
import { mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sweepThrowawayHomes, withOwnFolder } from '../../../../src/teleport/home/throwawayHome.ts';
import { makeHome } from '../../../../src/teleport/home/privateHome.ts';
import { processSpace, type ProcessSpace } from '../../../../src/teleport/process/processSpace.ts';
import { hour, now } from '../../../support/samples.ts';
import { useTemporaryFolder } from '../../../support/temporaryFolder.ts';

describe('throwaway copies of a login that a killed window left', () => {
  const folder = useTemporaryFolder();
  const root = (): string => folder.at('run');
  /** No process has this number: numbers end at 2 ** 22. */
  const ended = { pid: 2 ** 30, stamp: '1' };

  async function makeCopy(owner: string | undefined, age = 0): Promise<string> {
    const home = await makeHome(root());
    await mkdir(join(home.folder, 'gen-1', 'keys'), { recursive: true });
    await writeFile(join(home.folder, 'gen-1', 'keys', 'key'), 'half a k');
    if (owner !== undefined) await writeFile(join(home.folder, 'owner'), owner);
    const made = new Date(now - age);
    await utimes(home.folder, made, made);
    return home.name;
  }
  const ownerText = async (space: Partial<ProcessSpace>): Promise<string> =>
    JSON.stringify({ ...ended, space: { ...(await processSpace({})), ...space } });
  const sweep = async (): Promise<readonly string[]> => {
    await sweepThrowawayHomes(root(), now);
    return readdir(root());
  };

  it('are removed: of an ended process, of an earlier boot, of an older version, and with a half-written owner', async () => {
    await makeCopy(await ownerText({}));
    await makeCopy(await ownerText({ boot: 'earlier' }));
    await makeCopy(`${String(ended.pid)} 1`);
    await makeCopy('{"pid":12');
    await makeCopy('');
    assert.deepEqual(await sweep(), []);
  });

  it('are kept: of a running process, and of a process that cannot be seen from here', async () => {
    const kept = [
      await makeCopy(await ownerText({ machine: 'other' })),
      await makeCopy(await ownerText({ user: 'other' })),
      await makeCopy(await ownerText({ pids: 'other container' })),
    ];
    await withOwnFolder(root(), async (own) => {
      assert.deepEqual([...(await sweep())].sort(), [...kept, own.slice(-32)].sort());
    });
    assert.deepEqual([...(await sweep())].sort(), kept.sort(), 'its own is removed at the end');
  });

  it('of a container that was started again are removed after an hour: nothing uses a copy that long', async () => {
    const [young, old] = [{ pids: 'other container' }, { pids: 'other container' }].map(ownerText);
    const kept = await makeCopy(await young);
    await makeCopy(await old, 2 * hour);
    assert.deepEqual(await sweep(), [kept]);
  });

  it('what was only begun is removed after an hour; a private home that holds a login is not', async () => {
    const [begun, left] = [await makeCopy(undefined), await makeCopy(undefined, 2 * hour)];
    const complete = await makeCopy(undefined, 48 * hour);
    await symlink('gen-1', folder.at('run', complete, 'current'));
    const longAgo = new Date(now - 48 * hour);
    await utimes(folder.at('run', complete), longAgo, longAgo);
    assert.ok(!(await sweep()).includes(left));
    assert.deepEqual([...(await readdir(root()))].sort(), [begun, complete].sort());
  });
});
