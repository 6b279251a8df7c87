import assert from 'node:assert/strict';
import files, { mkdir, readdir, rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import {
  processSpace,
  readProcessSpace,
  relationOf,
  type ProcessSpace,
} from '../../../../src/teleport/process/processSpace.ts';
import { lastingSecret } from '../../../../src/teleport/process/ownFolder.ts';
import { useTemporaryFolder } from '../../../support/temporaryFolder.ts';

describe('where process ids are valid', () => {
  const folder = useTemporaryFolder();
  const here: ProcessSpace = { machine: 'm', boot: 'b', pids: 'p', user: '1000', host: 'laptop' };

  it('machine, account, boot and namespace are compared each by itself, the name of the machine never', () => {
    const relation = (changes: Partial<ProcessSpace>) => relationOf({ ...here, ...changes }, here);
    assert.equal(relation({}), 'same');
    assert.equal(relation({ host: 'laptop.office.example' }), 'same');
    assert.equal(relation({ machine: 'other' }), 'otherMachine');
    assert.equal(relation({ machine: 'other', boot: 'other' }), 'otherMachine', 'not an earlier boot');
    assert.equal(relation({ user: '0' }), 'otherUser');
    assert.equal(relation({ boot: 'other', pids: 'other' }), 'earlier');
    assert.equal(relation({ pids: 'other' }), 'otherPids', 'nobody can tell whether its processes run');
  });

  it('stays the same, is read once, and tells nobody the id of the machine', async () => {
    const space = await processSpace({});
    assert.equal(await processSpace({ XDG_RUNTIME_DIR: '/other' }), space);
    assert.deepEqual(await readProcessSpace({}), space);
    assert.match(space.machine, /^[0-9a-f]{32}$/);
  });

  it('a random word of a folder is made once, also when many ask at once, and is lost only with the folder', async () => {
    await mkdir(folder.at('own'), { mode: 0o700 });
    const words = await Promise.all(Array.from({ length: 20 }, () => lastingSecret(folder.at('own'), 'w')));
    assert.equal(new Set(words).size, 1);
    assert.deepEqual(await readdir(folder.at('own')), ['w']);
    assert.equal(await lastingSecret(folder.at('own'), 'w'), words[0]);
    await rm(folder.at('own', 'w'));
    assert.notEqual(await lastingSecret(folder.at('own'), 'w'), words[0]);
  });

  it('it is made as well where the disk has no hard links, as in Termux and on some network disks', async () => {
    await mkdir(folder.at('own'), { mode: 0o700 });
    const { link } = files;
    files.link = () => Promise.reject(Object.assign(new Error('no links'), { code: 'EPERM' }));
    syncBuiltinESMExports();
    try {
      const words = await Promise.all(Array.from({ length: 20 }, () => lastingSecret(folder.at('own'), 'w')));
      assert.equal(new Set(words).size, 1);
      assert.deepEqual(await readdir(folder.at('own')), ['w']);
    } finally {
      files.link = link;
      syncBuiltinESMExports();
    }
  });
});
