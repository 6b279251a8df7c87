import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { KnownRights } from '../../../../src/state/memory/knownRights.ts';
import { Store } from '../../../../src/state/store.ts';
import { now, profile } from '../../../support/samples.ts';
import { MemoryFiles } from '../../../support/state/testWindow.ts';

describe('what a person may do', () => {
  const files = new MemoryFiles();
  const openRights = async (user = 'alice'): Promise<KnownRights> => {
    const store = new Store();
    store.update({ login: { kind: 'signedIn', profile: { ...profile(), user: untrusted(user) } } });
    const rights = new KnownRights(files, store, { now: () => now });
    await rights.load();
    return rights;
  };

  it('is not known before it was tried', async () => {
    assert.equal((await openRights()).of('review'), undefined);
  });

  it('is remembered for the next window, for this person alone', async () => {
    const rights = await openRights();
    rights.record('review', false);
    rights.record('capabilities', true);
    assert.deepEqual((await openRights()).all(), [
      ['capabilities', { works: true, at: now }],
      ['review', { works: false, at: now }],
    ]);
    assert.deepEqual((await openRights('bob')).all(), []);
  });

  it('is what was seen last', async () => {
    const rights = await openRights();
    rights.record('review', true);
    assert.equal(rights.of('review')?.works, true);
    assert.equal((await openRights()).of('review')?.works, true);
  });

  it('is nobody’s while nobody is signed in', () => {
    const rights = new KnownRights(files, new Store(), { now: () => now });
    rights.record('lock', true);
    assert.deepEqual(rights.all(), []);
  });
});
