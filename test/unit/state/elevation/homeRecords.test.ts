import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { homesOfLogin, type HomeRecord } from '../../../../src/state/elevation/homeRecords.ts';
import { hour, id, names, now, profile } from '../../../support/samples.ts';

const login = profile('alice');
const record = (number: number, changes: Partial<HomeRecord> = {}): HomeRecord => ({
  name: String(number).repeat(32),
  state: 'ready',
  boot: 'boot',
  root: '/run',
  mainLogin: '/home/.tsh',
  requestId: id(number),
  roles: names('kube-admin'),
  user: login.user,
  cluster: login.cluster,
  proxy: login.proxy,
  since: now,
  certificateEnds: now + hour,
  grantEnds: now + hour,
  window: { pid: 1, stamp: '' },
  shells: [],
  ...changes,
});

describe('the private homes of a login', () => {
  const namesOf = (...records: readonly HomeRecord[]): string[] =>
    homesOfLogin(records, login).map(({ name }) => name.slice(0, 1));

  it('are those of the same user and proxy, also made while a leaf cluster was selected', () => {
    const leaf = record(2, { cluster: untrusted('leaf.example.test') });
    assert.deepEqual(namesOf(record(1), leaf), ['1', '2']);
  });

  it('are no homes of another user or proxy, and none that are removed', () => {
    const others = [
      record(1, { user: untrusted('bob') }),
      record(2, { proxy: untrusted('other.example.test:443') }),
      record(3, { state: 'removed' }),
    ];
    assert.deepEqual(namesOf(...others), []);
  });
});
