import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
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
    const cache = new CensusCache(store);
    assert.equal(cache.last, undefined);
    const firstCensus = census({ users: [user('alice', ['kube-admin'])] });
    let changeCount = 0;
    const subscription = cache.onDidChange(() => (changeCount += 1));
    cache.replace(firstCensus);
    assert.equal(cache.last, undefined, 'nobody is signed in');
    store.update(login('eve'));
    assert.equal(cache.last, firstCensus);
    for (const otherLogin of [login('mallory'), login('eve', 'other.test')]) {
      store.update(otherLogin);
      assert.equal(cache.last, undefined);
    }
    subscription.dispose();
    cache.replace(firstCensus);
    assert.equal(changeCount, 1);
  });

  it('tells the checks of manifests how many hold a role, and nothing of what could not be read', () => {
    const users = [
      user('alice', ['kube-admin']),
      user('bob', []),
      user('@bot', ['kube-admin'], { system: true }),
    ];
    const facts = clusterFactsOf(census({ users, accessLists: [accessList('oncall', ['bob'])] }));
    assert.equal(facts.holderCounts?.get('kube-admin'), 2);
    assert.equal(facts.serverRoles?.get('kube-admin'), kubeAdmin.value);
    assert.equal(facts.edition, 'enterprise');
    const failure = { kind: 'notPermitted' as const };
    const gaps = (['users', 'roles', 'accessLists'] as const).map((part) => ({ part, failure }));
    assert.deepEqual(clusterFactsOf(census({ roles: [], gaps })), {});
  });
});
