import assert from 'node:assert/strict';
import { powerRank } from '../../../../src/roles/apply/powerRank.ts';
import { roleChanges } from '../../../../src/roles/role/roleDiff.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';

describe('what gives power stands first in a question', () => {
  const ranks = (before: PlainObject, after: PlainObject): readonly string[] => {
    const role = ({ expires, ...spec }: PlainObject): PlainObject => ({
      ...{ kind: 'role', version: 'v7', spec },
      metadata: { name: 'dev', ...(expires === undefined ? {} : { expires }) },
    });
    return roleChanges(role(before), role(after)).map(powerRank);
  };
  const anybody = { users: ['*'], roles: ['*'] };
  const policy = { name: 'a', filter: 'x', kinds: ['k8s'], modes: ['moderator'], count: 2 };

  const cases: Readonly<Record<string, readonly [PlainObject, PlainObject]>> = {
    'a label more in deny, so that it denies less': [
      { deny: { node_labels: { env: ['prod'] } } },
      { deny: { node_labels: { env: ['prod'], team: ['nobody'] } } },
    ],
    'a condition of deny': [
      { deny: { impersonate: anybody } },
      { deny: { impersonate: { ...anybody, where: 'false' } } },
    ],
    'a denial that goes': [{ deny: { logins: ['root'] } }, {}],
    'a condition of allow that goes': [
      { allow: { impersonate: { ...anybody, where: 'x' } } },
      { allow: { impersonate: anybody } },
    ],
    'an expression beside labels that goes': [
      { allow: { node_labels: { '*': ['*'] }, node_labels_expression: 'labels["env"] == "dev"' } },
      { allow: { node_labels: { '*': ['*'] } } },
    ],
    'a second, easier policy for joined sessions': [
      { allow: { require_session_join: [policy] } },
      { allow: { require_session_join: [policy, { ...policy, name: 'b', filter: 'true' }] } },
    ],
    'an annotation by which a plugin approves': [
      { allow: { request: { roles: ['x'] } } },
      { allow: { request: { roles: ['x'], annotations: { pagerduty_services: ['x'] } } } },
    ],
    'an extension of the certificate': [
      {},
      {
        options: {
          cert_extensions: [{ name: 'login@github.com', value: 'x', mode: 'extension', type: 'ssh' }],
        },
      },
    ],
  };
  for (const [what, [before, after]] of Object.entries(cases))
    it(`is ${what}`, () => assert.deepEqual(ranks(before, after), ['power']));

  it('is nothing that only takes away, or only says something', () => {
    assert.deepEqual(ranks({ allow: { logins: ['root'] } }, {}), ['other']);
    assert.deepEqual(ranks({}, { deny: { logins: ['root'] } }), ['other']);
    assert.deepEqual(ranks({ expires: '2030-01-01T00:00:00Z' }, {}), ['access']);
    assert.deepEqual(ranks({}, { expires: '2030-01-01T00:00:00Z' }), ['access']);
  });
});
