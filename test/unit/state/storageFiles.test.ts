import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as v from 'valibot';
import { Drafts } from '../../../src/state/memory/drafts.ts';
import { StorageFiles } from '../../../src/state/storageFiles.ts';
import { elevationOf, HomeRecords } from '../../../src/state/elevation/homeRecords.ts';
import { Journal } from '../../../src/state/memory/journal.ts';
import { Store } from '../../../src/state/store.ts';
import { WatchedRequests } from '../../../src/state/memory/watchedRequests.ts';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { day, homeRecord, id, minute, names, now, profile, without } from '../../support/samples.ts';
import { useTemporaryFolder } from '../../support/temporaryFolder.ts';

const { mkdir, readdir, readFile, stat, writeFile } = fs;
const numberSchema = v.object({ n: v.number() });

describe('our own files', () => {
  const folder = useTemporaryFolder();
  let files: StorageFiles;
  let reported: string[];
  beforeEach(() => {
    reported = [];
    files = new StorageFiles(folder.at('storage'), (what) => reported.push(what));
  });

  it('are read as they were written, by nobody else', async () => {
    await files.write('a.json', { n: 1 });
    assert.deepEqual(await files.read('a.json', numberSchema), { n: 1 });
    assert.equal((await stat(folder.at('storage', 'a.json'))).mode & 0o777, 0o600);
    assert.equal((await stat(folder.at('storage'))).mode & 0o777, 0o700);
  });

  it('of a program that outlives the folder do not bring it back', async () => {
    const detachedFiles = new StorageFiles(folder.at('storage'), (what) => reported.push(what), false);
    await files.write('a.json', { n: 1 });
    assert.equal(await detachedFiles.claim('x'), true);
    await detachedFiles.write('homes/b.json', { n: 2 });
    assert.deepEqual(await detachedFiles.read('homes/b.json', numberSchema), { n: 2 });
    await fs.rm(folder.at('storage'), { recursive: true });
    // The program keeps running without the folder.
    assert.equal(await detachedFiles.claim('y'), true);
    await detachedFiles.write('homes/b.json', { n: 3 });
    await detachedFiles.append('lines', { n: 3 });
    await assert.rejects(stat(folder.at('storage')), { code: 'ENOENT' });
    assert.deepEqual(reported, ['claims/y', 'homes/b.json', 'lines']);
  });

  it('are whole at every moment, and the last one written stays', async () => {
    const long = 'x'.repeat(100_000);
    const writing = Promise.all(Array.from({ length: 20 }, (_, n) => files.write('a.json', { n, long })));
    const state = { done: false };
    void writing.then(() => {
      state.done = true;
    });
    while (!state.done) {
      const text = await readFile(folder.at('storage', 'a.json'), 'utf8').catch(() => '{}');
      JSON.parse(text);
    }
    assert.deepEqual(await files.read('a.json', numberSchema), { n: 19 });
    assert.deepEqual(await readdir(folder.at('storage')), ['a.json']);
  });

  it('that cannot be read, or hold something else, count as absent', async () => {
    await mkdir(folder.at('storage', 'folder.json'), { recursive: true });
    for (const text of ['', '{', '[]x', '{"n":"1"}', 'null']) {
      await writeFile(folder.at('storage', 'a.json'), text);
      assert.equal(await files.read('a.json', numberSchema), undefined, text);
    }
    assert.equal(await files.read('folder.json', numberSchema), undefined);
    assert.equal(await files.read('missing.json', numberSchema), undefined);
    assert.deepEqual(reported, []);
  });

  it('of lines: those that can be read, in order', async () => {
    for (const n of [1, 2]) await files.append('a.jsonl', { n });
    await fs.appendFile(folder.at('storage', 'a.jsonl'), 'half{\n{"n":"x"}\n');
    await files.append('a.jsonl', { n: 3 });
    assert.deepEqual(await files.lines('a.jsonl', numberSchema), [{ n: 1 }, { n: 2 }, { n: 3 }]);
    assert.deepEqual(await files.lines('missing.jsonl', numberSchema), []);
  });

  it('that cannot be written are reported by name, and nothing stops', async () => {
    await writeFile(folder.at('storage'), 'a file in the way');
    await files.write('a.json', { n: 1 });
    await files.append('b.jsonl', { n: 1 });
    assert.equal(await files.claim('1'), true, 'told twice is better than never');
    assert.equal(await files.makeFolder('homes'), undefined);
    assert.deepEqual(reported, ['a.json', 'b.jsonl', 'claims/1', 'homes']);
  });

  it('a claim is given once', async () => {
    const other = new StorageFiles(files.folder, () => undefined);
    const claims = await Promise.all([files.claim('1'), other.claim('1'), files.claim('2')]);
    assert.deepEqual(claims.filter((isClaimed) => isClaimed).length, 2);
    assert.equal(await other.claim('1'), false);
  });

  it('a claim can be made again when it is older than claims are kept', async () => {
    for (const event of ['old', 'new']) await files.claim(event);
    await fs.utimes(folder.at('storage', 'claims', 'old'), 1, 1);
    await files.pruneClaims(day);
    assert.deepEqual([await files.claim('old'), await files.claim('new')], [true, false]);
  });

  it('what a killed process had half written is removed after a while, in every folder, and nothing else', async () => {
    await files.write('homes/a.json', { n: 1 });
    const half = ['draft.json.1.0.tmp', 'homes/a.json.00aa.1.tmp'].map((name) => folder.at('storage', name));
    for (const path of half) await writeFile(path, '{"reason":"ha');
    await files.sweepHalfWritten(day);
    assert.deepEqual(
      (await readdir(folder.at('storage'), { recursive: true })).length,
      4,
      'it may be written now',
    );
    for (const path of [...half, folder.at('storage', 'homes', 'a.json')]) await fs.utimes(path, 1, 1);
    await files.sweepHalfWritten(day);
    assert.deepEqual([...(await readdir(folder.at('storage'), { recursive: true }))].sort(), [
      'homes',
      'homes/a.json',
    ]);
  });

  it('two machines with the same process number never write one half-written file together', async () => {
    const [one, other] = [new StorageFiles(files.folder, () => undefined), files];
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => [one, other].map((each) => each.write('a.json', { n }))).flat(),
    );
    assert.deepEqual(await readdir(folder.at('storage')), ['a.json']);
    assert.ok(await files.read('a.json', numberSchema));
  });

  it('are removed, also when they are not there', async () => {
    await files.write('a.json', { n: 1 });
    await files.remove('a.json');
    await files.remove('a.json');
    assert.equal(await files.read('a.json', numberSchema), undefined);
    assert.deepEqual(reported, []);
  });

  describe('what is being written', () => {
    const draft = {
      roles: names('kube-admin'),
      reason: '@x\n"y"',
      minutes: 60,
      reviewers: names('rita'),
      resources: [
        { cluster: untrusted('c'), kind: untrusted('node'), name: untrusted('n'), label: untrusted('web') },
      ],
    };

    it('is there again in another window', async () => {
      await new Drafts(files).save(draft);
      assert.deepEqual(await new Drafts(files).load(), draft);
    });

    it('after sending only the duration is kept, and who was asked', async () => {
      const drafts = new Drafts(files);
      await drafts.markSent(draft, profile(), now);
      await drafts.markSent({ ...draft, reviewers: names('omar') }, profile(), now);
      await drafts.markSent({ ...draft, reviewers: names('eve') }, profile(), now);
      const { roles, reason, minutes, reviewers } = (await drafts.load()) ?? assert.fail('nothing kept');
      assert.deepEqual([roles, reason, minutes, reviewers], [[], '', 60, []]);
      assert.deepEqual(await drafts.lastReviewers(), names('eve', 'omar'));
    });

    it('what was sent is known to the same login, each thing once, without its reason', async () => {
      const drafts = new Drafts(files);
      await drafts.markSent(draft, profile(), now);
      await drafts.markSent({ ...draft, resources: [] }, profile(), now + minute);
      await drafts.markSent({ ...draft, minutes: 15 }, profile(), now + 2 * minute);
      await drafts.markSent(draft, profile('bob'), now + 3 * minute);
      const pastRequests = await new Drafts(files).pastRequests(profile());
      assert.deepEqual(
        pastRequests.map(({ at, minutes, resources = [] }) => [at - now, minutes, resources.length]),
        [
          [2 * minute, 15, 1],
          [minute, 60, 0],
        ],
      );
      assert.doesNotMatch(await readFile(folder.at('storage', 'pastRequests.json'), 'utf8'), /reason|@x/);
    });

    it('an unfinished one that makes way for another is kept, three of them, each once', async () => {
      const drafts = new Drafts(files);
      for (const role of ['a', 'b', 'c', 'd', 'c'])
        await drafts.setAside({ ...draft, roles: names(role), resources: [] });
      await drafts.setAside({ ...draft, roles: names('c'), resources: [], reason: 'other words' });
      const namesSetAside = async (): Promise<unknown[]> =>
        (await drafts.draftsSetAside()).flatMap(({ roles }) => roles);
      assert.deepEqual(await namesSetAside(), names('c', 'c', 'd'));
      const [, first] = await drafts.draftsSetAside();
      await drafts.resume(first ?? assert.fail());
      assert.deepEqual(await namesSetAside(), names('c', 'd'));
      assert.deepEqual((await new Drafts(files).load())?.reason, draft.reason);
    });

    it('what was being sent when a window was cut off is known to the next', async () => {
      const window = { pid: 1, stamp: 's' };
      await new Drafts(files).markSending(draft, { since: now, known: [id(1)] }, { window });
      assert.deepEqual(await new Drafts(files).sending(), { draft, since: now, known: [id(1)], window });
      await new Drafts(files).markSent(draft, profile(), now);
      assert.equal(await new Drafts(files).sending(), undefined);
    });

    it('reasons of reviews: the last five, each once', async () => {
      const drafts = new Drafts(files);
      for (const reason of ['a', 'b', 'c', 'd', 'e', 'f', 'b'])
        await drafts.rememberReviewReason('approve', reason);
      assert.deepEqual(await drafts.reviewReasons('approve'), ['b', 'f', 'e', 'd', 'c']);
      assert.deepEqual(await drafts.reviewReasons('deny'), []);
    });
  });

  describe('what a person waits for', () => {
    it('is there after a reload, for this login only', async () => {
      const store = new Store();
      const watched = new WatchedRequests(files, store);
      await watched.startWaiting(profile(), id(1), now);
      await watched.startWaiting(profile('bob'), id(2), now + 1);
      await watched.hide(profile(), id(3));
      await watched.markReviewer(profile('bob'));
      const nextStore = new Store();
      const reloaded = new WatchedRequests(files, nextStore);
      await reloaded.load();
      assert.ok(reloaded.anyWaiting);
      reloaded.publishFor(profile());
      const published = () => [
        nextStore.snapshot.waiting,
        nextStore.snapshot.hidden,
        nextStore.snapshot.isReviewer,
      ];
      assert.deepEqual(published(), [[id(1)], [id(3)], false]);
      reloaded.publishFor(profile('bob'));
      assert.deepEqual(published(), [[id(2)], [], true]);
      assert.equal(reloaded.waitingSince(id(2)), now + 1);
      await reloaded.stopWaiting(profile('bob'), id(2));
      assert.deepEqual(published(), [[], [], true]);
    });

    it('two windows do not overwrite each other’s', async () => {
      const windows = [new WatchedRequests(files, new Store()), new WatchedRequests(files, new Store())];
      await windows[0]?.startWaiting(profile(), id(1), now);
      await windows[1]?.startWaiting(profile(), id(2), now);
      const store = new Store();
      const third = new WatchedRequests(files, store);
      await third.load();
      third.publishFor(profile());
      assert.deepEqual(store.snapshot.waiting, [id(1), id(2)]);
    });
  });

  describe('the journal', () => {
    const entry = { kind: 'denied', id: id(1), roles: names('kube-admin'), by: untrusted('rita') } as const;
    const journalOf = (user: string, at = now) => {
      const store = new Store();
      store.update({ login: { kind: 'signedIn', profile: profile(user) } });
      return { store, journal: new Journal(files, store, { now: () => at }) };
    };

    it('is there after a reload, for a day, for the person it belongs to', async () => {
      const { journal, store } = journalOf('alice');
      await journal.note(entry);
      assert.deepEqual(store.snapshot.ended, [{ ...entry, at: now }]);
      const seen: number[] = [];
      for (const [user, at] of [
        ['alice', now + minute],
        ['alice', now + day],
        ['bob', now],
      ] as const) {
        const later = journalOf(user, at);
        await later.journal.load();
        seen.push(later.store.snapshot.ended.length);
      }
      assert.deepEqual(seen, [1, 0, 0]);
    });

    it('what belongs to another login is noted as such', async () => {
      const { journal, store } = journalOf('bob');
      await journal.note(entry, profile('alice'));
      assert.deepEqual(store.snapshot.ended, []);
    });
  });

  describe('the index of private homes', () => {
    const record = without(homeRecord(1), 'proxy');

    it('holds what was saved, and leaves out what nobody can have saved', async () => {
      const records = new HomeRecords(files);
      await records.save(record);
      for (const [name, text] of Object.entries({
        half: '{"name":',
        path: JSON.stringify({ ...record, name: '../../home' }),
        state: JSON.stringify({ ...record, name: 'b'.repeat(32), state: 'other' }),
      })) {
        await writeFile(folder.at('storage', 'homes', `${name}.json`), text);
      }
      assert.deepEqual(
        await records.readAll(),
        [record],
        'as older versions wrote it, without the login’s end',
      );
      await records.save({ ...record, loginEnds: now + 3 });
      assert.deepEqual(
        (await records.readAll()).map((record) => elevationOf(record).loginEnds),
        [now + 3],
      );
      await records.remove(record.name);
      assert.deepEqual(await records.readAll(), []);
    });
  });
});
