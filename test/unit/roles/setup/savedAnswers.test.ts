import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { defaultAnswers, type Answers } from '../../../../src/roles/setup/answers.ts';
import { StorageFiles } from '../../../../src/state/storageFiles.ts';
import { SavedAnswers } from '../../../../src/roles/setup/savedAnswers.ts';
import { names } from '../../../support/samples.ts';

const thisCluster = untrusted('ent.example.test');
const otherCluster = untrusted('other.example.test');
const answers: Answers = {
  ...defaultAnswers,
  asking: names('dev-team', 'a/b'),
  minutes: 45,
  edition: 'enterprise',
  approvals: 'twoTeams',
  approver: untrusted('lead'),
  suggested: names('rita'),
  keep: ['x'],
};

describe('the answers of Set Up Roles', () => {
  let folder: string;
  const load = (cluster = thisCluster): Promise<SavedAnswers> =>
    SavedAnswers.load(new StorageFiles(folder, (name) => assert.fail(name)), cluster);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jit-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are there again, with the step, in a window that opens later; another cluster has its own', async () => {
    await (await load()).save({ answers, step: 'rules' });
    const reloaded = await load();
    assert.deepEqual(reloaded.stored.answers, answers);
    assert.equal(reloaded.stored.step, 'rules');
    assert.equal((await load(otherCluster)).stored.answers, undefined);
    await (await load(otherCluster)).save({ answers: defaultAnswers });
    assert.deepEqual((await load()).stored.answers, answers);
  });

  it('a time that was left half typed is there again, and goes with the answers', async () => {
    const saved = await load();
    await saved.save({ answers, typed: '1h3' });
    assert.equal((await load()).stored.typed, '1h3');
    await saved.reset();
    assert.equal((await load()).stored.typed, undefined);
  });

  it('go when the manifests are written; which edition it is stays', async () => {
    const saved = await load();
    await saved.save({ answers, step: 'summary' });
    await saved.save({ edition: 'community' });
    await saved.reset();
    assert.deepEqual((await load()).stored, { edition: 'community' });
  });

  it('of a damaged file, or of one from another version, count as none', async () => {
    for (const text of ['{', '[]', '{"ent.example.test":{"answers":{"asking":"dev-team"}}}', 'null']) {
      await writeFile(join(folder, 'set-up.json'), text);
      assert.equal((await load()).stored.answers, undefined, text);
    }
  });
});
