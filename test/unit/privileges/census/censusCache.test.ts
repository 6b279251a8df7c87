import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/text/untrusted.ts';
import { clusterFactsOf } from '../../../../src/privileges/census/clusterFacts.ts';
import { CensusCache } from '../../../../src/privileges/census/censusCache.ts';
import { Store } from '../../../../src/state/store.ts';
import { profile } from '../../../support/samples.ts';
import { accessList, census, kubeAdmin, user } from '../../../support/roles/censusSamples.ts';

const login = (name: string, cluster = 'ent.example.test') =>
  ({ login: { kind: 'signedIn', profile: profile(name, { cluster: untrusted(cluster) }) } }) as const;

describe('the last census', () => {
  it('is that of the person and the cluster signed in, and nobody else’s', () => {
    const store = new Store();
    const last = new CensusCache(store);
    assert.equal(last.last, undefined);
    const one = census({ users: [user('alice', ['kube-admin'])] });
    let told = 0;
    const listening = last.onDidChange(() => (told += 1));
    last.replace(one);
    assert.equal(last.last, undefined, 'nobody is signed in');
    store.update(login('eve'));
    assert.equal(last.last, one);
    for (const other of [login('mallory'), login('eve', 'other.test')]) {
      store.update(other);
      assert.equal(last.last, undefined);
    }
    listening.dispose();
    last.replace(one);
    assert.equal(told, 1);
  });

  it('tells the checks of manifests how many hold a role, and nothing of what could not be read', () => {
    const users = [
      user('alice', ['kube-admin']),
      user('bob', []),
      user('@bot', ['kube-admin'], { system: true }),
    ];
    const known = clusterFactsOf(census({ users, accessLists: [accessList('oncall', ['bob'])] }));
    assert.equal(known.holderCounts?.get('kube-admin'), 2);
    assert.equal(known.serverRoles?.get('kube-admin'), kubeAdmin.value);
    assert.equal(known.edition, 'enterprise');
    const failure = { kind: 'notPermitted' as const };
    const unread = (['users', 'roles', 'accessLists'] as const).map((part) => ({ part, failure }));
    assert.deepEqual(clusterFactsOf(census({ roles: [], gaps: unread })), {});
  });
});
