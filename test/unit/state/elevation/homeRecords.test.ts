import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { homesOfLogin, type HomeRecord } from '../../../../src/state/elevation/homeRecords.ts';
import { homeRecord, profile } from '../../../support/samples.ts';

const login = profile('alice');
describe('the private homes of a login', () => {
  const namesOf = (...records: readonly HomeRecord[]): string[] =>
    homesOfLogin(records, login).map(({ name }) => name.slice(0, 1));

  it('are those of the same user and proxy, also made while a leaf cluster was selected', () => {
    const leaf = homeRecord(2, { cluster: untrusted('leaf.example.test') });
    assert.deepEqual(namesOf(homeRecord(1), leaf), ['1', '2']);
  });

  it('are no homes of another user or proxy, and none that are removed', () => {
    const others = [
      homeRecord(1, { user: untrusted('bob') }),
      homeRecord(2, { proxy: untrusted('other.example.test:443') }),
      homeRecord(3, { state: 'removed' }),
    ];
    assert.deepEqual(namesOf(...others), []);
  });
});
